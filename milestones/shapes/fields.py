"""Which fields does every shape have, and how is a reference said?"""

from __future__ import annotations

from django.db.models import F, Model, OuterRef

from milestones.models import ExternalRef, Person

from .base import Field, Listed, Reader
from .sql import (
    Boolean,
    Braced,
    Code,
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
    Path,
    Rarely,
    Scalar,
    ShownUntil,
    Span,
    Text,
)


def _of(kind: type[Json], *columns: str) -> Field:
    return lambda _reader: kind(*map(F, columns))


def rarely(relation: str, model: type[Model], how: Field) -> Field:
    """What `how` says of the object that `relation` leads to and that few rows have.

    A join for each would be as fast to run, but of more than half a dozen tables PostgreSQL takes longer to find the
    best order of joins than to read a page.
    """

    def field(reader: Reader) -> Rarely:
        said = model._default_manager.filter(pk=OuterRef(f"{relation}_id")).order_by().annotate(said=how(reader))
        return Rarely(F(f"{relation}_id"), Scalar(said.values("said")))

    return field


def text(column: str) -> Field:
    return _of(Text, column)


def code(column: str) -> Field:
    """One of the column's choices."""
    return _of(Code, column)


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


def path(prefix: str = "") -> Field:
    """plan/code of a milestone or target: the row itself, or what the relation in `prefix` leads to."""
    return _of(Path, f"{prefix}plan__code", f"{prefix}code")


def address(column: str) -> Field:
    """An e-mail address; null for a reader who may not see people."""
    return lambda reader: Text(F(column)) if reader.people else Literal()


def reference(relation: str, how: Field | None = None) -> dict[str, Field]:
    """Both ways to name what the row refers to: RELATION (by code unless `how` says otherwise) and RELATION_id."""
    return {relation: how or text(f"{relation}__code"), f"{relation}_id": uid(f"{relation}_id")}


def placed(relation: str) -> dict[str, Field]:
    """A reference to a milestone or target whose plan the row does not name."""
    return reference(relation, path(f"{relation}__"))


def person(relation: str) -> dict[str, Field]:
    return reference(relation, address(f"{relation}__email"))


def rare_person(relation: str) -> dict[str, Field]:
    found = rarely(relation, Person, address("email"))
    return reference(relation, lambda reader: found(reader) if reader.people else Literal())


def head() -> dict[str, Field]:
    return {"id": uid("pk"), "version": number("version")}


def tail(entity: str) -> dict[str, Field | Listed]:
    times: dict[str, Field] = {"created_at": instant("created_at"), "updated_at": instant("updated_at")}
    return {"external_refs": external_refs(entity), **times}


def external_refs(entity: str) -> Listed:
    """[{system, id}]"""
    piece = Braced({"system": Text(F("system")), "id": Text(F("external_id"))})
    return Listed(ExternalRef.objects.filter(entity=entity), "object_id", lambda _reader: piece)
