"""How is the same question asked again and again without being made anew?

Django writes the SQL of a query set for every request, and PostgreSQL plans it: both take longer than the answer. What
stands here has its SQL made once in the process, and is planned once a connection.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from functools import cache, cached_property
from typing import Any

import orjson
import psycopg
from django.db import connection, connections, models, transaction
from django.db.models import Expression, Field, Lookup, Model, QuerySet
from django.db.models.query import get_related_populators

Row = tuple[Any, ...]


class Slot(Expression):
    """Stands in a query set for a value that is given when it is asked: `filter(code=Slot("code"))`."""

    def __init__(self, name: str, field: Field[Any, Any] | None = None) -> None:
        super().__init__(output_field=field or models.TextField())
        self.name = name

    def as_sql(self, compiler: Any, connection: Any) -> Any:
        return "%s", (self,)

    def written(self, value: Any) -> Any:
        """As the driver takes it."""
        return self.output_field.get_db_prep_value(value, _here())


class Texts(Slot):
    """Stands for any number of texts: `filter(code__any_text=Texts("codes"))`."""

    def written(self, value: Iterable[str]) -> Any:
        return list(value) if connection.vendor == "postgresql" else orjson.dumps(list(value)).decode()


@models.Field.register_lookup
class AnyText(Lookup):
    """As `in`, of texts that travel as one parameter."""

    lookup_name = "any_text"

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, Row]:
        return self._said("{} IN (SELECT value FROM json_each({}))", compiler, connection)

    def as_postgresql(self, compiler: Any, connection: Any) -> tuple[str, Row]:
        return self._said("{} = ANY({}::text[])", compiler, connection)

    def _said(self, how: str, compiler: Any, connection: Any) -> tuple[str, Row]:
        column, params = self.process_lhs(compiler, connection)
        texts, more = self.process_rhs(compiler, connection)
        return how.format(column, texts), (*params, *more)


class Prepared:
    """A query set with slots, of objects or of `values_list`; `lock` is what PostgreSQL adds to it, as FOR SHARE."""

    def __init__(self, make: Callable[[], QuerySet[Any, Any]], lock: str = "") -> None:
        self.make, self.lock = make, lock

    def all(self, **values: Any) -> list[Any]:
        with cursor() as asking:
            self.ask(asking, values)
            return self.told(asking.fetchall())

    def first(self, **values: Any) -> Any:
        """None when there is none."""
        return next(iter(self.all(**values)), None)

    def ask(self, asking: Any, values: dict[str, Any]) -> None:
        sql, params, _told = self._made
        asking.execute(sql, [one.written(values[one.name]) if isinstance(one, Slot) else one for one in params])

    def told(self, rows: Iterable[Row]) -> list[Any]:
        """What the driver's rows are to whoever asked."""
        return self._made[2](rows)

    @cached_property
    def _made(self) -> tuple[str, Row, Callable[[Iterable[Row]], list[Any]]]:
        compiler = self.make().query.get_compiler("default")
        sql, params = compiler.as_sql()
        locked = f"{sql} {self.lock}" if self.lock and connection.vendor == "postgresql" else sql
        return locked, params, _teller(compiler)


@cache
def held(model: type[Model], column: str, lock: str) -> Prepared:
    """One column of the row `pk`, read under this lock of PostgreSQL's; SQLite has a single writer."""
    where = {"pk": Slot("pk", models.UUIDField())}
    return Prepared(lambda: model._default_manager.filter(**where).order_by().values_list(column), lock)


def insert(row: Model) -> bool:
    """As `add`; False, with nothing stored and nothing broken, when a unique key is taken."""
    return _inserted(row, " ON CONFLICT DO NOTHING") == 1


def add(row: Model) -> None:
    """As `row.save(force_insert=True)`; a number that the database gives as the key is not told."""
    _inserted(row, "")


def _inserted(row: Model, otherwise: str) -> int:
    sql, fields = _insertion(type(row))
    here = _here()
    values = [field.get_db_prep_save(field.pre_save(row, True), here) for field in fields]
    with transaction.mark_for_rollback_on_error("default"), cursor() as asking:
        asking.execute(sql + otherwise, values)
        stored = int(asking.rowcount)
    row._state.adding, row._state.db = stored == 0, "default"
    return stored


@cache
def _insertion(model: type[Model]) -> tuple[str, list[Any]]:
    fields = [field for field in model._meta.concrete_fields if not isinstance(field, models.AutoField)]
    columns = ", ".join(connection.ops.quote_name(str(field.column)) for field in fields)
    marks = ", ".join(["%s"] * len(fields))
    table = connection.ops.quote_name(str(model._meta.db_table))
    return f"INSERT INTO {table} ({columns}) VALUES ({marks})", fields  # noqa: S608 - ours


Question = tuple[Prepared, dict[str, Any]]


def together(*questions: Question) -> list[list[Any]]:
    """The answers to several that need nothing of each other: PostgreSQL gets them at once, in this order."""
    with ExitStack() as stack:
        asking = [stack.enter_context(cursor()) for _question in questions]
        with at_once():
            for one, (prepared, values) in zip(asking, questions, strict=True):
                prepared.ask(one, values)
        return [prepared.told(one.fetchall()) for one, (prepared, _values) in zip(asking, questions, strict=True)]


@contextmanager
def at_once() -> Iterator[None]:
    """What is sent to PostgreSQL inside travels together; answers, and errors, are there when it is over."""
    here = _here()
    if here.vendor != "postgresql":
        yield
        return
    here.ensure_connection()
    with here.wrap_database_errors, here.connection.pipeline():
        yield


@contextmanager
def cursor() -> Iterator[Any]:
    """One whose statements PostgreSQL keeps planned: for those that come again and again."""
    here = _here()
    if here.vendor != "postgresql":
        with here.cursor() as found:
            yield found
        return
    here.close_if_health_check_failed()
    here.ensure_connection()
    with here._prepare_cursor(psycopg.Cursor(here.connection)) as found:  # Django's puts the values into the text
        yield found


def _here() -> Any:
    """The connection itself: by way of its proxy, each look at it is a search."""
    return connections["default"]


def _teller(compiler: Any) -> Callable[[Iterable[Row]], list[Any]]:
    """What Django's own iterables make of the rows of this query."""
    converters = compiler.get_converters([column for column, *_how in compiler.select]).items()
    instance = _maker(compiler) if compiler.query.default_cols else tuple

    def tell(rows: Iterable[Row]) -> list[Any]:
        return [instance(row) for row in (_converted(rows, converters) if converters else rows)]

    return tell


def _converted(rows: Iterable[Row], converters: Iterable[Any]) -> Iterator[list[Any]]:
    for row in map(list, rows):
        for place, (steps, expression) in converters:
            for step in steps:
                row[place] = step(row[place], expression, connection)
        yield row


def _maker(compiler: Any) -> Callable[[Any], Any]:
    """An object, with those that `select_related` fetches along."""
    info, select = compiler.klass_info, compiler.select
    first, last = info["select_fields"][0], info["select_fields"][-1] + 1
    names = [column.target.attname for column, *_how in select[first:last]]
    related = get_related_populators(info, select, "default")  # type: ignore[call-arg]  # the stubs are of Django 6
    annotations = list(compiler.annotation_col_map.items())

    def make(row: Any) -> Any:
        found = info["model"].from_db("default", names, row[first:last])
        for one in related:
            one.populate(row, found)
        for name, place in annotations:
            setattr(found, name, row[place])
        return found

    return make
