"""A query that is asked all the time: compiled to SQL once, then only bound and read.

Django compiles a queryset each time it is used, which for a row with its course costs nine times what
reading the row does (docs/bench.md). Only for the few reads that stand in front of every page, and
for those of a hand-in.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import Any, Final, Generic, TypeVar

from django.db import connection, models
from django.db.models.query import get_related_populators  # type: ignore[attr-defined]

from courseapp.kernel.prepared import Statement, fetch, numbered

M = TypeVar("M", bound=models.Model)
# No key is larger.
LARGEST: Final = models.BigIntegerField.MAX_BIGINT
# For an example of an instant: what a query asks for by itself is another.
AN_INSTANT: Final = datetime(1, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class _Compiled:
    """The SQL, what is bound where (a name, or a value that never changes), and how a row is read."""

    statement: Statement
    places: Sequence[tuple[str | None, Any]]
    compiler: Any
    converters: dict[int, Any]
    populators: Sequence[Any]
    columns: slice
    names: Sequence[str]


class Lookup(Generic[M]):
    """The rows of a queryset that differs from one use to the next in some values only.

    `make` builds the queryset from these values; `examples` are values of the right type that occur
    in it nowhere else.
    """

    def __init__(self, make: Callable[..., models.QuerySet[M]], **examples: Any) -> None:
        self._make = make
        self._examples = examples

    def first(self, **values: Any) -> M | None:
        """Return the first row for these values, with what the queryset selects and annotates."""
        return next(iter(self.all(**values)), None)

    def all(self, **values: Any) -> list[M]:
        """Return all rows for these values, with what the queryset selects and annotates."""
        if any(isinstance(value, int) and value > LARGEST for value in values.values()):
            return []  # as a queryset has it; the database would call it an error
        compiled = self._compiled
        bound = [value if name is None else values[name] for name, value in compiled.places]
        rows = fetch(compiled.statement, bound, plain_values=bound)
        return [self._instance(compiled, row) for row in rows]

    @cached_property
    def _compiled(self) -> _Compiled:
        query = self._make(**self._examples).query
        compiler: Any = query.get_compiler(connection=connection)
        sql, parameters = compiler.as_sql()
        places = [(self._name_of(value), value) for value in parameters]
        missing = self._examples.keys() - {name for name, _ in places}
        if missing:
            raise LookupError(f"The query does not ask for {', '.join(sorted(missing))}.")
        fields = compiler.klass_info["select_fields"]
        columns = slice(fields[0], fields[-1] + 1)
        return _Compiled(
            statement=Statement(self._make.__name__.strip("_"), plain=sql, text=numbered(sql)),
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
