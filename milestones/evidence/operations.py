"""How is evidence attached, verified, rejected, withdrawn? It is never deleted: what no longer counts says why."""

from __future__ import annotations

from datetime import datetime
from typing import IO

from django.utils.translation import gettext_lazy as _

from milestones import access
from milestones.actors import Actor
from milestones.changes import record
from milestones.errors import RuleBroken, StateConflict
from milestones.models import EVIDENCE_TRANSITIONS, Evidence, Milestone
from milestones.planning import lifecycle, proof
from milestones.planning.holding import hold
from milestones.workdays.periods import FuzzyDate

from . import rules
from .receiving import receive


class OwnEvidence(StateConflict):
    code = "own_evidence"
    message = _("Whoever attached a piece of evidence cannot verify it; a second person must.")


def attach_link(milestone: Milestone, *, url: str, title: str = "", actor: Actor, now: datetime) -> Evidence:
    access.require(actor, "evidence.attach", milestone)
    rules.check_takes_evidence(milestone)
    proof.check_link(url, field="url")
    return _attach(proof.link(milestone, title, url, actor=actor), actor, now)


def attach_file(
    milestone: Milestone,
    *,
    file: IO[bytes],
    file_name: str,
    title: str = "",
    once: bool = False,
    actor: Actor,
    now: datetime,
) -> Evidence:
    """At most 20 MB, of a kind that its own bytes say. `once`: the same bytes by the same person, as of a form sent
    again, are the piece that stands. Raises FileRefused, and Classified for a marking in its text."""
    access.require(actor, "evidence.attach", milestone)
    rules.check_takes_evidence(milestone)
    piece = receive(file, file_name, title=title, milestone=milestone, actor=actor, now=now)
    return _attach(piece, actor, now, once=once)


def received(
    milestone: Milestone, *, file: IO[bytes], file_name: str, title: str = "", actor: Actor, now: datetime
) -> Evidence:
    """The file is in the store, its row is not stored yet: `keep` does that, in the transaction of another verb, where
    nothing slow may happen. Refuses as `attach_file`."""
    access.require(actor, "evidence.attach", milestone)
    rules.check_takes_evidence(milestone)
    return receive(file, file_name, title=title, milestone=milestone, actor=actor, now=now)


def keep(piece: Evidence, *, actor: Actor, now: datetime) -> Evidence:
    """Attach what was `received`, once."""
    return _attach(piece, actor, now, once=True)


def submit(
    milestone: Milestone,
    *,
    actual: FuzzyDate,
    statement: str,
    evidence: list[proof.Given],
    file: IO[bytes] | None = None,
    file_name: str = "",
    file_title: str = "",
    actor: Actor,
    now: datetime,
    version: int | None = None,
) -> None:
    """报送办结 with a file that comes along; everything else as `lifecycle.submit`."""
    presented = list(evidence)
    if file is not None:
        record.expect(milestone, version)
        access.require(actor, "milestone.submit", milestone)
        lifecycle.check_state(milestone, "submit")
        lifecycle.check_submission(actual, statement, milestone, now)
        presented.append(receive(file, file_name, title=file_title, milestone=milestone, actor=actor, now=now))
    lifecycle.submit(
        milestone, actual=actual, statement=statement, evidence=presented, actor=actor, now=now, version=version
    )


def verify(evidence: Evidence, *, actor: Actor, now: datetime, version: int | None = None) -> None:
    """By somebody else than whoever attached it. Pending or rejected → verified."""
    access.require(actor, "evidence.verify", evidence)
    if actor.is_system or proof.added_by(actor, [evidence]):
        raise OwnEvidence
    _decide(evidence, "verify", "", actor=actor, now=now, version=version)


def reject(evidence: Evidence, *, reason: str, actor: Actor, now: datetime, version: int | None = None) -> None:
    """It does not show what it should. Pending or verified → rejected, with the reason."""
    _need(reason)
    _decide(evidence, "reject", reason, actor=actor, now=now, version=version)


def withdraw(evidence: Evidence, *, reason: str, actor: Actor, now: datetime, version: int | None = None) -> None:
    """By those who answer for the milestone: the wrong file, a better one. Pending or rejected → withdrawn."""
    _need(reason)
    _decide(evidence, "withdraw", reason, actor=actor, now=now, version=version)


def _attach(piece: Evidence, actor: Actor, now: datetime, *, once: bool = False) -> Evidence:
    with record.writing(actor=actor, now=now):
        rules.check_takes_evidence(_locked(piece.milestone))
        if once and (same := _standing(piece)) is not None:
            return same
        return record.create(piece, actor=actor, verb="evidence.attach", now=now)


def _standing(piece: Evidence) -> Evidence | None:
    rows = Evidence.objects.standing().filter(milestone=piece.milestone, added_by=piece.added_by)
    return rows.filter(sha256=piece.sha256).first() if piece.is_file else None


def _decide(evidence: Evidence, verb: str, reason: str, *, actor: Actor, now: datetime, version: int | None) -> None:
    record.expect(evidence, version)
    access.require(actor, f"evidence.{verb}", evidence)
    sources, target = EVIDENCE_TRANSITIONS[verb]
    rules.check_decidable(verb, evidence, evidence.milestone)
    values = {"state": target, "reason": reason.strip(), "decided_by": actor.person, "decided_at": now}
    with record.writing(actor=actor, now=now):
        rules.check_decidable(verb, evidence, _locked(evidence.milestone))
        record.update(
            evidence,
            values,
            actor=actor,
            verb=f"evidence.{verb}",
            now=now,
            reason=reason,
            allowed={"state__in": sources},
        )


def _locked(milestone: Milestone) -> Milestone:
    """The row as it is now; until this transaction ends nobody submits, verifies or closes around it."""
    hold(milestone.plan)
    rows = Milestone.objects.select_for_update(no_key=True, of=("self",)).select_related("plan")
    return rows.get(pk=milestone.pk)


def _need(reason: str) -> None:
    if not reason.strip():
        raise RuleBroken(_("A reason is needed; say why in a sentence."), field="reason", code="reason_missing")
