"""How is a row turned into the contract's JSON? By the database: one text a row, no object in between.

REST, the change feed, the body of a 412, push and webhooks share this; nothing here knows REST framework.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import orjson
from django.db.models import F, Model, QuerySet

from milestones.models.prepared import Prepared, Question, together

from .sql import Key, Keys, Members, keys_of


@dataclass(frozen=True)
class Reader:
    """Who reads: `people` says whether e-mail addresses may be seen."""

    people: bool = False


Field = Callable[[Reader], Any]  # gives an expression that is JSON


@dataclass(frozen=True, eq=False)
class Listed:
    """A field that lists the `rows` whose column `owner` holds the object's id, each said by `piece`.

    They are read for all objects of a page at once, in a query of their own: PostgreSQL plans a subquery of every row
    as if it were asked once, and reads small tables from end to end each time.
    """

    rows: QuerySet[Any]
    owner: str
    piece: Field

    def question(self, keys: str, reader: Reader) -> Question:
        return self._statement(reader), {"keys": keys}

    @lru_cache(maxsize=200)  # noqa: B019 - there are a few of these, as long as the process
    def _statement(self, reader: Reader) -> Prepared:
        rows = self.rows.order_by().filter(**{f"{self.owner}__any_key": Keys("keys")})
        return Prepared(lambda: rows.values_list(Key(F(self.owner)), self.piece(reader)))


@dataclass(frozen=True, eq=False)
class Shape:
    """The contract's shape of a noun: `entity` in singular snake case, field → what gives its JSON. Lists come last."""

    entity: str
    model: type[Model]
    fields: Mapping[str, Field | Listed]

    def rows(
        self, rows: QuerySet[Any], reader: Reader, *columns: str, fields: Sequence[str] = ()
    ) -> Iterator[tuple[Any, ...]]:
        """(column, …, JSON text) of each row, in the query set's order; only these `fields`, or all.

        One query, and one for each field that is a list, however many rows: for a page, not for a table.
        """
        return self.told(list(self.asked(rows, reader, *columns, fields=fields)), reader, fields=fields)

    def asked(
        self, rows: QuerySet[Any], reader: Reader, *columns: str, fields: Sequence[str] = ()
    ) -> QuerySet[Any, tuple[Any, ...]]:
        """The query of `rows` before its lists are read: (column, …, key, text)."""
        wanted = self._wanted(fields)
        members = Members({name: field(reader) for name, field in wanted if not isinstance(field, Listed)})
        return rows.values_list(*columns, Key(F("pk")), members)

    def told(
        self, found: Sequence[tuple[Any, ...]], reader: Reader, *, fields: Sequence[str] = ()
    ) -> Iterator[tuple[Any, ...]]:
        """What `rows` gives, of what was asked."""
        lists = self._lists(fields)
        keys = ",".join(row[-2] for row in found)
        answers = together(*(one.question(keys, reader) for one in lists.values())) if found else []
        return _whole(found, dict(zip(lists, answers, strict=False)))

    def of_keys(self, asked: Prepared, keys: str, reader: Reader) -> Iterator[tuple[Any, ...]]:
        """The same of the rows that `asked` gives for its slot `keys`, without waiting for them to ask for lists."""
        lists = self._lists(())
        found, *answers = together((asked, {"keys": keys}), *(one.question(keys, reader) for one in lists.values()))
        return _whole(found, dict(zip(lists, answers, strict=True)))

    def _wanted(self, fields: Sequence[str]) -> list[tuple[str, Field | Listed]]:
        return [(name, field) for name, field in self.fields.items() if not fields or name in fields]

    def _lists(self, fields: Sequence[str]) -> dict[str, Listed]:
        return {name: field for name, field in self._wanted(fields) if isinstance(field, Listed)}

    def stored(self, pk: uuid.UUID, reader: Reader) -> tuple[int, str]:
        """Version and JSON text of one row, whoever may see it. Raises the model's DoesNotExist."""
        for version, text in self.of_keys(self._statement(reader), keys_of([pk]), reader):
            return version, text
        raise self.model.DoesNotExist  # type: ignore[attr-defined]

    def one(self, pk: uuid.UUID, reader: Reader) -> dict[str, Any]:
        """The present shape of one row, whoever may see it. Raises the model's DoesNotExist."""
        return dict(orjson.loads(self.stored(pk, reader)[1]))

    @lru_cache(maxsize=20)  # noqa: B019 - the shapes are there as long as the process
    def _statement(self, reader: Reader) -> Prepared:
        rows = self.model._default_manager.order_by().filter(pk__any_key=Keys("keys"))
        return Prepared(lambda: self.asked(rows, reader, "version"))


def _whole(
    found: Iterable[tuple[Any, ...]], lists: Mapping[str, Iterable[tuple[str, str]]]
) -> Iterator[tuple[Any, ...]]:
    """(column, …, JSON text) of (column, …, key, members) and of the (key, piece) of each list, in the order of their
    text: the same on every database."""
    read = {name: _by_key(pieces) for name, pieces in lists.items()}
    for *values, key, text in found:
        yield *values, _object(text, (f'"{name}":[{",".join(sorted(of.get(key, ())))}]' for name, of in read.items()))


def _by_key(pieces: Iterable[tuple[str, str]]) -> Mapping[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for key, piece in pieces:
        found[key].append(piece)
    return found


def _object(members: str, lists: Iterable[str]) -> str:
    return "{" + ",".join(filter(None, (members, *lists))) + "}"
