"""How is a row turned into the contract's JSON? By the database: one expression a field, no object in between.

REST, the change feed, the body of a 412, push and webhooks share this; nothing here knows REST framework.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from django.db.models import Model, QuerySet

from .sql import Object


@dataclass(frozen=True)
class Reader:
    """Who reads: `people` says whether e-mail addresses may be seen."""

    people: bool = False


Field = Callable[[Reader], Any]  # gives an ORM expression


@dataclass(frozen=True)
class Shape:
    """The contract's shape of a noun: `entity` in singular snake case, field → what gives its JSON.

    Fields come in the order of the contract. `parent` is the lookup from the row to its plan, "" for none.
    """

    entity: str
    model: type[Model]
    fields: Mapping[str, Field]

    def json(self, reader: Reader, fields: Sequence[str] = ()) -> Object:
        """The whole row, or only these `fields`, as one text of JSON."""
        names = [name for name in self.fields if not fields or name in fields]
        return Object({name: self.fields[name](reader) for name in names})

    def rows(
        self, rows: QuerySet[Any], reader: Reader, *columns: str, fields: Sequence[str] = ()
    ) -> Iterator[tuple[Any, ...]]:
        """(column, …, JSON text) of each row, in the query set's order: one query."""
        yield from rows.values_list(*columns, self.json(reader, fields))

    def one(self, pk: uuid.UUID, reader: Reader) -> dict[str, Any]:
        """The present shape of one row. Raises the model's DoesNotExist."""
        (_pk, text) = next(self.rows(self.model._default_manager.filter(pk=pk), reader, "pk"), (None, None))
        if text is None:
            raise self.model.DoesNotExist  # type: ignore[attr-defined]
        return dict(orjson.loads(text))
