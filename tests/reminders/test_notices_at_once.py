"""Two sweeps, the office and whoever ends the milestone at one moment: one notice, no gap, nobody waits for ever."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import Any

import pytest

from milestones.models import Milestone, Notice, NoticeNumber, OutgoingMail, Reminder
from milestones.notices import operations as issuing
from milestones.planning import lifecycle
from milestones.planning.calendars import calendar
from milestones.reminders import engine, escalation
from tests.reminders import ladder
from tests.reminders.ladder import YELLOW, Unit, acting, notices, rows, sweep
from tests.reminders.world import SYSTEM, at
from tests.two_at_once import together, while_uncommitted

pytestmark = pytest.mark.django_db(transaction=True)

NINE = at(YELLOW, 9, 0)


@pytest.fixture
def unit(transactional_db: None) -> Unit:
    return ladder.made()


def planned(unit: Unit, *codes: str) -> list[Milestone]:
    """Milestones whose yellow step is planned and waits for its hour; their blue one is long answered."""
    made = [unit.milestone(code) for code in codes]
    sweep(YELLOW, 1)
    return made


def issue() -> object:
    return escalation.issue_notices(NINE, calendar())


def by_hand(milestone: Milestone, unit: Unit) -> object:
    seen = Milestone.objects.select_related("plan", "lead").get(pk=milestone.pk)
    return issuing.issue(seen, level="yellow", matter="请说明", actor=acting(unit.office), now=NINE)


def whole() -> None:
    """Numbers without a gap; each letter with its notice, each row with its own letter."""
    numbers = list(Notice.objects.order_by("number").values_list("number", flat=True))
    assert numbers == list(range(1, len(numbers) + 1))
    assert not numbers or NoticeNumber.objects.get(year=2023).last == len(numbers)
    for row in Reminder.objects.exclude(mail=None).select_related("mail"):
        assert row.mail is not None
        assert row.mail.recipient_id == row.recipient_id
    assert not [mail for mail in OutgoingMail.objects.filter(kind="notice") if "\ue000" in mail.subject + mail.text]


def test_four_sweeps_at_once_issue_each_notice_once(unit: Unit) -> None:
    planned(unit, *(f"Q-{n}" for n in range(6)))
    answers = together(*[issue] * 4)
    assert not [answer for answer in answers if isinstance(answer, BaseException)]
    issue()  # what each left to the others
    assert Counter(Notice.objects.values_list("milestone__code", "level")) == {
        (f"Q-{n}", "yellow"): 1 for n in range(6)
    }
    assert OutgoingMail.objects.filter(notice__isnull=False).count() == 18
    assert Counter(Reminder.objects.filter(step__code="overdue-5").values_list("state", flat=True)) == {"claimed": 18}
    whole()


def test_whole_sweeps_at_once_too(unit: Unit) -> None:
    for n in range(4):
        unit.milestone(f"Q-{n}")
    answers = together(*[lambda: engine.sweep(NINE)] * 3, issue)
    assert not [answer for answer in answers if isinstance(answer, BaseException)]
    sweep(YELLOW, 9, 1)
    assert Notice.objects.filter(level="yellow").count() == 4
    whole()


def test_the_second_waits_for_the_first_and_finds_nothing_left(unit: Unit) -> None:
    planned(unit, "M-1")
    assert while_uncommitted(issue, issue) == (3, 0)
    assert notices() == [("〔2023〕1号", "yellow", YELLOW)]
    assert set(rows("overdue-5").values()) == {"claimed"}
    whole()


def test_the_office_was_faster(unit: Unit) -> None:
    """What it issued while the sweep was at it counts: with the next sweep the step only reminds of it."""
    [milestone] = planned(unit, "M-1")
    won, left = while_uncommitted(lambda: by_hand(milestone, unit), issue)
    assert isinstance(won, Notice)
    assert left == 0
    assert issue() == 3
    assert set(rows("overdue-5").values()) == {"claimed"}
    assert {row.mail and row.mail.kind for row in Reminder.objects.filter(step__code="overdue-5")} == {"single"}
    assert len(notices()) == 1
    whole()


def test_the_sweep_was_faster(unit: Unit) -> None:
    [milestone] = planned(unit, "M-1")
    won, refused = while_uncommitted(issue, lambda: by_hand(milestone, unit))
    assert won == 3
    assert isinstance(refused, issuing.AlreadyOpen)
    assert len(notices()) == 1
    whole()


def test_numbers_of_both_at_the_same_moment_have_no_gap(unit: Unit) -> None:
    planned(unit, *(f"Q-{n}" for n in range(4)))
    others = [unit.milestone(f"N-{n}", date(2023, 12, 29)) for n in range(4)]
    answers = together(issue, *[lambda row=row: by_hand(row, unit) for row in others])
    assert not [answer for answer in answers if isinstance(answer, BaseException)]
    issue()
    assert len(notices()) == 8
    whole()


def test_what_is_cancelled_at_that_moment_gets_no_notice(unit: Unit) -> None:
    [milestone] = planned(unit, "M-1")
    milestone.refresh_from_db()
    done, left = while_uncommitted(lambda: lifecycle.cancel(milestone, reason="不建了", actor=SYSTEM, now=NINE), issue)
    assert (done, left) == (None, 0)
    assert notices() == []
    assert issue() == 0
    assert set(rows("overdue-5").values()) == {"cancelled"}
    whole()


def test_an_answer_and_the_next_sweep_at_once(unit: Unit) -> None:
    planned(unit, "M-1")
    issue()
    unit.world.deliver(YELLOW, 9)
    notice = Notice.objects.get()
    how: Any = {"actor": acting(unit.head), "now": at(YELLOW, 10, 0)}
    answers = together(
        lambda: issuing.reply(notice, "已抓紧", **how),
        lambda: engine.sweep(at(YELLOW, 10, 0)),
        lambda: unit.world.deliver(YELLOW, 10),
    )
    assert not [answer for answer in answers if isinstance(answer, BaseException)]
    assert set(rows("overdue-5").values()) == {"acknowledged"}
    whole()
