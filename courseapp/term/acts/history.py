"""What an act changed, read from the history that the database keeps."""

from collections import defaultdict
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import models


@dataclass(frozen=True)
class Change:
    """One row that an act made or changed: its columns before (None: it was not there) and after."""

    model: type[models.Model]
    pk: int
    before: dict[str, Any] | None
    after: dict[str, Any]

    @property
    def fields(self) -> list[str]:
        """Return the columns that differ."""
        if self.before is None:
            return list(self.after)
        return [name for name, value in self.after.items() if self.before[name] != value]

    @property
    def is_new(self) -> bool:
        """Say whether the act made the row."""
        return self.before is None


def changes_of(context_id: UUID, models_in_order: list[type[models.Model]]) -> list[Change]:
    """Return what was changed under an audit context, by model in the order given."""
    return [change for model in models_in_order for change in _changes_of_model(model, context_id)]


def _changes_of_model(model: type[models.Model], context_id: UUID) -> list[Change]:
    events = _events(model)
    columns = [field.attname for field in model._meta.concrete_fields]
    own: dict[int, list[dict[str, Any]]] = defaultdict(list)
    wanted = ["pgh_id", "pgh_label", "pgh_obj_id", *columns]
    for event in events.filter(pgh_context_id=context_id).order_by("pgh_id").values(*wanted):
        own[event["pgh_obj_id"]].append(event)
    changes = []
    for pk, found in own.items():
        earlier = events.filter(pgh_obj_id=pk, pgh_id__lt=found[0]["pgh_id"])
        before = None
        if found[0]["pgh_label"] != "insert":
            before = earlier.order_by("-pgh_id").values(*columns).first()
        after = {name: found[-1][name] for name in columns}
        changes.append(Change(model, pk, before, after))
    return changes


def made_along_with(row: models.Model, model: type[models.Model]) -> list[int]:
    """Return the rows of a model that the act made which made this row."""
    inserts = _events(type(row)).filter(pgh_label="insert", pgh_obj_id=row.pk)
    context_ids = inserts.exclude(pgh_context_id=None).values("pgh_context_id")
    made = _events(model).filter(pgh_label="insert", pgh_context_id__in=context_ids)
    return list(made.values_list("pgh_obj_id", flat=True))


def _events(model: type[models.Model]) -> models.QuerySet[Any]:
    events: models.QuerySet[Any] = model.pgh_event_model.objects.all()  # type: ignore[attr-defined]  # set by pghistory
    return events
