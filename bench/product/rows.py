"""Rows made by the database itself: `INSERT … SELECT`, completed with what the models default to."""

from collections.abc import Mapping
from typing import Any

from django.db import connection, models
from django.db.models.fields import NOT_PROVIDED


def insert(model: type[models.Model], values: Mapping[str, str], source: str) -> None:
    """Insert what `source` yields; columns without an expression get the model's default.

    `values` maps columns to SQL expressions; `source` begins with FROM.
    """
    columns: dict[str, str] = {}
    parameters: list[Any] = []
    for field in model._meta.concrete_fields:
        if field.column in values:
            columns[field.column] = values[field.column]
        elif not field.primary_key and field.db_default is NOT_PROVIDED:
            columns[field.column] = f"%s::{field.db_type(connection)}"
            parameters.append(field.get_db_prep_save(field.get_default(), connection))
    unknown = values.keys() - columns.keys()
    if unknown:
        raise LookupError(f"{model.__name__} has no column {', '.join(sorted(unknown))}.")
    names = ", ".join(map(connection.ops.quote_name, columns))
    # A literal % would be read as a place for a parameter.
    expressions = ", ".join(
        text if text.startswith("%s::") else text.replace("%", "%%") for text in columns.values()
    )
    statement = (
        f"INSERT INTO {connection.ops.quote_name(model._meta.db_table)} ({names}) "
        f"SELECT {expressions} {source.replace('%', '%%')}"
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
