"""How does a file come in? In pieces, counted and summed up, read in a process of its own, and only then kept."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, Any

from django.utils.translation import gettext_lazy as _

from milestones.actors import Actor
from milestones.changes import guard
from milestones.errors import RuleBroken
from milestones.marking import Marking, Rule
from milestones.models import Evidence, Milestone

from . import apart, names, store
from .incoming import copied
from .kinds import BY_MEDIA_TYPE, Kind

MOST_BYTES = 20 * 1024 * 1024

TAKEN = _("Pictures (JPEG, PNG, GIF, WebP, TIFF, HEIC), PDF, OFD and office files without macros are taken.")
REFUSALS: dict[str, Any] = {
    "too_large": _("The file is larger than 20 MB; make it smaller, or attach a link to it."),
    "empty": _("The file is empty; choose another one."),
    "file_type": _("Files of this kind are not taken."),
    "archive": _("This is an archive; attach the files that are in it one by one."),
    "macros": _("This file holds macros; save it without them (docx, xlsx, pptx) and attach that."),
    "protected": _("This file is protected by a password, so nobody could check it; save it without and attach that."),
    "broken": _("The file is damaged or incomplete; open it, save it again and attach that."),
    "double": _("This is two kinds of file in one; save it again as one of them and attach that."),
    "too_much": _("The file unpacks into more than can be read; make it smaller and attach that."),
    "wrong_name": _(
        "The name ends in “%(ending)s”, but the file is of another kind: %(kind)s. Rename it and try again."
    ),
}


class FileRefused(RuleBroken):
    def __init__(self, code: str, **words: str) -> None:
        message = REFUSALS[code] % words if words else REFUSALS[code]
        if code == "file_type":
            message = f"{message} {TAKEN}"
        super().__init__(message, field="file", code=code)


@dataclass(frozen=True)
class Verdict:
    kind: Kind | None
    refused: str = ""
    marking: Marking | None = None


def receive(file: IO[bytes], name: str, *, title: str, milestone: Milestone, actor: Actor, now: datetime) -> Evidence:
    """The file is in the store afterwards, and the row that will speak of it is returned, not stored yet.

    Nothing of a refused file stays on the disk. Raises FileRefused, and Classified, whose refusal is kept.
    """
    shown = names.clean(name)
    guard.check({"title": title, "file_name": shown}, actor=actor, now=now, entity="evidence")
    with store.draft() as draft:
        size, digest = copied(file, draft, most=MOST_BYTES, refusal=FileRefused)
        preview = draft.with_name("preview")
        kind = _judge(draft, preview, shown, digest, actor, now)
        if has_preview := preview.exists():
            store.keep(preview, store.preview(digest))
        store.keep(draft, store.path(digest))
    file_name = names.whole(shown, kind)
    return Evidence(
        milestone=milestone,
        title=title.strip() or file_name,
        file_name=file_name,
        size=size,
        sha256=digest,
        media_type=kind.media_type,
        has_preview=has_preview,
        added_by=actor.person,
    )


def _judge(draft: Path, preview: Path, name: str, digest: str, actor: Actor, now: datetime) -> Kind:
    verdict = read(draft, preview)
    if verdict.marking is not None:
        guard.refuse(
            verdict.marking, field="file", sha256=digest, actor=actor, now=now, entity="evidence", label=_("file")
        )
    if verdict.kind is None:
        raise FileRefused(verdict.refused)
    if not names.fits(name, verdict.kind):
        raise FileRefused("wrong_name", ending=Path(name).suffix, kind=", ".join(verdict.kind.extensions))
    return verdict.kind


def read(file: Path, preview: Path) -> Verdict:
    """What a process of its own, with little memory and time and nothing of our environment, says of the file."""
    found = apart.ask("milestones.evidence.reading", file, preview)
    if "refused" in found:
        return Verdict(None, found["refused"])
    mark = found["marking"]
    marking = Marking(Rule(mark["rule"]), mark["line"], mark["column"]) if mark else None
    return Verdict(BY_MEDIA_TYPE[found["media_type"]], marking=marking)
