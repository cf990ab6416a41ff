"""What is there to say about each piece of evidence, and what can its reader decide?"""

from __future__ import annotations

from dataclasses import dataclass

from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils.translation import gettext as _

from milestones import access
from milestones.actors import Actor
from milestones.models import Evidence, EvidenceState, Milestone
from milestones.web.decisions import offered
from milestones.web.presenters.links import Link, links


@dataclass(frozen=True)
class Piece:
    """`url` is empty for who may not open it any more; `note` says why it does not count, or how large the file is,
    `sort` stands where there is no picture."""

    row: Evidence
    url: str
    preview: str
    note: str
    sort: str
    acts: list[Link]


def pieces(milestone: Milestone, actor: Actor) -> list[Piece]:
    """In the order in which they were attached; none for who does not read the milestone's inner matters."""
    rows = list(access.visible(milestone.evidence.all(), actor))
    for row in rows:
        row.milestone = milestone  # with all that the rights are asked of
    return [_piece(row, actor) for row in rows]


def _piece(row: Evidence, actor: Actor) -> Piece:
    opens = row.state != EvidenceState.WITHDRAWN or (actor.person is not None and access.is_office(actor.person))
    url = (reverse("evidence_file", args=[row.pk]) if row.is_file else row.url) if opens else ""
    preview = reverse("evidence_preview", args=[row.pk]) if opens and row.has_preview else ""
    return Piece(
        row, url, preview, _note(row), _sort(row), links(row.pk, offered("evidence", row, row.milestone, actor))
    )


def _note(row: Evidence) -> str:
    if row.reason and not row.stands:
        return _("Reason: %(reason)s") % {"reason": row.reason}
    if row.size is not None:
        name = "" if row.file_name == row.title else f"{row.file_name} · "
        return f"{name}{filesizeformat(row.size)}"
    return ""


def _sort(row: Evidence) -> str:
    """The ending of a file's name, in capitals; a chain for a link."""
    return row.file_name.rpartition(".")[2].upper()[:4] if row.is_file else "↗"
