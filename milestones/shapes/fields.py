"""Which fields does every shape have, and how is a reference said?"""

from __future__ import annotations

from typing import Any

from django.db.models import Expression, F, OuterRef, QuerySet

from milestones.models import ExternalRef

from .base import Field
from .sql import (
    Boolean,
    Day,
    Decimals,
    Document,
    Filled,
    Fuzzy,
    Id,
    Instant,
    Json,
    Literal,
    Number,
    Object,
    Path,
    Rows,
    ShownUntil,
    Span,
    Text,
)


def _of(kind: type[Json], *columns: str) -> Field:
    return lambda _reader: kind(*map(F, columns))


def text(column: str) -> Field:
    return _of(Text, column)


def filled(column: str) -> Field:
    """A text, or null where the column has the empty one."""
    return _of(Filled, column)


def shown_until(end: str, column: str) -> Field:
    """The text in `column`, which is shown no more once the instant `end` is set."""
    return _of(ShownUntil, end, column)


def number(column: str) -> Field:
    return _of(Number, column)


def decimal(column: str) -> Field:
    return _of(Decimals, column)


def boolean(column: str) -> Field:
    return _of(Boolean, column)


def uid(column: str) -> Field:
    return _of(Id, column)


def day(column: str) -> Field:
    return _of(Day, column)


def instant(column: str) -> Field:
    return _of(Instant, column)


def document(column: str) -> Field:
    return _of(Document, column)


def fuzzy(name: str) -> Field:
    """The date in the columns NAME_on and NAME_precision."""
    return _of(Fuzzy, f"{name}_on", f"{name}_precision")


def source_span() -> Field:
    return _of(Span, "source_start", "source_end")


def path(relation: str) -> Field:
    """A milestone or target that lies in a plan which the row does not name: plan/code."""
    return _of(Path, f"{relation}__plan__code", f"{relation}__code")


def address(column: str) -> Field:
    """An e-mail address; null for a reader who may not see people."""
    return lambda reader: Text(F(column)) if reader.people else Literal()


def reference(relation: str, how: Field | None = None) -> dict[str, Field]:
    """Both ways to name what the row refers to: RELATION (by code unless `how` says otherwise) and RELATION_id."""
    return {relation: how or text(f"{relation}__code"), f"{relation}_id": uid(f"{relation}_id")}


def placed(relation: str) -> dict[str, Field]:
    return reference(relation, path(relation))


def person(relation: str) -> dict[str, Field]:
    return reference(relation, address(f"{relation}__email"))


def listed(rows: QuerySet[Any], piece: Expression) -> Rows:
    """The JSON `piece` of each of the rows, in their order."""
    return Rows(rows.annotate(piece=piece).values("piece"))


def head() -> dict[str, Field]:
    return {"id": uid("pk"), "version": number("version")}


def tail(entity: str) -> dict[str, Field]:
    times = {"created_at": instant("created_at"), "updated_at": instant("updated_at")}
    return {"external_refs": external_refs(entity), **times}


def external_refs(entity: str) -> Field:
    """[{system, id}], sorted."""
    piece = Object({"system": Text(F("system")), "id": Text(F("external_id"))})
    mine = ExternalRef.objects.filter(entity=entity, object_id=OuterRef("pk")).order_by("system", "external_id")
    return lambda _reader: listed(mine, piece)
