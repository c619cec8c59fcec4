"""A query that every request asks: compiled to SQL once, then only bound and read.

Django compiles a queryset each time it is used, which for a row with its course costs nine times what
reading the row does (docs/bench.md). Only for the few reads that stand in front of every page.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Generic, TypeVar

from django.db import connection, models
from django.db.models.query import get_related_populators  # type: ignore[attr-defined]

M = TypeVar("M", bound=models.Model)


@dataclass(frozen=True)
class _Compiled:
    """The SQL, what is bound where (a name, or a value that never changes), and how a row is read."""

    sql: str
    places: Sequence[tuple[str | None, Any]]
    compiler: Any
    converters: dict[int, Any]
    populators: Sequence[Any]
    columns: slice
    names: Sequence[str]


class Lookup(Generic[M]):
    """The first row of a queryset that differs from one use to the next in some values only.

    `make` builds the queryset from these values; `examples` are values of the right type that occur
    in it nowhere else.
    """

    def __init__(self, make: Callable[..., models.QuerySet[M]], **examples: int | str) -> None:
        self._make = make
        self._examples = examples

    def first(self, **values: int | str) -> M | None:
        """Return the first row for these values, with what the queryset selects and annotates."""
        compiled = self._compiled
        bound = [value if name is None else values[name] for name, value in compiled.places]
        with connection.cursor() as cursor:
            cursor.execute(compiled.sql, bound)
            row = cursor.fetchone()
        return None if row is None else self._instance(compiled, row)

    @cached_property
    def _compiled(self) -> _Compiled:
        query = self._make(**self._examples)[:1].query
        compiler: Any = query.get_compiler(connection=connection)
        sql, parameters = compiler.as_sql()
        places = [(self._name_of(value), value) for value in parameters]
        missing = self._examples.keys() - {name for name, _ in places}
        if missing:
            raise LookupError(f"The query does not ask for {', '.join(sorted(missing))}.")
        fields = compiler.klass_info["select_fields"]
        columns = slice(fields[0], fields[-1] + 1)
        return _Compiled(
            sql=sql,
            places=places,
            compiler=compiler,
            converters=compiler.get_converters([column for column, _, _ in compiler.select]),
            populators=get_related_populators(
                compiler.klass_info, compiler.select, connection.alias
            ),
            columns=columns,
            names=[column.target.attname for column, _, _ in compiler.select[columns]],
        )

    def _name_of(self, value: Any) -> str | None:
        return next(
            (
                name
                for name, example in self._examples.items()
                if type(value) is type(example) and value == example
            ),
            None,
        )

    def _instance(self, compiled: _Compiled, row: Any) -> M:
        """Make the model's instance as Django's own iterable does."""
        (values,) = compiled.compiler.apply_converters([row], compiled.converters)
        model: type[M] = compiled.compiler.klass_info["model"]
        found = model.from_db(connection.alias, compiled.names, values[compiled.columns])
        for populator in compiled.populators:
            populator.populate(values, found)
        for name, place in compiled.compiler.annotation_col_map.items():
            setattr(found, name, values[place])
        return found
