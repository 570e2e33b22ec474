"""Questions that are asked at every save: Django builds their SQL once, then it is only run.

Building the SQL of a query costs more than running it where a page asks a dozen small ones. The
question stays a queryset, checked like any other; what differs from call to call is `Given`.
"""

from collections.abc import Callable
from functools import cached_property
from typing import Any, Generic, NamedTuple, TypeVar, cast

from django.db import connection
from django.db.models import BooleanField, Expression, F, Field, Func, Model, QuerySet, TextField
from django.db.models.query import ModelIterable, ValuesIterable, ValuesListIterable

M = TypeVar("M", bound=Model)
R = TypeVar("R")


class Given(Expression):
    """A value that is known only when the question is asked: `filter(run=Given("run", ...))`."""

    def __init__(self, name: str, output_field: "Field[Any, Any]") -> None:
        super().__init__(output_field=output_field)
        self.name = name

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:  # noqa: ARG002
        """Return a place for the value, which is found by name when the question is asked."""
        return "%s", (self,)


def among(field: str, name: str) -> Func:
    """Return the condition that a field holds one of the list that is given as `name`."""
    given = Given(name, TextField())  # of no consequence: PostgreSQL compares with the field
    return Func(
        F(field),
        given,
        template="%(expressions)s)",
        arg_joiner=" = ANY(",
        output_field=BooleanField(),
    )


class _Built(NamedTuple):
    """SQL, its parameters, what turns the values of each column, and what makes a row of them."""

    sql: str
    parameters: tuple[Any, ...]
    converters: list[tuple[int, list[Any], Any]]
    make: Callable[[list[Any]], Any]


class Prepared(Generic[M, R]):
    """A question of the database: call it with what is given to have its rows.

    `question` makes the queryset: of instances without related ones, of `values()` or of
    `values_list()`. Rows are those that the queryset would yield.
    """

    def __init__(self, question: Callable[[], "QuerySet[M, R]"]) -> None:
        self._question = question

    def __call__(self, **given: Any) -> list[R]:
        """Return the rows. Raises KeyError for a value that was not given."""
        built = self._built
        values = [given[p.name] if isinstance(p, Given) else p for p in built.parameters]
        with connection.cursor() as cursor:
            cursor.execute(built.sql, values)
            rows = [list(row) for row in cursor.fetchall()]
        for row in rows:
            for place, converters, expression in built.converters:
                for converter in converters:
                    row[place] = converter(row[place], expression, connection)
        return [built.make(row) for row in rows]

    @cached_property
    def _built(self) -> _Built:
        rows = cast("Any", self._question())
        compiler = rows.query.get_compiler(connection=connection)
        sql, parameters = compiler.as_sql()
        columns = [column for column, *_ in compiler.select]
        converters = [
            (place, *turned) for place, turned in compiler.get_converters(columns).items()
        ]
        return _Built(sql, tuple(parameters), converters, _maker(rows, compiler))


def _maker(rows: Any, compiler: Any) -> Callable[[list[Any]], Any]:
    """Return what makes a row of a queryset from its columns, as the queryset itself would."""
    kind = rows._iterable_class  # noqa: SLF001 -- tells instances from values; nothing else does
    if kind is ValuesListIterable:
        return tuple
    if kind is ValuesIterable:
        names = list(rows.query.selected)
        return lambda row: dict(zip(names, row, strict=True))
    if kind is not ModelIterable or rows.query.select_related:
        raise TypeError("A prepared question yields values, or instances without related ones.")
    places = compiler.klass_info["select_fields"]
    names = [compiler.select[place][0].target.attname for place in places]
    return lambda row: rows.model.from_db(connection.alias, names, row)
