"""How deliverables are taken: what was set of them and of their kinds, over what is usual."""

from collections.abc import Collection
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery
from django.db.models.functions import JSONObject

from courseapp.course.models import Course
from submissions.deadlines import Kind
from submissions.models import Deliverable, KindSettings
from submissions.rules import Setting, Terms, terms

COLUMNS = ("late_policy", "accepted", "pages_min", "pages_max")


def with_terms(found: QuerySet[Deliverable]) -> QuerySet[Deliverable]:
    """Let deliverables be read together with what was set of their kinds, for `terms_from`."""
    of_kind = KindSettings.objects.filter(course=OuterRef("course"), kind=OuterRef("kind"))
    said = of_kind.values(said=JSONObject(**{name: name for name in COLUMNS}))
    return found.annotate(of_kind=Subquery(said))


def terms_from(deliverable: Any) -> Terms:
    """Return how a deliverable is taken that was read by `with_terms`."""
    of_kind = setting_from(deliverable.of_kind or {})
    return terms(deliverable.kind, own=setting_in(deliverable), of_kind=of_kind)


def setting_in(row: Deliverable | KindSettings) -> Setting:
    """Return what a row says."""
    return setting_from({name: getattr(row, name) for name in COLUMNS})


def setting_from(said: dict[str, Any]) -> Setting:
    """Return what these columns of a row say."""
    return Setting(**{**said, "accepted": tuple(said.get("accepted", ()))})


def terms_of(deliverable_ids: Collection[int]) -> dict[int, Terms]:
    """Return how each of some deliverables is taken, by its id; one query."""
    found = with_terms(Deliverable.objects.filter(pk__in=deliverable_ids))
    return {deliverable.pk: terms_from(deliverable) for deliverable in found}


def terms_of_kinds(course: Course) -> dict[Kind, Terms]:
    """Return how each kind is taken in a course, where a deliverable says nothing of its own."""
    rows = KindSettings.objects.filter(course=course).values("kind", *COLUMNS)
    said = {row.pop("kind"): setting_from(row) for row in rows}
    return {kind: terms(kind.value, of_kind=said.get(kind.value, Setting())) for kind in Kind}
