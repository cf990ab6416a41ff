"""How does a milestone move from planned to completed, back, or out? Each verb is one row of the transition table."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from milestones import access
from milestones.actors import Actor
from milestones.changes import record
from milestones.errors import RuleBroken, StateConflict
from milestones.mail import catalogue, outbox
from milestones.models import CLOSED_STATES, TRANSITIONS, Milestone, Organisation, OutgoingMail, Person
from milestones.workdays.periods import FuzzyDate

from . import assessment, closing, proof, revisions
from .holding import hold
from .letters import of_step
from .looking import look_again
from .staying import hold_all_active

NOT_SUBMITTED = {
    "submitted_by": None,
    "submitted_at": None,
    "submitted_client": "",
    "verified_by": None,
    "verified_at": None,
    "verified_client": "",
    "actual": None,
}


class Gone(StateConflict):
    code = "gone"
    message = _("%(who)s: no longer active. Hand this milestone over first, then reopen it.")


class SameVerifier(StateConflict):
    code = "same_verifier"
    message = _("Whoever submitted a milestone cannot verify it; a second person must.")


def start(milestone: Milestone, *, actor: Actor, now: datetime, version: int | None = None) -> None:
    """planned → in progress."""
    _move(milestone, "start", {}, actor=actor, now=now, version=version)


def submit(
    milestone: Milestone,
    *,
    actual: FuzzyDate,
    statement: str,
    evidence: Sequence[proof.Given] = (),
    actor: Actor,
    now: datetime,
    version: int | None = None,
) -> None:
    """报送办结: say it is done, when, how one can tell, with evidence: new links and files, or pieces attached before.
    → submitted.

    What a kind of milestone demands may be among what was attached before, whether presented again or not.
    """
    record.expect(milestone, version)
    access.require(actor, "milestone.submit", milestone)
    check_state(milestone, "submit")
    check_submission(actual, statement, milestone, now)
    new = proof.gather(milestone, evidence, actor=actor)
    proof.check_enough(milestone, [*new, *milestone.evidence.standing()])
    values = {
        "actual": actual,
        "statement": statement.strip(),
        "submitted_by": actor.person,
        "submitted_at": now,
        "submitted_client": actor.client,
    }
    letters = [
        catalogue.submitted(person, milestone, actual, now=now)
        for person in access.office()
        if person != actor.person and milestone.plan.is_active
    ]

    def attach() -> None:
        for piece in new:
            record.create(piece, actor=actor, verb="evidence.attach", now=now)
        proof.check_enough(milestone, milestone.evidence.standing())  # nobody withdrew the one piece meanwhile

    _move(
        milestone,
        "submit",
        values,
        actor=actor,
        now=now,
        reason=statement,
        version=version,
        letters=letters,
        also=attach,
    )


def verify(milestone: Milestone, *, actor: Actor, now: datetime, version: int | None = None) -> None:
    """核销: another person, or another API client, confirms, and with it what was presented. submitted → completed."""
    if _is_submitter(milestone, actor):
        raise SameVerifier
    values = {"verified_by": actor.person, "verified_at": now, "verified_client": actor.client}
    letters = _to_owner(catalogue.verified, milestone, actor, now)
    _move(
        milestone,
        "verify",
        values,
        actor=actor,
        now=now,
        version=version,
        letters=letters,
        also=lambda: proof.accept(milestone, actor=actor, now=now),
    )


def return_(
    milestone: Milestone,
    *,
    reason: str,
    actor: Actor,
    now: datetime,
    version: int | None = None,
) -> None:
    """退回: the verifier is not convinced. submitted → in progress; the statement stays for the next attempt."""
    _need(reason)
    letters = _to_owner(catalogue.returned, milestone, actor, now, reason=reason)
    _move(
        milestone,
        "return",
        NOT_SUBMITTED,
        actor=actor,
        now=now,
        reason=reason,
        version=version,
        letters=letters,
    )


def reopen(
    milestone: Milestone,
    *,
    reason: str,
    actor: Actor,
    now: datetime,
    version: int | None = None,
) -> None:
    """Completed or cancelled → in progress, for those who answer for it: all of them must still be here."""
    _need(reason)
    who = _who_answers(milestone)
    if gone := [str(one) for _name, one in who if one is not None and not one.is_active]:
        raise Gone(Gone.message % {"who": ", ".join(dict.fromkeys(gone))})
    _move(
        milestone,
        "reopen",
        NOT_SUBMITTED,
        actor=actor,
        now=now,
        reason=reason,
        version=version,
        who=who,
    )


def cancel(
    milestone: Milestone,
    *,
    reason: str,
    actor: Actor,
    now: datetime,
    version: int | None = None,
) -> None:
    """Any open state → cancelled."""
    _need(reason)
    _move(milestone, "cancel", {}, actor=actor, now=now, reason=reason, version=version)


def _move(
    milestone: Milestone,
    verb: str,
    values: Mapping[str, Any],
    *,
    actor: Actor,
    now: datetime,
    reason: str = "",
    version: int | None = None,
    letters: Sequence[OutgoingMail] = (),
    who: Sequence[tuple[str, Person | Organisation | None]] = (),
    also: Callable[[], object] = lambda: None,
) -> None:
    """`who` must stay active meanwhile; `also` is what else belongs to the step, in its transaction."""
    record.expect(milestone, version)
    access.require(actor, f"milestone.{verb}", milestone)
    sources, target = TRANSITIONS[verb]
    check_state(milestone, verb)
    letters = of_step(milestone, verb, values, told=letters, actor=actor, now=now, reason=reason)
    before = revisions.Dates.of(milestone)
    columns = revisions.columns({**values, "state": target})
    with record.writing(actor=actor, now=now):
        hold(milestone.plan)
        hold_all_active(who)
        record.update(
            milestone,
            columns | assessment.columns(milestone, columns, now=now),
            actor=actor,
            verb=f"milestone.{verb}",
            now=now,
            reason=reason,
            allowed={"state__in": sources},
        )
        revisions.write(milestone, before, actor=actor, now=now, reason=reason)
        look_again(milestone, now)
        assessment.assess_again(milestone, now)
        if target in CLOSED_STATES:
            closing.end_requests(milestone, actor=actor, now=now)
        outbox.put(letters)
        also()


def _who_answers(milestone: Milestone) -> list[tuple[str, Person | Organisation | None]]:
    parties = milestone.parties.select_related("organisation", "person")
    taking_part = [("parties", one) for party in parties for one in (party.organisation, party.person)]
    return [("accountable", milestone.accountable), ("lead", milestone.lead), *taking_part]


def check_state(milestone: Milestone, verb: str) -> None:
    """Whether plan and state allow the verb."""
    if not milestone.plan.is_active:
        raise StateConflict(_("The plan is not active; activate it first."), code="plan_not_active")
    if milestone.state not in TRANSITIONS[verb][0]:
        message = _("This milestone is %(state)s; that does not allow this step.")
        raise StateConflict(message % {"state": milestone.get_state_display()})


def check_submission(actual: FuzzyDate, statement: str, milestone: Milestone, now: datetime) -> None:
    if actual.start > now.astimezone(milestone.plan.zone).date():
        raise RuleBroken(
            _("The actual date lies in the future; give the day it was done, today at the latest."),
            field="actual",
            code="future",
        )
    if not statement.strip():
        raise RuleBroken(_("Say in a sentence what was done."), field="statement", code="missing")


def _is_submitter(milestone: Milestone, actor: Actor) -> bool:
    """The system is nobody who could be a second one."""
    if actor.person is not None:
        return milestone.submitted_by_id == actor.person.pk
    return not actor.client or milestone.submitted_client == actor.client


def _need(reason: str) -> None:
    if not reason.strip():
        raise RuleBroken(
            _("A reason is needed; say why in a sentence."),
            field="reason",
            code="reason_missing",
        )


def _to_owner(letter: Any, milestone: Milestone, actor: Actor, now: datetime, **words: str) -> list[OutgoingMail]:
    """The letter to the accountable person, else to whoever submitted; nobody is told of what they did themselves."""
    person = milestone.accountable or milestone.submitted_by
    if person is None or not person.is_active or person == actor.person:
        return []
    return [letter(person, milestone, now=now, **words)]
