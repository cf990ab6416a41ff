"""Two act on one milestone at the same moment: does exactly one win, and is the other told who and when?"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from functools import partial
from typing import Any

import pytest

from milestones.errors import Conflict, DomainError, StateConflict
from milestones.models import ChangeEntry, DateRevision, Evidence, Milestone, NextLook, OutgoingMail
from milestones.planning import lifecycle, operations, plans
from milestones.workdays.periods import FuzzyDate
from tests import cast as casting
from tests.cast import NOW, PHOTO, TODAY, Cast, acting
from tests.two_at_once import together, while_uncommitted

pytestmark = pytest.mark.django_db(transaction=True)

OCTOBER = FuzzyDate(date(2023, 10, 16))
SOON = NOW + timedelta(minutes=5)
Verb = Callable[[Milestone, Cast, Any], object]

VERBS: dict[str, Verb] = {
    "start": lambda m, c, by: lifecycle.start(m, actor=by, now=SOON),
    "submit": lambda m, c, by: lifecycle.submit(
        m, actual=TODAY, statement="已封顶", evidence=[PHOTO], actor=by, now=SOON
    ),
    "verify": lambda m, c, by: lifecycle.verify(m, actor=by, now=SOON),
    "return": lambda m, c, by: lifecycle.return_(m, reason="照片不清", actor=by, now=SOON),
    "cancel": lambda m, c, by: lifecycle.cancel(m, reason="不建了", actor=by, now=SOON),
    "reschedule": lambda m, c, by: operations.reschedule(m, OCTOBER, reason="台风", actor=by, now=SOON),
    "hand_over": lambda m, c, by: operations.hand_over([m], c.other, reason="调岗", actor=by, now=SOON),
    "hand_over_to_another": lambda m, c, by: operations.hand_over([m], c.leader, reason="调岗", actor=by, now=SOON),
    "edit": lambda m, c, by: operations.change(m, {"title": "新标题"}, actor=by, now=SOON),
}
PAIRS = [
    ("planned", "reschedule", "cancel"),
    ("planned", "cancel", "reschedule"),
    ("planned", "start", "cancel"),
    ("planned", "submit", "cancel"),
    ("planned", "cancel", "submit"),
    ("submitted", "verify", "return"),
    ("submitted", "return", "verify"),
    ("submitted", "verify", "verify"),
    ("planned", "hand_over", "hand_over_to_another"),
    ("planned", "edit", "start"),
    ("planned", "start", "edit"),
    ("planned", "reschedule", "reschedule"),
]


def as_seen_by(milestone: Milestone) -> Milestone:
    """A copy of one's own, as each request has."""
    return Milestone.objects.select_related("plan").get(pk=milestone.pk)


def acts(cast: Cast, first: str, second: str) -> list[Callable[[], object]]:
    return [
        partial(VERBS[first], as_seen_by(cast.roof), cast, acting(cast.office)),
        partial(VERBS[second], as_seen_by(cast.roof), cast, acting(cast.colleague)),
    ]


def written(cast: Cast) -> dict[str, Any]:
    """Everything a verb may have left behind."""
    return {
        "row": Milestone.objects.filter(pk=cast.roof.pk).values().get(),
        "entries": list(ChangeEntry.objects.of(cast.roof).values_list("version", "verb")),
        "evidence": Evidence.objects.count(),
        "revisions": DateRevision.objects.count(),
        "mails": sorted(OutgoingMail.objects.values_list("kind", "to")),
    }


def what_the_first_alone_leaves(cast: Cast, verb: str) -> dict[str, int]:
    """How many rows the winner writes."""
    return {
        "evidence": int(verb == "submit"),
        "revisions": int(verb in ("submit", "reschedule", "return")),
    }


@pytest.mark.parametrize(("state", "first", "second"), PAIRS)
def test_the_second_waits_and_is_told_who_was_first_and_when(
    running: Cast, state: str, first: str, second: str
) -> None:
    casting.bring(running, running.roof, state)
    before = written(running)
    won, lost = while_uncommitted(*acts(running, first, second))
    assert not isinstance(won, Exception)
    assert isinstance(lost, Conflict), lost
    assert (lost.who, lost.when, lost.version) == (acting(running.office).label, SOON, before["row"]["version"] + 1)
    assert f"{SOON:%Y-%m-%d}" in str(lost)
    after = written(running)
    assert len(after["entries"]) == len(before["entries"]) + 1
    for name, more in what_the_first_alone_leaves(running, first).items():
        assert after[name] == before[name] + more, name


@pytest.mark.parametrize(("state", "first", "second"), PAIRS[::3])
def test_at_one_moment_exactly_one_wins(running: Cast, state: str, first: str, second: str) -> None:
    casting.bring(running, running.roof, state)
    version = Milestone.objects.get(pk=running.roof.pk).version
    refusals = [answer for answer in together(*acts(running, first, second)) if isinstance(answer, Exception)]
    assert len(refusals) == 1
    assert isinstance(refusals[0], Conflict | StateConflict), refusals
    assert Milestone.objects.get(pk=running.roof.pk).version == version + 1


def test_nothing_of_the_loser_is_left(running: Cast) -> None:
    """A submission that comes second leaves no evidence, no date, no mail to the office."""
    won, lost = while_uncommitted(*acts(running, "cancel", "submit"))
    assert (won, type(lost)) == (None, Conflict)
    after = written(running)
    assert (after["row"]["state"], after["row"]["actual_on"], after["row"]["statement"]) == ("cancelled", None, "")
    assert (after["evidence"], after["revisions"], after["mails"]) == (0, 0, [])


def test_a_bulk_hand_over_goes_as_a_whole_or_not_at_all(running: Cast) -> None:
    many = [as_seen_by(running.school), as_seen_by(running.roof)]
    hand_over: Any = {"reason": "调岗", "actor": acting(running.colleague), "now": SOON}
    won, lost = while_uncommitted(
        acts(running, "edit", "edit")[0], lambda: operations.hand_over(many, running.leader, **hand_over)
    )
    assert (won, type(lost)) == (True, Conflict)
    assert Milestone.objects.get(pk=running.school.pk).accountable == running.other
    assert not OutgoingMail.objects.exists()


@pytest.mark.parametrize("verb", ["start", "reschedule", "edit", "hand_over", "cancel"])
def test_in_a_plan_that_is_just_being_closed_nothing_changes_any_more(running: Cast, verb: str) -> None:
    seen = as_seen_by(running.roof)
    won, lost = while_uncommitted(
        lambda: plans.close(running.plan, actor=acting(running.office), now=SOON),
        lambda: VERBS[verb](seen, running, acting(running.colleague)),
    )
    assert won is None
    assert isinstance(lost, DomainError), lost
    last = ChangeEntry.objects.of(running.roof).last()
    assert last is not None
    assert (last.verb, last.version) == ("milestone.health", 2)  # of its activation
    assert NextLook.of(running.roof) is None


@pytest.mark.parametrize("verb", ["reschedule", "edit"])
def test_a_draft_that_is_just_being_activated_is_no_draft_any_more(cast: Cast, verb: str) -> None:
    """The baseline would have followed due: the second is told, and may look and try again."""
    seen = as_seen_by(cast.roof)
    won, lost = while_uncommitted(
        lambda: plans.activate(cast.plan, actor=acting(cast.office), now=SOON),
        lambda: VERBS[verb](seen, cast, acting(cast.colleague)),
    )
    assert won is None
    assert isinstance(lost, DomainError), lost
    assert Milestone.objects.get(pk=cast.roof.pk).due == cast.roof.due


def test_two_deletions_leave_one_tombstone(cast: Cast) -> None:
    by: Any = {"actor": acting(cast.office), "now": SOON}
    won, lost = while_uncommitted(*[partial(operations.delete, as_seen_by(cast.rules), **by) for _ in range(2)])
    assert won is None
    assert isinstance(lost, Conflict)
    assert (lost.who, lost.when) == (acting(cast.office).label, SOON)
    assert ChangeEntry.objects.of(cast.rules).filter(op="delete").count() == 1


def test_the_same_code_twice_is_taken_for_the_second(running: Cast) -> None:
    def create() -> Milestone:
        return casting.milestone(running.plan, running.stream, "FIN-09")

    won, lost = while_uncommitted(create, create)
    assert isinstance(won, Milestone)
    assert isinstance(lost, DomainError)
    assert (lost.code, lost.field) == ("duplicate", "code")
