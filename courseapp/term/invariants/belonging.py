"""Everything belongs to exactly one course: whatever one row points to lies in one course.

Read off the models, so that a new table or key is watched from its first row on.
"""

from collections.abc import Iterator

from django.apps import apps
from django.db import models

from courseapp.course.models import Course
from courseapp.term.invariants.invariant import Invariant

Key = models.ForeignKey[models.Model, models.Model]


def belonging() -> Iterator[Invariant]:
    """Yield one invariant for each further key of each table by which a row reaches a course."""
    for first, further in keys_to_watch():
        yield _invariant(first, further)


def keys_to_watch() -> Iterator[tuple[Key, Key]]:
    """Yield each further key to a course beside the one by which its row belongs to one."""
    for model in apps.get_models():
        keys = [] if hasattr(model, "pgh_tracked_model") else _keys_to_a_course(model)
        for further in keys[1:]:
            yield keys[0], further


def code_of(key: Key) -> str:
    """Return the code of the invariant that watches a key."""
    return f"{key.model._meta.model_name}_{key.name}_in_course"


def _invariant(first: Key, key: Key) -> Invariant:
    options = key.model._meta
    own, own_joins = _course_of(first, "own")
    others, others_joins = _course_of(key, "other")
    whose = "that row's course" if first.related_model is Course else f"that of its {first.name}"
    return Invariant(
        code=code_of(key),
        sentence=f"The course of each {options.verbose_name}'s {key.verbose_name} is {whose}.",
        query=f"SELECT r.id::text FROM {options.db_table} r {own_joins} {others_joins}"  # noqa: S608 - names of our models
        f" WHERE {own} <> {others}",
    )


def _keys_to_a_course(model: type[models.Model]) -> list[Key]:
    """Return the keys by which a row reaches a course, the one that it always has first."""
    keys = [
        field
        for field in model._meta.get_fields()
        if isinstance(field, models.ForeignKey) and field.related_model is not model
    ]
    leading = [
        key for key in keys if key.related_model is Course or _keys_to_a_course(_target(key))
    ]
    return sorted(leading, key=lambda key: (key.null, key.related_model is not Course))


def _target(key: Key) -> type[models.Model]:
    target = key.related_model
    assert isinstance(target, type)
    return target


def _course_of(key: Key, alias: str) -> tuple[str, str]:
    """Return the column that names the course to which a key leads, and the joins on the way."""
    table, joins = "r", []
    while key.related_model is not Course:
        target = _target(key)
        joins.append(f"JOIN {target._meta.db_table} {alias} ON {alias}.id = {table}.{key.column}")
        table, alias, key = alias, f"{alias}_", _keys_to_a_course(target)[0]
    return f"{table}.{key.column}", " ".join(joins)
