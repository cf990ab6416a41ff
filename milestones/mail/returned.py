"""What does a message say of mails that came back? Reports as in RFC 3464, however servers wrap them. Pure.

Only the machine's part counts. Without one, a message is no report, whatever its words say: an absence note, a letter.
"""

from __future__ import annotations

import base64
import binascii
import re
import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email.errors import HeaderParseError, MessageError
from email.header import decode_header, make_header
from email.message import Message
from email.parser import BytesParser
from email.utils import parsedate_to_datetime

STATUS = ("message/delivery-status", "message/global-delivery-status")
HEADERS = ("text/rfc822-headers", "message/rfc822-headers", "message/global-headers", "text/rfc822")
WHOLE = ("message/rfc822", "message/global")
WORDS_LENGTH = 1000

_UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
_MESSAGE_ID = re.compile(rf"<({_UUID})@[^<>\s]+>", re.IGNORECASE)
_ENVELOPE_ID = re.compile(_UUID, re.IGNORECASE)


class Unreadable(Exception):
    """It says that it is a report, and cannot be read as one; the message says why."""


@dataclass(frozen=True, slots=True)
class Recipient:
    """What became of a mail to one address; `addresses` are the one tried last and, if told, the one it was sent to."""

    addresses: tuple[str, ...]
    action: str
    status: str
    words: str


@dataclass(frozen=True, slots=True)
class Report:
    """`mails` may be ids of our outbox; `written_at` None where no date can be read."""

    mails: tuple[uuid.UUID, ...]
    recipients: tuple[Recipient, ...]
    written_at: datetime | None


def read(content: bytes) -> Report | None:
    """The report in a message; None when there is none. Raises Unreadable."""
    try:
        message = BytesParser().parsebytes(content)
        parts = list(_parts(message))
        blocks = [block for part in parts if part.get_content_type() in STATUS for block in _blocks(part)]
        if not any(part.get_content_type() in STATUS for part in parts):
            return None
        recipients = tuple(_recipient(block) for block in blocks if block["Action"] and _addresses(block))
        mails = tuple(dict.fromkeys(_mails(message, parts, blocks)))
        written_at = _date(message)
    except (LookupError, ValueError, TypeError, AttributeError, MessageError) as error:
        raise Unreadable(f"{type(error).__name__}: {error}") from error
    if not recipients:
        raise Unreadable("its status part names no recipient")
    return Report(mails, recipients, written_at)


def _parts(message: Message) -> Iterator[Message]:
    """The parts of this message; not of the one that it returns."""
    if message.get_content_maintype() != "multipart" or not message.is_multipart():
        yield message
        return
    for part in message.get_payload():
        if isinstance(part, Message):
            yield from _parts(part)


def _blocks(part: Message) -> list[Message]:
    """The groups of fields of a status part, also of one that was encoded as the standard does not allow."""
    payload = part.get_payload()
    blocks = [block for block in payload if isinstance(block, Message)] if isinstance(payload, list) else []
    if any(block.keys() for block in blocks):
        return blocks
    text = "".join(str(block.get_payload()) for block in blocks) if blocks else str(payload)
    groups = re.split(rb"\r?\n[ \t]*\r?\n", _decoded(text).strip())
    return [BytesParser().parsebytes(group) for group in groups]


def _decoded(text: str) -> bytes:
    """Of base64 what it holds; else the text."""
    try:
        return base64.b64decode("".join(text.split()), validate=True)
    except binascii.Error:
        return text.encode("utf-8", "surrogateescape")


def _recipient(block: Message) -> Recipient:
    words = _after_type(_field(block, "Diagnostic-Code")) or _field(block, "Status")
    status = _field(block, "Status").split(" ")[0]
    return Recipient(_addresses(block), _field(block, "Action").split(" ")[0].lower(), status, words[:WORDS_LENGTH])


def _addresses(block: Message) -> tuple[str, ...]:
    told = (_after_type(_field(block, name)).strip("<> ").lower() for name in ("Final-Recipient", "Original-Recipient"))
    return tuple(dict.fromkeys(address for address in told if "@" in address))


def _mails(message: Message, parts: Iterable[Message], blocks: Iterable[Message]) -> Iterator[uuid.UUID]:
    """From the returned headers first, then from what the report answers to."""
    for part in parts:
        if (returned := _returned(part)) is not None:
            yield from _ids(_MESSAGE_ID, _field(returned, "Message-ID"))
    for block in blocks:
        yield from _ids(_ENVELOPE_ID, _field(block, "Original-Envelope-Id"))
    for name in ("In-Reply-To", "References", "X-Failed-Message-Id"):
        yield from _ids(_MESSAGE_ID, _field(message, name))


def _returned(part: Message) -> Message | None:
    """The headers of the mail that came back; of a part under `message/` the parser made a message of its own."""
    if part.get_content_type() not in (*HEADERS, *WHOLE):
        return None
    if not part.is_multipart():
        decoded = part.get_payload(decode=True)
        return _headers(decoded if isinstance(decoded, bytes) else b"")
    inner = part.get_payload(0)
    if not isinstance(inner, Message) or inner.keys():
        return inner if isinstance(inner, Message) else None
    return _headers(_decoded(str(inner.get_payload())))


def _headers(text: bytes) -> Message:
    return BytesParser().parsebytes(text.lstrip(), headersonly=True)


def _ids(pattern: re.Pattern[str], text: str) -> Iterator[uuid.UUID]:
    for found in pattern.finditer(text):
        yield uuid.UUID(found.group(found.lastindex or 0))


def _date(message: Message) -> datetime | None:
    try:
        written = parsedate_to_datetime(_field(message, "Date"))
    except (ValueError, TypeError, IndexError):
        return None
    return written if written.tzinfo else written.replace(tzinfo=UTC)


def _field(message: Message, name: str) -> str:
    """In one line; bytes that are no ASCII are taken for UTF-8, else for what Chinese servers write."""
    value = next((value for key, value in message.raw_items() if key.lower() == name.lower()), "")
    raw = str(value).encode("utf-8", "surrogateescape")
    try:
        text = raw.decode()
    except UnicodeDecodeError:
        text = raw.decode("gb18030", "replace")
    return " ".join(_plain(text).replace("\0", "").split())


def _plain(text: str) -> str:
    if "=?" not in text:
        return text
    try:
        return str(make_header(decode_header(text)))
    except (LookupError, ValueError, HeaderParseError):
        return text


def _after_type(text: str) -> str:
    """`rfc822; a@example.org` → the address; `smtp; 550 …` → the server's words."""
    kind, semicolon, rest = text.partition(";")
    return rest.strip() if semicolon and re.fullmatch(r"[\w-]+", kind.strip()) else text
