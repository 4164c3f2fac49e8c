"""Queries, new rows and changes that come again and again with other values: put into SQL once.

Django takes longer to put a query of thirty columns into SQL than the database takes to answer it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from copy import copy
from datetime import datetime
from functools import cache, wraps
from types import SimpleNamespace
from typing import Any, ParamSpec, TypeVar

from django.core.exceptions import EmptyResultSet
from django.db import connections, router
from django.db.models import Expression, Model, QuerySet
from django.db.transaction import TransactionManagementError

P = ParamSpec("P")
Row = TypeVar("Row")
SEVERAL = (list, tuple, set, frozenset)
PLANS: dict[object, Plan | None] = {}
"""By the function that builds the query, how many values it got, and its shape."""


class Given(Expression):
    """The place of a value in a query; `where` names the argument, and which of several in it."""

    def __init__(self, *where: int) -> None:
        super().__init__()
        self.where = where

    def as_sql(self, _compiler: Any, _connection: Any) -> Any:
        return "%s", [self]


def prepared(build: Callable[P, QuerySet[Any, Row]]) -> Callable[P, list[Row]]:
    """Ask for the rows of the query that this function builds; it is called once in a process.

    It gets `Given` in the place of each value, so it can put values into a query and do nothing else with
    them: no `if`, no sum. None is no value (`TypeError`). Of a list it gets as many as the list has; of ids
    of related rows it asks with `__pk__in`. What is given by name is no value but shapes the query, of
    which there is then one for each.
    """

    @wraps(build)
    def ask(*values: P.args, **shape: P.kwargs) -> list[Row]:
        several = [len(value) if isinstance(value, SEVERAL) else None for value in values]
        key = (build, *several, *shape.items())
        if key not in PLANS:
            PLANS[key] = _plan(build, several, shape)
        plan = PLANS[key]
        return (
            plan.rows([tuple(v) if isinstance(v, SEVERAL) else v for v in values]) if plan else []
        )

    return ask


def _plan(build: Callable[..., Any], several: Sequence[int | None], shape: Any) -> Plan | None:
    places = [
        Given(place) if count is None else [Given(place, number) for number in range(count)]
        for place, count in enumerate(several)
    ]
    try:
        return Plan(build(*places, **shape))
    except EmptyResultSet:
        return None


class Plan:
    """A query in SQL, and what is needed to make rows of what comes back."""

    def __init__(self, asked: Any) -> None:
        self.asked, self.compiler = asked, asked.query.get_compiler(asked.db)
        self.sql, self.params = self.compiler.as_sql()
        columns = [column for column, *_ in self.compiler.select]
        self.converters = self.compiler.get_converters(columns)
        self.compiler.connection = None  # of the thread that came first

    def rows(self, values: Sequence[Any]) -> list[Any]:
        asked, compiler = self.asked, copy(self.compiler)
        compiler.connection = connections[asked.db]
        if asked.query.select_for_update and compiler.connection.get_autocommit():
            raise TransactionManagementError("rows are locked until a transaction ends")
        bound = [_bound(param, values, compiler.connection.ops) for param in self.params]
        compiler.as_sql = lambda *_args, **_more: (self.sql, bound)
        compiler.get_converters = lambda _columns: self.converters
        compiler.has_composite_fields = lambda _columns: (
            False
        )  # no table of ours has a key of two columns
        again = SimpleNamespace(
            db=asked.db,
            model=asked.model,
            query=SimpleNamespace(get_compiler=lambda *_args, **_more: compiler),
            _known_related_objects={},
        )
        return list(asked._iterable_class(again))


def _bound(param: Any, values: Sequence[Any], ops: Any) -> Any:
    """A parameter of the SQL as the database takes it."""
    if not isinstance(param, Given):
        return param
    found: Any = values
    for place in param.where:
        found = found[place]
    if found is None:  # `= NULL` is true of no row
        raise TypeError("a prepared query takes no None")
    if isinstance(found, Model):
        return found.pk
    return ops.adapt_datetimefield_value(found) if isinstance(found, datetime) else found


def insert(rows: Iterable[Model]) -> None:
    """Write these rows of one table by one statement, as `bulk_create` does; nobody learns their ids.

    Each field of a row has a value: no expression, nothing that the database sets.
    """
    new = list(rows)
    if new:
        _write(new)


def insert_one(row: Model) -> None:
    """Write this row alone, and tell it its id. As with `insert`, no signal is sent."""
    (row.pk,) = _write([row], f' RETURNING "{row._meta.pk.column}"')
    row._state.adding, row._state.db = False, router.db_for_write(type(row))


def insert_unless_there(row: Model) -> bool:
    """Write this row alone, but not where another has the same key; whether it was written."""
    return bool(_write([row], " ON CONFLICT DO NOTHING"))


def _write(rows: Sequence[Model], ending: str = "") -> Any:
    """What the statement returns for its first row; where it returns nothing, how many were written."""
    model = type(rows[0])
    connection = connections[router.db_for_write(model)]
    values = [
        field.get_db_prep_save(field.pre_save(row, True), connection)
        for row in rows
        for field in _fields(model)
    ]
    with connection.cursor() as cursor:
        cursor.execute(_insertion(model, len(rows)) + ending, values)
        return cursor.fetchone() if cursor.description else cursor.rowcount


@cache
def _fields(model: type[Model]) -> list[Any]:
    return [field for field in model._meta.concrete_fields if not field.primary_key]


@cache
def _insertion(model: type[Model], count: int) -> str:
    names = [f'"{field.column}"' for field in _fields(model)]
    one = f"({', '.join(['%s'] * len(names))})"
    columns, rows = ", ".join(names), ", ".join([one] * count)
    return f'INSERT INTO "{model._meta.db_table}" ({columns}) VALUES {rows}'  # noqa: S608


def update(model: type[Model], changes: Mapping[str, Any], **where: Any) -> int:
    """Change the rows of which each of these fields has this value, or one of these; how many they were.

    As `QuerySet.update`: values only, no expression. None of `where` is None (`TypeError`).
    """
    if any(one is None for value in where.values() for one in _several(value)):
        raise TypeError("`= NULL` is true of no row")
    connection, fields = connections[router.db_for_write(model)], model._meta.get_field
    given = [
        *changes.items(),
        *((name, one) for name, value in where.items() for one in _several(value)),
    ]
    values = [
        fields(name).get_db_prep_save(value.pk if isinstance(value, Model) else value, connection)  # type: ignore[union-attr]
        for name, value in given
    ]
    wanted = tuple((name, len(_several(value))) for name, value in where.items())
    with connection.cursor() as cursor:
        cursor.execute(_change(model, tuple(changes), wanted), values)
        return int(cursor.rowcount)


def _several(value: Any) -> Sequence[Any]:
    return tuple(value) if isinstance(value, SEVERAL) else (value,)


@cache
def _change(model: type[Model], names: Sequence[str], wanted: Sequence[tuple[str, int]]) -> str:
    def column(name: str) -> str:
        return f'"{model._meta.get_field(name).column}"'  # type: ignore[union-attr]

    new = ", ".join(f"{column(name)} = %s" for name in names)
    rows = " AND ".join(
        f"{column(name)} IN ({', '.join(['%s'] * count)})" for name, count in wanted
    )
    return f'UPDATE "{model._meta.db_table}" SET {new} WHERE {rows}'  # noqa: S608
