"""Two act on one request, or on its milestone, at the same moment: does exactly one win, and is nothing half done?"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from milestones.errors import Conflict, DomainError
from milestones.extensions import operations
from milestones.models import ChangeEntry, DateRevision, Extension, Milestone, OutgoingMail
from milestones.planning import lifecycle
from milestones.planning import operations as planning
from milestones.workdays.periods import FuzzyDate
from tests.cast import YEAR_END, Cast, acting
from tests.extensions.cast import DECEMBER, Q1, asked, bring
from tests.two_at_once import together, while_uncommitted

pytestmark = pytest.mark.django_db(transaction=True)

Act = Callable[[], object]
OTHER = FuzzyDate(date(2024, 2, 29))
VERBS: dict[str, Any] = {
    "approve": lambda e, m, by: operations.approve(e, note="同意", **by),
    "decline": lambda e, m, by: operations.decline(e, note="可以赶回来", **by),
    "withdraw": lambda e, m, by: operations.withdraw(e, **by),
    "reschedule": lambda e, m, by: planning.reschedule(m, OTHER, reason="调整", **by),
    "cancel": lambda e, m, by: lifecycle.cancel(m, reason="不建了", **by),
    "edit": lambda e, m, by: planning.change(m, {"title": "新标题"}, **by),
}
PAIRS = [
    ("approve", "withdraw"),
    ("withdraw", "approve"),
    ("approve", "decline"),
    ("decline", "approve"),
    ("approve", "approve"),
    ("decline", "withdraw"),
    ("approve", "reschedule"),
    ("reschedule", "approve"),
    ("approve", "cancel"),
    ("cancel", "approve"),
    ("edit", "approve"),
]
IN_ORDER = [*PAIRS, ("cancel", "withdraw")]  # the other way round both may: what was withdrawn need not end


def acts(cast: Cast, extension: Extension, first: str, second: str) -> list[Act]:
    def act(verb: str, who: Any) -> Act:
        own = Extension.objects.select_related("milestone__plan", "milestone__lead").get(pk=extension.pk)
        milestone = Milestone.objects.select_related("plan").get(pk=extension.milestone_id)
        return lambda: VERBS[verb](own, milestone, {"actor": acting(who), "now": DECEMBER})

    return [act(first, cast.office), act(second, cast.colleague)]


def left(cast: Cast, extension: Extension) -> dict[str, Any]:
    """What there is afterwards."""
    roof = Milestone.objects.get(pk=cast.roof.pk)
    return {
        "state": Extension.objects.get(pk=extension.pk).state,
        "due": roof.due,
        "moves": DateRevision.objects.filter(milestone=roof, which="due").count(),
        "due_version": roof.due_version,
        "decisions": ChangeEntry.objects.of(extension).count() - 1,
    }


# What the winner alone leaves: the request's state, the due date.
ALONE = {
    "approve": ("approved", Q1),
    "decline": ("declined", YEAR_END),
    "withdraw": ("withdrawn", YEAR_END),
    "reschedule": ("requested", OTHER),
    "cancel": ("withdrawn", YEAR_END),
    "edit": ("requested", YEAR_END),
}


def check(cast: Cast, extension: Extension, winner: str) -> None:
    state, due = ALONE[winner]
    moved = int(due != YEAR_END)
    decided = int(state != "requested")
    expected = {"state": state, "due": due, "moves": moved, "due_version": 1 + moved, "decisions": decided}
    assert left(cast, extension) == expected


@pytest.mark.parametrize(("first", "second"), IN_ORDER)
def test_the_second_waits_and_is_told_who_was_first_and_when(running: Cast, first: str, second: str) -> None:
    extension = bring(running, "requested")
    won, lost = while_uncommitted(*acts(running, extension, first, second))
    assert not isinstance(won, Exception), won
    assert isinstance(lost, Conflict), lost
    assert (lost.who, lost.when) == (acting(running.office).label, DECEMBER)
    check(running, extension, first)


@pytest.mark.parametrize(("first", "second"), PAIRS)
def test_at_one_moment_exactly_one_wins(running: Cast, first: str, second: str) -> None:
    extension = bring(running, "requested")
    answers = together(*acts(running, extension, first, second))
    refused = [answer for answer in answers if isinstance(answer, Exception)]
    assert len(refused) == 1, answers
    assert isinstance(refused[0], DomainError), refused
    check(running, extension, first if isinstance(answers[1], Exception) else second)


def test_a_loser_sends_no_mail(running: Cast) -> None:
    extension = bring(running, "requested")
    while_uncommitted(*acts(running, extension, "withdraw", "approve"))
    assert set(OutgoingMail.objects.values_list("kind", "recipient__display_name")) == {("decided", "owner")}
    assert "withdrawn" in OutgoingMail.objects.get().text or "撤回" in OutgoingMail.objects.get().text


def test_two_requests_at_once_are_one(running: Cast) -> None:
    def ask(who: Any) -> Act:
        own = Milestone.objects.select_related("plan", "lead").get(pk=running.roof.pk)
        return lambda: asked(own, who)

    won, lost = while_uncommitted(ask(running.owner), ask(running.coordinator))
    assert isinstance(won, Extension)
    assert isinstance(lost, Conflict), lost
    assert (lost.who, lost.when) == (acting(running.owner).label, DECEMBER)
    assert Extension.objects.count() == 1
    assert OutgoingMail.objects.count() == 1
