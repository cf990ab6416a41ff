"""What shows that a milestone was reached, and is it what its kind demands?"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from django.utils.translation import gettext_lazy as _

from milestones.actors import Actor
from milestones.changes import record
from milestones.errors import RuleBroken
from milestones.models import ChangeEntry, Evidence, EvidenceState, Kind, Milestone, Op

# A link as (title, address); a row that was not stored yet, of a file that has been received; or one attached before.
Given = tuple[str, str] | Evidence


class Sort(StrEnum):
    PICTURE = "picture"
    DOCUMENT = "document"
    LINK = "link"


@dataclass(frozen=True)
class Demand:
    """At least one piece of one of these sorts; `refusal` says so."""

    sorts: frozenset[Sort]
    refusal: Any


DEMANDS: dict[str, Demand] = {
    Kind.CONSTRUCTION: Demand(
        frozenset(Sort),
        _("A construction milestone needs evidence: a photo, a document, or a link to one."),
    ),
    Kind.INSTITUTION: Demand(
        frozenset(Sort),
        _("An institution milestone needs evidence: the document or the notice, as a file, a scan, or a link to it."),
    ),
    Kind.POLICY: Demand(
        frozenset({Sort.DOCUMENT, Sort.LINK}),
        _("A policy milestone needs evidence: its text as a document, or a link to it; a picture is not enough."),
    ),
}
NEEDS_EVIDENCE = tuple(DEMANDS)


def sort_of(piece: Evidence) -> Sort:
    if not piece.is_file:
        return Sort.LINK
    return Sort.PICTURE if piece.media_type.startswith("image/") else Sort.DOCUMENT


def suffices(kind: str, sorts: Iterable[Sort]) -> bool:
    return kind not in DEMANDS or not DEMANDS[kind].sorts.isdisjoint(sorts)


def check_enough(milestone: Milestone, pieces: Iterable[Evidence]) -> None:
    """`pieces` are those that stand, neither rejected nor withdrawn."""
    if not suffices(milestone.kind, map(sort_of, pieces)):
        raise RuleBroken(DEMANDS[milestone.kind].refusal, field="evidence", code="missing")


def check_link(url: str, *, field: str = "evidence") -> None:
    if not url.startswith(("https://", "http://")):
        raise RuleBroken(_("Evidence is a link that starts with https:// or http://."), field=field, code="url")
    if len(url) > 1000:
        raise RuleBroken(_("A link has at most 1,000 characters."), field=field, code="too_long")


def link(milestone: Milestone, title: str, url: str, *, actor: Actor) -> Evidence:
    """The row of a link, not stored yet; without a title the address is one."""
    return Evidence(milestone=milestone, title=title.strip() or url[:200], url=url, added_by=actor.person)


def gather(milestone: Milestone, given: Sequence[Given], *, actor: Actor) -> list[Evidence]:
    """The rows that are to be stored. Raises RuleBroken for what cannot be presented."""
    new = []
    for one in given:
        if isinstance(one, tuple):
            check_link(one[1])
            new.append(link(milestone, *one, actor=actor))
        elif one._state.adding:
            new.append(one)
        else:
            _check_presentable(milestone, one)
    return new


def _check_presentable(milestone: Milestone, piece: Evidence) -> None:
    if piece.milestone_id != milestone.pk:
        raise RuleBroken(
            _("This piece of evidence belongs to another milestone."), field="evidence", code="not_of_milestone"
        )
    if not piece.stands:
        message = _("“%(title)s” is %(state)s; present another piece of evidence.")
        shown = {"title": piece.title, "state": piece.get_state_display()}
        raise RuleBroken(message % shown, field="evidence", code="not_standing")


def accept(milestone: Milestone, *, actor: Actor, now: datetime) -> None:
    """In the transaction that verifies the milestone: what was presented with it counts as verified too.

    What was attached after the submission waits for a look of its own, and so does what the verifier attached.
    """
    standing = list(milestone.evidence.standing())
    check_enough(milestone, standing)
    presented = [
        piece
        for piece in standing
        if piece.state == EvidenceState.PENDING
        and milestone.submitted_at is not None
        and piece.created_at <= milestone.submitted_at
    ]
    own = added_by(actor, presented)
    values = {"state": EvidenceState.VERIFIED, "decided_by": actor.person, "decided_at": now}
    for piece in presented:
        if piece.pk not in own:
            record.update(piece, values, actor=actor, verb="evidence.verify", now=now)


def added_by(actor: Actor, pieces: Iterable[Evidence]) -> set[Any]:
    """The ids of those that this person, or this API client, attached."""
    if actor.person is not None:
        return {piece.pk for piece in pieces if piece.added_by_id == actor.person.pk}
    created = ChangeEntry.objects.filter(
        entity="evidence", op=Op.CREATE, client=actor.client, object_id__in=[piece.pk for piece in pieces]
    )
    return set(created.values_list("object_id", flat=True))
