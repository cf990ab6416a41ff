"""How does a mail become text that can be compared and read: its headers and both parts, without what is random?"""

from __future__ import annotations

import re
from pathlib import Path

from milestones import links
from milestones.mail import message
from milestones.models import OutgoingMail
from tests.cast import Cast

FOLDER = Path(__file__).parent / "golden"
TOKEN = re.compile(r"(/do/\w+/)[\w-]{40,}/")


def of(mail: OutgoingMail, cast: Cast) -> dict[str, str]:
    """By the ending of its file."""
    names = {row.pk: row.code for row in (cast.roof, cast.school, cast.rules)}
    head = message.build(mail).decode().split("\r\n\r\n", 1)[0].replace("\r\n", "\n") + "\n"
    found = {"headers": head, "txt": mail.text, "html": mail.html.rstrip() + "\n"}
    for name, text in found.items():
        for pk, code in names.items():
            text = text.replace(pk.hex, code).replace(str(pk), code)
        text = re.sub(rf"{links.DOTS}[0-9a-f]{{32}}/", _short, text)
        text = re.sub(r"/notices/[0-9a-f-]{36}/", "/notices/ID/", text)
        found[name] = TOKEN.sub(rf"\1{links.DOTS}/", text)
    return found


def _short(found: re.Match[str]) -> str:
    """The ids of samples are small numbers; those that are random say so."""
    number = int(found.group()[len(links.DOTS) : -1], 16)
    return f"{links.DOTS}{number if number < 10_000 else 'ID'}/"
