"""How does an outbox row become the bytes of a message? The same row gives the same bytes, at every attempt.

Headers as RFC 5322, 2047, 2369, 3834 and 8058 have them; both parts are base64 (RFC 2045), so no line is too long.
The message is put together by hand: Python's e-mail package takes many times as long, and folds differently by version.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from email.utils import format_datetime, formataddr, parseaddr
from functools import lru_cache

from django.conf import settings

from milestones import links
from milestones.models import MailKind, OutgoingMail

# What a person asked for, or must act on: no link to mute it.
NOT_MUTABLE = (MailKind.INVITATION, MailKind.PASSWORD_RESET, MailKind.SECURITY, MailKind.TEST, MailKind.NOTICE)
LINE = re.compile(rb".{1,76}")  # of base64 (RFC 2045, 6.8)
WORD_BYTES = 42  # of UTF-8 in one encoded word: 56 base64 characters, 68 with its frame, under RFC 2047's 75


def build(mail: OutgoingMail) -> bytes:
    """The whole message, lines ending in CRLF."""
    boundary = f"=_{mail.pk.hex}"
    head = "\r\n".join(f"{name}: {value}" for name, value in _headers(mail, boundary)).encode("ascii")
    parts, filler = (("plain", mail.text), ("html", mail.html)), links.Filler(mail)
    body = b"".join(_part(boundary, subtype, filler.fill(text)) for subtype, text in parts)
    return head + b"\r\n\r\n" + body + f"--{boundary}--\r\n".encode()


def message_id(mail: OutgoingMail) -> str:
    return f"<{mail.pk}@{_host()}>"


def envelope_sender() -> str:
    """Where bounces go: BOUNCE_ADDRESS, else the sender."""
    return parseaddr(settings.BOUNCE_ADDRESS or settings.DEFAULT_FROM_EMAIL)[1]


def encoded(text: str) -> str:
    """An unstructured header value: as it is when ASCII and short, else encoded words, folded between them."""
    if text.isascii() and text.isprintable() and len(text) <= 60 and "=?" not in text:
        return text
    words, rest = [], text
    while rest:
        piece = rest[:WORD_BYTES]
        while len(piece.encode()) > WORD_BYTES:
            piece = piece[:-1]
        words.append(f"=?utf-8?b?{base64.b64encode(piece.encode()).decode()}?=")
        rest = rest[len(piece) :]
    return "\r\n ".join(words)


def _headers(mail: OutgoingMail, boundary: str) -> Iterator[tuple[str, str]]:
    yield "From", _address(settings.DEFAULT_FROM_EMAIL)
    yield "To", mail.to
    yield "Subject", encoded(mail.subject)
    yield "Date", format_datetime(mail.created_at)
    yield "Message-ID", message_id(mail)
    if mail.milestone_id:
        yield "References", f"<milestone.{mail.milestone_id}@{_host()}>"
    yield "Reply-To", _address(settings.REPLY_TO or settings.DEFAULT_FROM_EMAIL)
    yield "Auto-Submitted", "auto-generated"
    yield "X-Auto-Response-Suppress", "All"
    if mail.recipient_id and mail.kind not in NOT_MUTABLE:
        yield "List-Unsubscribe", f"<{links.fill(links.placeholder('mute'), mail)}>"
        yield "List-Unsubscribe-Post", "List-Unsubscribe=One-Click"
    yield "Content-Language", "zh-Hans" if mail.language == "zh-hans" else mail.language
    yield "MIME-Version", "1.0"
    yield "Content-Type", f'multipart/alternative;\r\n boundary="{boundary}"'


def _part(boundary: str, subtype: str, text: str) -> bytes:
    head = f"--{boundary}\r\nContent-Type: text/{subtype}; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    coded = base64.b64encode(_lines(text).encode())
    return head.encode() + b"".join(line + b"\r\n" for line in LINE.findall(coded))


def _lines(text: str) -> str:
    """Lines that end in CRLF, however they ended before (RFC 2046, 4.1.1)."""
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return text.replace("\n", "\r\n")


@lru_cache(maxsize=8)
def _address(text: str) -> str:
    name, address = parseaddr(text)
    return formataddr((name, address))


def _host() -> str:
    return settings.BASE_URL.split("://", 1)[1].partition(":")[0]
