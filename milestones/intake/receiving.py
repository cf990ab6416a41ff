"""How does a file become a text to read? Looked at in a process of its own; refused whole when it is not fit."""

from __future__ import annotations

import tempfile
from datetime import datetime
from pathlib import Path
from typing import IO, Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from milestones import marking
from milestones.actors import Actor
from milestones.changes import guard
from milestones.errors import RuleBroken
from milestones.evidence import apart
from milestones.evidence.incoming import copied
from milestones.evidence.reading import compound
from milestones.evidence.reading.unfit import Why
from milestones.intake.files.opening import MOST_BYTES, MOST_TEXT, PDF
from milestones.marking import Marking, Rule

ENDINGS = {
    "docx": (".docx",),
    "html": (".html", ".htm", ".xhtml", ".shtml", ".txt"),
    "txt": (".txt", ".text", ".md", ""),
}
TAKEN = _(
    "Plain text (UTF-8 or GB18030), Word documents (.docx) and pages of HTML are read; a text can also be pasted."
)
REFUSALS: dict[str, Any] = {
    "too_large": _("The file is larger than 20 MB; leave its pictures out, or paste its text."),
    "empty": _("There is no text in it; choose another file."),
    "file_type": _("This file is no text that can be read here."),
    "pdf": _("This is a PDF, which is not read: open it, select all, copy, and paste the text; or send the .docx."),
    "old_word": _("This is an old Office document (.doc, .wps): open it, save it as .docx, and send that."),
    "archive": _("This is an archive, or no Word document; send the document itself."),
    "macros": _("This document holds macros; save it without them, as .docx, and send that."),
    "protected": _("This file is protected by a password, so it cannot be read; save it without and send that."),
    "broken": _("The file is damaged or incomplete; open it, save it again and send that."),
    "double": _("This is two kinds of file in one; save it again as one of them and send that."),
    "too_much": _("The file holds more than can be read here; send the plan alone, or paste its text."),
    "wrong_name": _("The name ends in “%(ending)s”, but the file is %(kind)s. Rename it and try again."),
}


class TextRefused(RuleBroken):
    """Nothing of the file or text is kept."""

    def __init__(self, code: str, **words: str) -> None:
        message = REFUSALS[code] % words if words else REFUSALS[code]
        super().__init__(f"{message} {TAKEN}" if code == "file_type" else message, field="file", code=code)


def text_of(file: IO[bytes], name: str, *, actor: Actor, now: datetime) -> str:
    """The text of an upload or an opened file, with \\n at the ends of its lines; offsets count in it.

    Raises TextRefused, and Classified, whose refusal is kept.
    """
    with tempfile.TemporaryDirectory(prefix="lingang-intake-") as folder:
        copy = Path(folder) / "file"
        _size, digest = copied(file, copy, most=MOST_BYTES, refusal=TextRefused)
        found = apart.ask("milestones.intake.files", copy)
        if "refused" in found:
            raise TextRefused(_closer(found["refused"], copy))
    if mark := found.get("marking"):
        _refuse(Marking(Rule(mark["rule"]), mark["line"], mark["column"]), digest, actor, now)
    ending = Path(name).suffix.lower()
    if ending not in ENDINGS[found["kind"]]:
        raise TextRefused("wrong_name", ending=ending, kind=found["kind"])
    return _filled(found["text"])


def pasted(text: str, *, actor: Actor, now: datetime) -> str:
    """The same of a text that somebody pasted."""
    plain = text.replace("\r\n", "\n").replace("\r", "\n")
    if len(plain) > MOST_TEXT:
        raise TextRefused("too_much")
    check(plain, actor=actor, now=now)
    return _filled(plain)


def check(text: str, *, actor: Actor, now: datetime) -> None:
    """A text with a marking anywhere is refused whole, with the line named."""
    if (found := marking.find(text)) is not None:
        _refuse(found, marking.digest(text), actor, now)


def _refuse(found: Marking, digest: str, actor: Actor, now: datetime) -> None:
    place = gettext("line %(line)s of the text") % {"line": found.line}
    guard.refuse(found, field="text", sha256=digest, actor=actor, now=now, entity="plan", label=place)


def _closer(code: str, copy: Path) -> str:
    """Of kinds of file that are often tried there is more to say than that they are not read."""
    if code != Why.KIND:
        return code
    with copy.open("rb") as source:
        head = source.read(len(compound.MAGIC))
    return "pdf" if head.startswith(PDF) else "old_word" if head == compound.MAGIC else code


def _filled(text: str) -> str:
    if not text.strip():
        raise TextRefused("empty")
    return text
