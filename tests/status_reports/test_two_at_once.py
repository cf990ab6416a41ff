"""Two act on one report, or one milestone, at the same moment: does exactly one win, and is the other told by whom?"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from milestones.errors import Conflict, DomainError
from milestones.models import ChangeEntry, Milestone, OutgoingMail, StatusReport
from milestones.planning import lifecycle
from milestones.status_reports import operations
from tests.cast import Cast, acting
from tests.status_reports.cast import JUNE_28, SAID, bring
from tests.two_at_once import together, while_uncommitted

pytestmark = pytest.mark.django_db(transaction=True)

Act = Callable[[], object]


def seen(report: StatusReport) -> StatusReport:
    """A copy of one's own, as each request has."""
    return StatusReport.objects.select_related("milestone__plan").get(pk=report.pk)


def seen_milestone(milestone: Milestone) -> Milestone:
    return Milestone.objects.select_related("plan").get(pk=milestone.pk)


VERBS: dict[str, Any] = {
    "submit": operations.submit,
    "accept": operations.accept,
    "return": lambda r, **by: operations.return_(r, note="缺数据", **by),
    "discard": operations.discard,
    "rewrite": lambda r, **by: operations.write(r.milestone, {"progress": 55}, report=r, **by),
}
PAIRS = [
    ("draft", "submit", "submit"),
    ("draft", "submit", "rewrite"),
    ("draft", "rewrite", "submit"),
    ("draft", "discard", "submit"),
    ("draft", "submit", "discard"),
    ("submitted", "accept", "return"),
    ("submitted", "return", "accept"),
    ("submitted", "accept", "accept"),
    ("submitted", "return", "return"),
    ("returned", "submit", "rewrite"),
]


def acts(cast: Cast, report: StatusReport, first: str, second: str) -> list[Act]:
    def act(verb: str, who: Any) -> Act:
        own = seen(report)
        return lambda: VERBS[verb](own, actor=acting(who), now=JUNE_28)

    return [act(first, cast.office), act(second, cast.colleague)]


def prepared(cast: Cast, state: str) -> StatusReport:
    report = bring(cast, state)
    OutgoingMail.objects.all().delete()
    return report


@pytest.mark.parametrize(("state", "first", "second"), PAIRS)
def test_the_second_waits_and_is_told_who_was_first(running: Cast, state: str, first: str, second: str) -> None:
    report = prepared(running, state)
    before = ChangeEntry.objects.of(report).count()
    won, lost = while_uncommitted(*acts(running, report, first, second))
    assert not isinstance(won, Exception), won
    assert isinstance(lost, Conflict), lost
    assert (lost.who, lost.when) == (acting(running.office).label, JUNE_28)
    assert ChangeEntry.objects.of(report).count() == before + 1
    assert OutgoingMail.objects.count() == int(first == "return")


@pytest.mark.parametrize(("state", "first", "second"), PAIRS)
def test_at_one_moment_exactly_one_wins(running: Cast, state: str, first: str, second: str) -> None:
    report = prepared(running, state)
    before = ChangeEntry.objects.of(report).count()
    answers = together(*acts(running, report, first, second))
    refused = [answer for answer in answers if isinstance(answer, Exception)]
    assert len(refused) == 1, answers
    assert isinstance(refused[0], DomainError), refused
    assert ChangeEntry.objects.of(report).count() == before + 1


def test_two_first_drafts_of_one_author_are_one(running: Cast) -> None:
    def write(who: Any) -> Act:
        own = seen_milestone(running.roof)
        return lambda: operations.write(own, SAID, actor=acting(who), now=JUNE_28)

    won, lost = while_uncommitted(write(running.owner), write(running.owner))
    assert isinstance(won, StatusReport)
    assert isinstance(lost, Conflict), lost
    assert (lost.who, lost.when) == (acting(running.owner).label, JUNE_28)
    assert StatusReport.objects.count() == 1


def test_two_reports_of_one_milestone_at_once_leave_one_and_no_half(running: Cast) -> None:
    def file(who: Any, progress: int) -> Act:
        own = seen_milestone(running.roof)
        said = {**SAID, "progress": progress}
        return lambda: operations.file(own, said, actor=acting(who), now=JUNE_28)

    won, lost = while_uncommitted(file(running.owner, 40), file(running.coordinator, 45))
    assert isinstance(won, StatusReport)
    assert isinstance(lost, Conflict), lost
    assert [report.progress for report in StatusReport.objects.all()] == [40]


def test_what_is_just_being_cancelled_is_not_reported_on(running: Cast) -> None:
    own, theirs = seen_milestone(running.roof), seen_milestone(running.roof)
    won, lost = while_uncommitted(
        lambda: lifecycle.cancel(theirs, reason="不建了", actor=acting(running.office), now=JUNE_28),
        lambda: operations.file(own, SAID, actor=acting(running.owner), now=JUNE_28),
    )
    assert won is None
    assert isinstance(lost, Conflict), lost
    assert not StatusReport.objects.exists()
