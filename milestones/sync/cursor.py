"""Where does a reader of the feed go on? In a text that only we can write and only its reader can use."""

from __future__ import annotations

import binascii
import hashlib
import uuid
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

import orjson
from django.core.signing import BadSignature, Signer
from django.utils.translation import gettext_lazy as _

from milestones.errors import DomainError

FORM = 1  # of what is written; a cursor of another form is from another version of this program
SALT = "milestones.sync.cursor"
CHECK = 6  # bytes of a checksum that needs no key


class BadCursor(DomainError):
    """No cursor of ours, or not one for this question."""

    code = "bad_cursor"
    message = _("This cursor was not made here, or not all of it has come; begin without one.")


class Gone(DomainError):
    """A cursor that was good once: the reader begins anew with the present state."""

    code = "gone"
    message = _("Begin anew without a cursor, and replace what you hold by what you then get.")


class Phase(StrEnum):
    PRESENT = "p"  # the present state, as a crawl
    FOLLOW = "f"  # what has happened since
    EXPAND = "x"  # what came into view, or left it, as a consequence of what happened


@dataclass(frozen=True)
class Cursor:
    """The place in one reader's stream.

    `seq`: where the present state was begun; what has been followed up to; in EXPAND, up to where consequences are
    told, of the entries after `since`. `entity` and `last` are where a crawl stands. `only` is the one entity asked
    for, empty for all.
    """

    phase: Phase
    seq: int
    since: int = 0
    entity: str = ""
    last: str = ""
    only: str = ""


@dataclass(frozen=True)
class Holder:
    """Whom a cursor is good for: one reader, with the rights it then had, in one life of the database."""

    epoch: uuid.UUID
    who: str
    rights: str


def write(cursor: Cursor, holder: Holder, today: date) -> str:
    place = [cursor.phase, cursor.seq, cursor.since, cursor.entity, cursor.last, cursor.only]
    body = orjson.dumps([FORM, holder.epoch.hex, holder.who, holder.rights, today.toordinal(), *place])
    return _signer().sign(urlsafe_b64encode(_checksum(body) + body).decode())


def read(text: str, holder: Holder, today: date, *, days: int, only: str | None = None) -> Cursor:
    """The place that `text` names, for this reader. Raises BadCursor and Gone, with words that say why.

    `only`, where given, must be what the cursor was begun with.
    """
    held = _opened(text, holder)
    if held[:2] != [FORM, holder.epoch.hex]:
        raise Gone(_("The numbers of changes have begun anew since this cursor. Begin anew without a cursor."))
    who, rights, written, *place = held[2:]
    if who != holder.who:
        raise Gone(_("This cursor is another client's. Begin anew without a cursor."))
    if rights != holder.rights:
        raise Gone(_("What you may see has changed since this cursor. Begin anew without a cursor."))
    if today.toordinal() - written > days:
        raise Gone(_("This cursor is too old. Begin anew without a cursor."))
    cursor = Cursor(Phase(place[0]), *place[1:])
    if only is not None and only != cursor.only:
        raise BadCursor(_("This cursor was begun with another “entity”; begin without one."), code="other_entity")
    return cursor


def _opened(text: str, holder: Holder) -> list[Any]:
    """What a cursor holds. One that is whole and of another epoch may be signed with a key that we no longer have, as
    after a restore on another machine: it was good once, and its reader must learn that it is to begin anew."""
    try:
        return _body(_signer().unsign(text))
    except BadSignature:
        found = _body(text.rpartition(":")[0])
    if found[:2] == [FORM, holder.epoch.hex]:
        raise BadCursor
    return found


def _body(text: str) -> list[Any]:
    """Raises BadCursor where not every byte is as it was written."""
    try:
        held = urlsafe_b64decode(text.encode("ascii"))
        found = orjson.loads(held[CHECK:])
    except (UnicodeEncodeError, binascii.Error, orjson.JSONDecodeError):
        raise BadCursor from None
    if held[:CHECK] != _checksum(held[CHECK:]) or not isinstance(found, list) or not found:
        raise BadCursor
    return found


def _checksum(body: bytes) -> bytes:
    return hashlib.sha256(body).digest()[:CHECK]


def _signer() -> Signer:
    return Signer(salt=SALT)
