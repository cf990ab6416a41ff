"""What may a row of a batch say, and how is one read that arrives as JSON?"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date
from typing import Any

import msgspec
from django.utils.translation import gettext_lazy as _
from msgspec import UNSET, UnsetType

from milestones.errors import RuleBroken

from . import unread


class Ref(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The name under which another system knows the milestone."""

    system: str
    id: str

    @property
    def key(self) -> tuple[str, str]:
        return self.system, self.id


class Given(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A fuzzy date as the two halves that were sent."""

    on: date
    precision: str = "day"


class PartyRow(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    role: str
    organisation: str
    person: str | None = None


class Row(msgspec.Struct, kw_only=True, forbid_unknown_fields=True, gc=False):
    """A milestone by natural keys. What is not said (UNSET) stays as it is.

    Its key is `ref`, or `plan` and `code`. `external_refs` is the whole list, `parties` too. `reason` is why a date
    moves; `if_version` is the version that the sender saw.
    """

    ref: Ref | UnsetType = UNSET
    plan: str | UnsetType = UNSET
    workstream: str | UnsetType = UNSET
    code: str | UnsetType = UNSET
    title: str | UnsetType = UNSET
    title_en: str | UnsetType = UNSET
    kind: str | UnsetType = UNSET
    stage: str | UnsetType = UNSET
    description: str | UnsetType = UNSET
    criterion: str | UnsetType = UNSET
    weight: int | UnsetType = UNSET
    accountable: str | UnsetType | None = UNSET
    lead: str | UnsetType | None = UNSET
    parent: str | UnsetType | None = UNSET
    parties: list[PartyRow] | UnsetType = UNSET
    due: Given | UnsetType = UNSET
    forecast: Given | UnsetType | None = UNSET
    source_span: tuple[int, int] | UnsetType | None = UNSET
    external_refs: list[Ref] | UnsetType = UNSET
    if_version: int | UnsetType | None = UNSET
    reason: str = ""

    @property
    def codes(self) -> tuple[str, str] | None:
        """(plan, code) when both are said."""
        return (self.plan, self.code) if isinstance(self.plan, str) and isinstance(self.code, str) else None

    @property
    def refs(self) -> list[Ref]:
        """Every name that it brings."""
        own = [self.ref] if isinstance(self.ref, Ref) else []
        return own + (self.external_refs if isinstance(self.external_refs, list) else [])


class Keyed(Row, kw_only=True, gc=False):
    """A row that may say which of our milestones it means by our own id, as one that was exported does."""

    id: uuid.UUID | UnsetType = UNSET


class Unread(msgspec.Struct, frozen=True):
    """In the place of a row that cannot be read as one."""

    error: RuleBroken


_decoder = msgspec.json.Decoder(Row)
_of_all = msgspec.json.Decoder(list[Row])
NUL = b"\\u0000"


def read(text: bytes | msgspec.Raw, *, clean: bool = False) -> Row | Unread:
    """One row of JSON. `clean`: no NUL stands in it, as somebody knows who looked at all rows at once."""
    try:
        row = _decoder.decode(text)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        return Unread(unread.refusal(error))
    return row if clean else _checked(row, bytes(text))


def read_all(text: bytes) -> list[Row] | None:
    """The rows of an array of JSON; None where one of them is not as it should be, or more."""
    try:
        return None if NUL in text else _of_all.decode(text)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None


def take(values: Any) -> Row | Unread:
    """The same from what has been read elsewhere: dicts, lists, texts, numbers, dates."""
    try:
        row = msgspec.convert(values, Row)
    except (msgspec.ValidationError, RecursionError) as error:
        return Unread(unread.refusal(error))
    return _checked(row, msgspec.json.encode(row))


def split(text: bytes) -> Sequence[msgspec.Raw]:
    """The elements of an array of JSON, each as it stands. Raises ValueError when it is none."""
    try:
        return _splitter.decode(text)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise ValueError(str(error)) from None


_splitter = msgspec.json.Decoder(list[msgspec.Raw])


def _checked(row: Row, text: bytes) -> Row | Unread:
    """PostgreSQL knows no NUL in a text, and keys are looked up before anything else is checked."""
    if NUL in text and (name := next((name for name in row.__struct_fields__ if _holds_nul(getattr(row, name))), None)):
        message = _("This holds a character that is none; type it anew.")
        return Unread(RuleBroken(message, field=name, code="character"))
    return row


def _holds_nul(value: Any) -> bool:
    return value is not UNSET and NUL in msgspec.json.encode(value)
