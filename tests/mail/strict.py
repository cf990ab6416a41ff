"""What does a strict reader find wrong with a message? RFC 2045, 2047, 2369, 3834, 5322 and 8058, and our contract."""

from __future__ import annotations

import re
from collections.abc import Iterator
from email import message_from_bytes, policy
from email.header import decode_header, make_header
from email.message import EmailMessage
from html.parser import HTMLParser
from typing import Any

from django.conf import settings

from milestones import links
from milestones.mail.message import NOT_MUTABLE
from milestones.models import OutgoingMail

MOST = 100_000
ONCE = (
    "From", "To", "Subject", "Date", "Message-ID", "Reply-To", "Auto-Submitted", "X-Auto-Response-Suppress",
    "Content-Language", "MIME-Version", "Content-Type",
)  # fmt: skip
UNSUBSCRIBE = ("List-Unsubscribe", "List-Unsubscribe-Post")
LOADS = re.compile(
    r"<(?:img|script|link|iframe|object|embed|form|input|video|audio|svg)\b|url\(|@import|\bsrc=|\bon\w+=",
    re.IGNORECASE,
)
UNFILLED = re.compile(r"\{\{|\{%|%\}|\}\}|%\(\w+\)|\bNone\b|&(?:amp|lt|gt|quot|#\d+);")
TOKEN = re.compile(rf"{re.escape(settings.BASE_URL)}/do/(\w+)/([\w-]{{40,}})/")


class Reader(HTMLParser):
    """What of an HTML part is read, followed and asked to be loaded."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.text, self.addresses, self.is_hidden = "", list[str](), 0
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self.is_hidden += tag in ("style", "title")
        self.addresses += [value for name, value in attrs if name in ("href", "src", "background", "action")]

    def handle_endtag(self, tag: str) -> None:
        self.is_hidden -= tag in ("style", "title")

    def handle_data(self, data: str) -> None:
        self.text += data if not self.is_hidden else ""


def faults(made: bytes, mail: OutgoingMail) -> list[str]:
    """In words; empty for a message that passes."""
    message = message_from_bytes(made, policy=policy.default)
    assert isinstance(message, EmailMessage)
    return [*_lines(made), *_headers(made, message, mail), *_unsubscribing(message, mail), *_parts(message, mail)]


def _lines(made: bytes) -> Iterator[str]:
    if re.search(rb"(?<!\r)\n|\r(?!\n)", made):
        yield "a line does not end in CRLF"
    if not made.isascii():
        yield "a byte is not ASCII"
    if len(made) >= MOST:
        yield f"{len(made)} bytes"
    if any(len(line) > 998 for line in made.split(b"\r\n")):
        yield "a line is longer than 998"
    for line in made.split(b"\r\n\r\n", 1)[0].split(b"\r\n"):
        if len(line) > 78 and not line.startswith(b"List-Unsubscribe: <"):  # one address cannot be folded
            yield f"a header line has {len(line)} letters: {line[:40]!r}"


def _headers(made: bytes, message: EmailMessage, mail: OutgoingMail) -> Iterator[str]:
    yield from (
        f"{name} stands {len(message.get_all(name, []))} times" for name in ONCE if len(message.get_all(name, [])) != 1
    )
    yield from (f"defect: {defect}" for defect in message.defects)
    if (message["Auto-Submitted"], message["X-Auto-Response-Suppress"]) != ("auto-generated", "All"):
        yield "robots may answer"
    raw = re.search(rb"^Subject: ((?:.|\r\n )*)\r\n(?! )", made, re.MULTILINE)
    subject = raw.group(1).decode() if raw else ""
    if str(make_header(decode_header(subject.replace("\r\n ", " ")))) != mail.subject:
        yield f"the subject does not come back: {subject!r}"
    yield from (
        f"an encoded word has {len(word)} letters" for word in subject.split() if "=?" in word and len(word) > 75
    )
    if bool(mail.milestone_id) != ("References" in message):
        yield "the thread of its milestone"
    if message["Content-Language"] != {"en": "en", "zh-hans": "zh-Hans"}[mail.language]:
        yield "another language"


def _unsubscribing(message: EmailMessage, mail: OutgoingMail) -> Iterator[str]:
    """RFC 8058; never a notice, nor what somebody asked for."""
    found = [message[name] for name in UNSUBSCRIBE]
    if mail.kind in NOT_MUTABLE:
        if any(found) or "/do/mute/" in mail.text + mail.html:
            yield f"a {mail.kind} offers to be stopped"
        return
    address = re.fullmatch(r"<(.*)>", found[0] or "")
    if found[1] != "List-Unsubscribe=One-Click" or address is None or _action(address.group(1)) != "mute":
        yield f"cannot be stopped by one click: {found}"


def _parts(message: EmailMessage, mail: OutgoingMail) -> Iterator[str]:
    if message.get_content_type() != "multipart/alternative":
        yield "is not of two parts"
    plain, html = (part.get_content() for part in message.iter_parts())
    if [part.get_content_type() for part in message.iter_parts()] != ["text/plain", "text/html"]:
        yield "text first, then HTML"
    reader = Reader(html)
    for name, text in (("text", plain), ("HTML", reader.text)):
        yield from (f"{name}: unfilled {found.group()!r}" for found in UNFILLED.finditer(text))
        if links.DOTS in text or links.DOTS in html:
            yield f"{name}: a link has no token"
        if ("涉密" if mail.language == "zh-hans" else "No classified matter") not in text:
            yield f"{name}: the rule on classified matter is missing"
    yield from (f"loads something: {found.group()!r}" for found in LOADS.finditer(html))
    if not html.lower().startswith("<!doctype html>") or f'<html lang="{mail.language}">' not in html.replace(
        "\r\n", "\n"
    ):
        yield "the HTML names no language"
    yield from _addresses(plain, reader)


def _addresses(plain: str, reader: Reader) -> Iterator[str]:
    """Only to us; what acts stands in both parts."""
    written = re.findall(r"https?://[^\s<>\"'，。；）]+", plain)
    for address in [*written, *reader.addresses]:
        if not address.startswith(f"{settings.BASE_URL}/"):
            yield f"leads elsewhere: {address}"
        elif "/do/" in address and _action(address) is None:
            yield f"is no link that acts: {address}"
    acting = [{address for address in some if "/do/" in address} for some in (written, reader.addresses)]
    if acting[0] != acting[1]:
        yield f"the parts offer different things: {sorted(acting[0] ^ acting[1])}"


def _action(address: str) -> str | None:
    found = TOKEN.fullmatch(address)
    return found.group(1) if found and found.group(1) in links.LIFE else None
