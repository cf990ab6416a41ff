"""Do the steps of the ladder issue notices: one each, to whom they should, at their hour, and no more than needed?"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from milestones.errors import Conflict
from milestones.mail import message
from milestones.models import (
    ChangeEntry,
    Notice,
    NoticeNumber,
    Organisation,
    OutgoingMail,
    Person,
    Reminder,
    ReminderStep,
    StepVersion,
    Watch,
)
from milestones.notices import matters, numbering
from milestones.notices import operations as issuing
from milestones.people import delegations
from milestones.people import operations as people
from milestones.planning import lifecycle, operations
from milestones.planning.calendars import calendar
from milestones.reminders import escalation
from milestones.status_reports import operations as reports
from milestones.workdays.periods import FuzzyDate, Precision
from tests.cast import PHOTO
from tests.reminders import ladder
from tests.reminders.ladder import BLUE, DUE, RED, YELLOW, Unit, acting, notices, rows, sweep, told
from tests.reminders.world import START, SYSTEM, at

pytestmark = pytest.mark.django_db

BY: Any = {"actor": SYSTEM}


@pytest.fixture
def unit(db: None) -> Unit:
    return ladder.made()


def answer(unit: Unit, notice: Notice, day: date) -> None:
    issuing.reply(notice, "已抓紧", actor=acting(unit.owner), now=at(day, 10, 0))


# The ladder -----------------------------------------------------------------------------------------------------------
def test_blue_yellow_red_and_a_late_end_is_made_up(unit: Unit) -> None:
    """Nobody says anything for three weeks, then it is done."""
    milestone = unit.milestone()
    unit.play(date(2023, 6, 12), date(2023, 7, 28))
    assert notices() == [("〔2023〕1号", "blue", BLUE), ("〔2023〕2号", "yellow", YELLOW), ("〔2023〕3号", "red", RED)]
    blue, yellow, red = Notice.objects.order_by("number")
    assert told(blue) == ["owner"]
    assert told(yellow) == ["coordinator", "head", "owner"]
    assert told(red) == ["coordinator", "head", "leader", "owner"]
    assert {row.state for row in Reminder.objects.filter(mail__notice__isnull=False)} == {"sent"}
    assert [n.respond_by for n in (blue, yellow, red)] == [date(2023, 6, 28), date(2023, 7, 13), date(2023, 7, 26)]
    milestone.refresh_from_db()
    done: Any = {"actual": FuzzyDate(date(2023, 7, 27)), "statement": "已封顶", "evidence": [PHOTO]}
    lifecycle.submit(milestone, **done, actor=acting(unit.owner), now=at(date(2023, 7, 28), 10, 0))
    lifecycle.verify(milestone, actor=acting(unit.office), now=at(date(2023, 7, 28), 11, 0))
    assert milestone.health == "made_up"
    unit.play(date(2023, 7, 28), date(2023, 9, 28))
    assert len(notices()) == 3


def test_a_notice_is_the_systems_and_says_what_it_asks_for(unit: Unit) -> None:
    milestone = unit.milestone()
    unit.sweep(YELLOW)
    notice = Notice.objects.get(level="yellow")
    assert (notice.issued_by, notice.organisation, notice.milestone) == (None, unit.world.bureau, milestone)
    assert milestone.code in notice.matter
    entry = ChangeEntry.objects.of(notice).get()
    assert (entry.verb, entry.actor_label, entry.via) == ("notice.issue", "system", "system")
    letter = OutgoingMail.objects.get(notice=notice, recipient=unit.owner)
    assert "No. 1 of 2023" in letter.subject
    assert "\ue000" not in letter.text + letter.html
    assert (letter.day, letter.milestone) == (YELLOW, milestone)
    assert "List-Unsubscribe" not in message.build(letter).decode("ascii", "replace")


def test_the_answer_is_asked_for_as_the_step_says(unit: Unit) -> None:
    StepVersion.objects.filter(step__code="before-7").update(respond_days=2)
    unit.milestone()
    unit.sweep(BLUE)
    assert Notice.objects.get().respond_by == date(2023, 6, 25)  # a make-up Sunday


# Due → the day on which it is 5 working days overdue, and the day for the answer, 4 working days later
RESPOND = [
    (date(2023, 4, 14), date(2023, 4, 21), date(2023, 4, 26)),  # Sunday the 23rd is a make-up day
    (date(2023, 9, 15), date(2023, 9, 22), date(2023, 9, 28)),
    (date(2023, 9, 21), date(2023, 9, 28), date(2023, 10, 10)),  # over National Day; 7 and 8 October are worked
    (date(2023, 9, 27), date(2023, 10, 10), date(2023, 10, 16)),
    (date(2023, 10, 8), date(2023, 10, 13), date(2023, 10, 19)),
    (
        date(2024, 2, 2),
        date(2024, 2, 8),
        date(2024, 2, 20),
    ),  # the 4th and 18th are worked Sundays, the festival between
]


@pytest.mark.parametrize(("due", "issued_on", "respond_by"), RESPOND)
def test_the_day_of_issue_and_the_day_for_the_answer_are_working_days(
    unit: Unit, due: date, issued_on: date, respond_by: date
) -> None:
    StepVersion.objects.filter(level="").delete()
    unit.milestone(due=due)
    day = issued_on - timedelta(days=3)
    while day <= issued_on:
        unit.sweep(day)
        day += timedelta(days=1)
    [yellow] = Notice.objects.filter(level="yellow")
    assert (yellow.issued_on, yellow.respond_by) == (issued_on, respond_by)
    assert calendar().is_workday(yellow.respond_by)


# When -----------------------------------------------------------------------------------------------------------------
def test_nothing_is_issued_at_midnight(unit: Unit) -> None:
    unit.milestone()
    sweep(YELLOW, 0, 1)
    sweep(YELLOW, 7, 59)
    assert notices() == []
    assert rows("overdue-5") == {"owner": "planned", "head": "planned", "coordinator": "planned"}
    sweep(YELLOW, 8, 0)
    assert notices() == [("〔2023〕1号", "yellow", YELLOW)]


def test_each_gets_the_letter_at_their_own_hour(unit: Unit) -> None:
    """The head reads at ten, the coordinator is in London, where it is eight at 15:00 in Shanghai."""
    people.set_preferences(unit.head, {"send_hour": 10}, actor=SYSTEM, now=START)
    people.set_preferences(unit.coordinator, {"time_zone": "Europe/London"}, actor=SYSTEM, now=START)
    unit.milestone()
    sweep(YELLOW, 8, 5)
    due = dict(OutgoingMail.objects.filter(notice__level="yellow").values_list("recipient__display_name", "due_at"))
    assert due == {"owner": at(YELLOW, 8, 5), "head": at(YELLOW, 10, 0), "coordinator": at(YELLOW, 15, 0)}
    unit.world.deliver(YELLOW, 8, 6)
    assert rows("overdue-5") == {"owner": "sent", "head": "claimed", "coordinator": "claimed"}
    unit.world.deliver(YELLOW, 15, 0)
    assert set(rows("overdue-5").values()) == {"sent"}


def test_whose_day_has_not_begun_gets_the_letter_of_the_same_notice_later(unit: Unit) -> None:
    """At eight in Shanghai it is the evening before in New York."""
    people.set_preferences(unit.head, {"time_zone": "America/New_York"}, actor=SYSTEM, now=START)
    unit.milestone()
    sweep(YELLOW, 8)
    letter = OutgoingMail.objects.get(notice__level="yellow", recipient=unit.head)
    assert (letter.day, letter.due_at) == (YELLOW, at(YELLOW, 20, 0))


def test_whose_day_begins_first_does_not_bring_the_notice_forward(unit: Unit) -> None:
    """Eight o'clock in Auckland is four in Shanghai; midnight there is the evening before."""
    far: Any = {"time_zone": "Pacific/Auckland", "send_hour": 0}
    people.set_preferences(unit.head, far, actor=SYSTEM, now=START)
    unit.milestone()
    sweep(YELLOW - timedelta(days=1), 21)
    assert not Notice.objects.filter(level="yellow").exists()
    sweep(YELLOW, 0, 1)
    notice = Notice.objects.get(level="yellow")
    assert notice.issued_on == YELLOW
    sweep(YELLOW, 9)
    assert told(notice) == ["coordinator", "head", "owner"]
    assert Notice.objects.filter(level="yellow").count() == 1


def test_late_in_the_day_it_is_issued_at_once(unit: Unit) -> None:
    unit.milestone()
    sweep(YELLOW, 23, 59)
    assert {mail.due_at for mail in OutgoingMail.objects.filter(notice__level="yellow")} == {at(YELLOW, 23, 59)}


def test_what_was_missed_waits_for_the_next_working_morning(unit: Unit) -> None:
    """Nothing ran on Friday."""
    unit.milestone()
    for day in (date(2023, 7, 8), date(2023, 7, 9)):
        unit.sweep(day)
    assert not Notice.objects.filter(level="yellow").exists()
    sweep(date(2023, 7, 10), 7)
    assert not Notice.objects.filter(level="yellow").exists()
    sweep(date(2023, 7, 10), 8)
    assert Notice.objects.get(level="yellow").issued_on == date(2023, 7, 10)


# Whom -----------------------------------------------------------------------------------------------------------------
def test_who_stands_in_gets_a_copy_that_says_so(unit: Unit) -> None:
    """Also somebody of another unit, who may read and sign what the absent one may."""
    deputy = unit.world.person("deputy", "owner")
    delegations.create(unit.head, deputy, starts_on=date(2023, 7, 1), ends_on=date(2023, 7, 31), now=START, **BY)
    unit.milestone()
    unit.sweep(YELLOW)
    notice = Notice.objects.get(level="yellow")
    assert told(notice) == ["coordinator", "deputy", "head", "owner"]
    letter = OutgoingMail.objects.get(notice=notice, recipient=deputy)
    assert "(as deputy)" in letter.subject
    assert "you stand in for head" in letter.text
    assert "(as deputy)" not in OutgoingMail.objects.get(notice=notice, recipient=unit.head).subject


def test_who_only_is_to_know_is_not_asked_to_sign(unit: Unit) -> None:
    unit.milestone()
    unit.sweep(RED)
    notice = Notice.objects.get(level="red")
    letters = {mail.recipient: mail.text for mail in OutgoingMail.objects.filter(notice=notice)}
    assert "Sign for it and answer" in letters[unit.head]
    assert "Sign for it and answer" not in letters[unit.leader]
    assert "you are to know of it" in letters[unit.leader]


def test_the_notice_does_not_reach_who_may_not_read_it(unit: Unit) -> None:
    """A watcher of another unit hears that it is late, and nothing of the notice."""
    watcher = unit.world.person("watcher", "viewer")
    StepVersion.objects.filter(step__code="overdue-5").update(audience=["owner", "watchers"])
    milestone = unit.milestone()
    Watch.objects.create(milestone=milestone, person=watcher, created_at=START, updated_at=START)
    unit.sweep(YELLOW)
    notice = Notice.objects.get(level="yellow")
    assert told(notice) == ["owner"]
    [plain] = OutgoingMail.objects.filter(recipient=watcher)
    assert (plain.kind, plain.notice, plain.day) == ("single", None, YELLOW)
    assert "M-1" in plain.text
    assert notice.matter not in plain.text
    assert "No. 1" not in plain.subject + plain.text
    assert rows("overdue-5") == {"owner": "claimed", "watcher": "claimed"}


def test_when_nobody_of_the_audience_may_read_it_the_lead_is_told_all_the_same(unit: Unit) -> None:
    watcher = unit.world.person("watcher", "viewer")
    StepVersion.objects.filter(step__code="overdue-5").update(audience=["watchers"])
    milestone = unit.milestone()
    Watch.objects.create(milestone=milestone, person=watcher, created_at=START, updated_at=START)
    unit.sweep(YELLOW)
    assert told(Notice.objects.get(level="yellow")) == ["coordinator", "head", "owner"]
    assert rows("overdue-5") == {"watcher": "claimed"}


def test_who_left_or_whose_address_returns_mail_gets_none(unit: Unit) -> None:
    unit.milestone()
    Person.objects.filter(pk=unit.head.pk).update(is_active=False)
    Person.objects.filter(pk=unit.coordinator.pk).update(bouncing_since=START)
    unit.sweep(YELLOW)
    assert told(Notice.objects.get(level="yellow")) == ["office", "owner"]
    assert rows("overdue-5") == {
        "owner": "claimed",
        "office": "claimed",
        "head": "person_inactive",
        "coordinator": "bouncing",
    }


def test_who_leaves_between_the_plan_and_the_hour_gets_none(unit: Unit) -> None:
    unit.milestone()
    sweep(YELLOW, 1)
    Person.objects.filter(pk=unit.head.pk).update(is_active=False)
    escalation.issue_notices(at(YELLOW, 9, 0), calendar())
    assert rows("overdue-5")["head"] == "person_inactive"
    assert told(Notice.objects.get(level="yellow")) == ["coordinator", "owner"]


def test_a_muted_person_gets_it_all_the_same(unit: Unit) -> None:
    Person.objects.filter(pk=unit.owner.pk).update(digest_muted=True, muted_steps=["before-7"])
    unit.milestone()
    unit.sweep(BLUE)
    assert told() == ["owner"]


def test_the_new_owner_of_that_day_gets_a_letter_of_the_notice_that_is_out(unit: Unit) -> None:
    heir = unit.world.person("heir", "owner", organisation=unit.world.bureau)
    milestone = unit.milestone()
    sweep(YELLOW, 8)
    milestone.refresh_from_db()
    operations.hand_over([milestone], heir, reason="调岗", now=at(YELLOW, 10, 0), **BY)
    sweep(YELLOW, 10, 1)
    assert len(Notice.objects.filter(level="yellow")) == 1
    assert "heir" in told(Notice.objects.get(level="yellow"))
    letter = OutgoingMail.objects.get(notice__level="yellow", recipient=heir)
    assert "No. 1 of 2023" in letter.subject
    assert rows("overdue-5", recipient=heir) == {"heir": "claimed"}


def test_without_a_lead_it_is_a_line_of_the_digest(unit: Unit) -> None:
    unit.milestone(lead=None)
    unit.sweep(YELLOW)
    assert notices() == []
    assert rows("overdue-5") == {"owner": "claimed"}
    assert [mail.kind for mail in OutgoingMail.objects.filter(recipient=unit.owner)] == ["digest"]


def test_a_lead_that_is_no_more_is_sent_no_notice(unit: Unit) -> None:
    unit.milestone()
    Organisation.objects.update(is_active=False)  # however it came about
    unit.sweep(YELLOW)
    assert notices() == []


# What stops it --------------------------------------------------------------------------------------------------------
def test_no_second_notice_of_a_level_while_the_offices_own_is_open_but_a_reminder(unit: Unit) -> None:
    milestone = unit.milestone()
    issuing.issue(milestone, level="yellow", matter="请说明", actor=acting(unit.office), now=at(date(2023, 7, 5), 9, 0))
    unit.sweep(YELLOW)
    assert [level for _label, level, _day in notices()] == ["yellow"]
    assert rows("overdue-5") == {"owner": "claimed", "coordinator": "claimed", "head": "claimed"}
    carriers = OutgoingMail.objects.filter(reminders__step__code="overdue-5")
    assert {(mail.kind, mail.notice, mail.day) for mail in carriers} == {("single", None, YELLOW)}


def test_an_answer_with_a_date_to_come_stops_the_next_level(unit: Unit) -> None:
    milestone = unit.milestone()
    unit.play(date(2023, 7, 3), YELLOW)
    answer(unit, Notice.objects.get(level="yellow"), YELLOW)
    milestone.refresh_from_db()
    operations.forecast(
        milestone, FuzzyDate(date(2023, 7, 31)), reason="赶工", actor=acting(unit.owner), now=at(YELLOW, 10, 5)
    )
    unit.play(date(2023, 7, 10), date(2023, 7, 31))
    assert not Notice.objects.filter(level="red").exists()
    assert set(rows("overdue-15").values()) == {"planned"}
    unit.play(date(2023, 8, 1), date(2023, 8, 1))  # the promised day has passed without result
    assert Notice.objects.get(level="red").issued_on == date(2023, 8, 1)


def test_an_answer_whose_date_has_passed_stops_nothing(unit: Unit) -> None:
    milestone = unit.milestone()
    unit.play(date(2023, 7, 3), YELLOW)
    answer(unit, Notice.objects.get(level="yellow"), YELLOW)
    milestone.refresh_from_db()
    operations.forecast(
        milestone, FuzzyDate(date(2023, 7, 18)), reason="赶工", actor=acting(unit.owner), now=at(YELLOW, 10, 5)
    )
    unit.play(date(2023, 7, 10), RED)
    assert Notice.objects.filter(level="red").exists()


def test_an_answer_without_a_date_stops_nothing(unit: Unit) -> None:
    unit.milestone()
    unit.play(date(2023, 7, 3), YELLOW)
    answer(unit, Notice.objects.get(level="yellow"), YELLOW)
    unit.play(date(2023, 7, 10), RED)
    assert Notice.objects.filter(level="red").exists()


def test_an_answer_between_the_plan_and_the_hour_counts(unit: Unit) -> None:
    milestone = unit.milestone()
    unit.play(date(2023, 7, 3), YELLOW)
    sweep(RED, 0, 30)
    assert set(rows("overdue-15").values()) == {"planned"}
    issuing.reply(Notice.objects.get(level="yellow"), "已抓紧", actor=acting(unit.owner), now=at(RED, 7, 0))
    milestone.refresh_from_db()
    operations.forecast(
        milestone, FuzzyDate(date(2023, 7, 31)), reason="赶工", actor=acting(unit.owner), now=at(RED, 7, 5)
    )
    escalation.issue_notices(at(RED, 9, 0), calendar())
    assert set(rows("overdue-15").values()) == {"planned"}
    assert not Notice.objects.filter(level="red").exists()


def _submitted(unit: Unit, milestone: Any) -> None:
    done: Any = {"actual": FuzzyDate(date(2023, 7, 6)), "statement": "已封顶", "evidence": [PHOTO]}
    lifecycle.submit(milestone, **done, actor=acting(unit.owner), now=at(YELLOW, 7, 0))


def _completed(unit: Unit, milestone: Any) -> None:
    _submitted(unit, milestone)
    lifecycle.verify(milestone, actor=acting(unit.office), now=at(YELLOW, 7, 30))


ENDS: dict[str, tuple[Any, str]] = {
    "completed": (_completed, "completed"),
    "submitted": (_submitted, "submitted"),
    "cancelled": (lambda u, m: lifecycle.cancel(m, reason="不建", now=at(YELLOW, 7, 0), **BY), "cancelled"),
    "moved": (
        lambda u, m: operations.reschedule(m, FuzzyDate(date(2023, 9, 30)), reason="延期", now=at(YELLOW, 7, 0), **BY),
        "date_moved",
    ),
}


@pytest.mark.parametrize(("end", "reason"), ENDS.values(), ids=ENDS)
@pytest.mark.parametrize("swept", [False, True], ids=["before the sweep looks", "after it looked"])
def test_what_ended_before_the_hour_issues_nothing(unit: Unit, end: Any, reason: str, swept: bool) -> None:
    milestone = unit.milestone()
    sweep(YELLOW, 1)
    milestone.refresh_from_db()
    end(unit, milestone)
    if swept:
        sweep(YELLOW, 9)
    else:
        escalation.issue_notices(at(YELLOW, 9, 0), calendar())
    assert not Notice.objects.filter(level="yellow").exists()
    assert set(rows("overdue-5").values()) == {reason}


@pytest.mark.parametrize(("end", "reason"), ENDS.values(), ids=ENDS)
def test_a_letter_does_not_leave_after_its_matter_ended(unit: Unit, end: Any, reason: str) -> None:
    """The notice was issued at half past six, to somebody who reads at six; the others' letters wait for eight."""
    people.set_preferences(unit.owner, {"send_hour": 6}, actor=SYSTEM, now=START)
    milestone = unit.milestone()
    sweep(YELLOW, 6, 30)
    unit.world.deliver(YELLOW, 6, 31)
    milestone.refresh_from_db()
    end(unit, milestone)
    unit.world.deliver(YELLOW, 9)
    assert rows("overdue-5") == {"owner": "sent", "head": reason, "coordinator": reason}
    states = dict(OutgoingMail.objects.filter(notice__level="yellow").values_list("recipient__display_name", "state"))
    assert states == {"owner": "sent", "head": "suppressed", "coordinator": "suppressed"}
    assert Notice.objects.get(level="yellow").number == 1


def test_a_letter_that_waits_is_not_superseded_by_a_reminder(unit: Unit) -> None:
    """The mail server was down for a week: the reminder is the newer one, the notice goes out all the same."""
    unit.milestone()
    unit.sweep(YELLOW)
    for day in range(10, 15):
        unit.sweep(date(2023, 7, day))
    unit.world.deliver(date(2023, 7, 14), 10)
    assert set(rows("overdue-5").values()) == {"sent"}
    letter = OutgoingMail.objects.get(notice__level="yellow", recipient=unit.owner)
    assert "yellow notice" in letter.subject


# Behind its pace ------------------------------------------------------------------------------------------------------
def report(unit: Unit, milestone: Any, day: date, progress: int, hour: int = 10) -> None:
    milestone.refresh_from_db()
    said: Any = {"as_of": day, "progress": progress, "done": "施工"}
    reports.file(milestone, said, actor=acting(unit.owner), now=at(day, hour, 0))


def a_years_work(unit: Unit) -> Any:
    return unit.milestone(due=FuzzyDate(date(2023, 12, 31), Precision.YEAR), kind="construction")


def test_a_report_that_is_behind_brings_a_yellow_notice_with_it(unit: Unit) -> None:
    milestone = a_years_work(unit)
    unit.sweep(date(2023, 6, 28), 9)
    report(unit, milestone, date(2023, 6, 28), 10)
    unit.sweep(date(2023, 6, 28), 10, 1)
    assert notices() == [("〔2023〕1号", "yellow", date(2023, 6, 28))]
    assert told() == ["coordinator", "head", "owner"]
    assert "behind" in Notice.objects.get().matter or "序时" in Notice.objects.get().matter


def test_who_stays_behind_gets_one_notice_and_another_for_falling_behind_again(unit: Unit) -> None:
    milestone = a_years_work(unit)
    report(unit, milestone, date(2023, 6, 28), 10)
    unit.play(date(2023, 6, 28), date(2023, 7, 10))
    assert len(notices()) == 1
    report(unit, milestone, date(2023, 7, 28), 20)
    unit.play(date(2023, 7, 28), date(2023, 8, 4))
    assert len(notices()) == 1


def test_who_has_caught_up_before_the_hour_gets_none(unit: Unit) -> None:
    milestone = a_years_work(unit)
    report(unit, milestone, date(2023, 6, 28), 10, hour=1)
    sweep(date(2023, 6, 28), 2)
    assert set(rows("behind").values()) == {"planned"}
    report(unit, milestone, date(2023, 6, 28), 60, hour=3)
    escalation.issue_notices(at(date(2023, 6, 28), 9, 0), calendar())
    assert notices() == []
    assert set(rows("behind").values()) == {"caught_up"}


# All or nothing -------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("killed_at", ["put_out", "_claim"])
def test_what_is_killed_in_between_leaves_nothing_and_comes_with_the_next_sweep(
    unit: Unit, monkeypatch: pytest.MonkeyPatch, killed_at: str
) -> None:
    unit.milestone()
    sweep(YELLOW, 1)

    def killed(*_args: object, **_how: object) -> None:
        raise KeyboardInterrupt

    where: Any = issuing if killed_at == "put_out" else escalation
    with monkeypatch.context() as patch:
        patch.setattr(where, killed_at, killed)
        with pytest.raises(KeyboardInterrupt):
            escalation.issue_notices(at(YELLOW, 9, 0), calendar())
    assert notices() == []
    assert not NoticeNumber.objects.exists()
    assert not OutgoingMail.objects.filter(kind="notice").exists()
    assert set(rows("overdue-5").values()) == {"planned"}
    assert escalation.issue_notices(at(YELLOW, 9, 1), calendar()) == 3
    assert notices() == [("〔2023〕1号", "yellow", YELLOW)]


def test_one_that_cannot_be_issued_steps_aside_and_the_others_go_on(
    unit: Unit, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for code in ("M-1", "M-2", "M-3"):
        unit.milestone(code)
    sweep(YELLOW, 1)

    def empty(milestone: Any, *args: Any, **how: Any) -> str:
        return "" if milestone.code == "M-2" else matters.matter_for(milestone, *args, **how)

    with monkeypatch.context() as patch:
        patch.setattr(escalation, "matter_for", empty)
        assert escalation.issue_notices(at(YELLOW, 9, 0), calendar()) == 6
    assert sorted(notice.milestone.code for notice in Notice.objects.all()) == ["M-1", "M-3"]
    assert [notice.number for notice in Notice.objects.order_by("number")] == [1, 2]
    assert set(rows("overdue-5", milestone__code="M-2").values()) == {"planned"}
    escalation.issue_notices(at(YELLOW, 9, 1), calendar())
    assert Notice.objects.get(milestone__code="M-2").number == 3


def test_a_milestone_changed_after_it_was_read_is_left_to_the_next_sweep(
    unit: Unit, monkeypatch: pytest.MonkeyPatch
) -> None:
    milestone = unit.milestone()
    sweep(YELLOW, 1)
    put_out = issuing.put_out

    def too_late(drafted: Any, **how: Any) -> Any:
        milestone.refresh_from_db()
        operations.change(milestone, {"title": "另一个"}, now=at(YELLOW, 8, 0), **BY)
        return put_out(drafted, **how)

    with monkeypatch.context() as patch:
        patch.setattr(issuing, "put_out", too_late)
        assert escalation.issue_notices(at(YELLOW, 9, 0), calendar()) == 0
    assert notices() == []
    assert escalation.issue_notices(at(YELLOW, 9, 1), calendar()) == 3


def test_a_hundred_ask_no_more_of_the_database_each_than_ten(unit: Unit) -> None:
    def queries(count: int, prefix: str) -> int:
        for number in range(count):
            unit.milestone(f"{prefix}-{number}")
        sweep(YELLOW, 1)
        with CaptureQueriesContext(connection) as seen:
            escalation.issue_notices(at(YELLOW, 9, 0), calendar())
        return len([query for query in seen if "SAVEPOINT" not in (query["sql"] or "")])

    few = queries(2, "A")
    assert queries(12, "B") - few <= 10 * 17


# Signing and answering ------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("verb", ["sign", "reply"])
def test_a_signature_or_an_answer_acknowledges_what_the_letters_brought(unit: Unit, verb: str) -> None:
    unit.milestone()
    unit.play(date(2023, 7, 3), YELLOW)
    notice = Notice.objects.get(level="yellow")
    now = at(YELLOW, 11, 0)
    if verb == "sign":
        issuing.sign(notice, actor=acting(unit.head), now=now)
    else:
        issuing.reply(notice, "已抓紧", actor=acting(unit.head), now=now)
    assert set(rows("overdue-5").values()) == {"acknowledged"}
    assert {row.updated_at for row in Reminder.objects.filter(step__code="overdue-5")} == {now}
    assert "acknowledged" not in rows("overdue-3").values()


def test_a_refused_answer_acknowledges_nothing(unit: Unit) -> None:
    unit.milestone()
    unit.play(date(2023, 7, 3), YELLOW)
    notice = Notice.objects.get(level="yellow")
    stale = Notice.objects.get(pk=notice.pk)
    issuing.cancel(notice, reason="发错", actor=acting(unit.office), now=at(YELLOW, 11, 0))
    with pytest.raises(Conflict):
        issuing.reply(stale, "已抓紧", actor=acting(unit.head), now=at(YELLOW, 11, 5))
    assert set(rows("overdue-5").values()) == {"sent"}


def test_a_cancelled_notices_letters_that_have_not_left_stay(unit: Unit) -> None:
    """Who has had it hears that it was cancelled, the others of neither."""
    people.set_preferences(unit.owner, {"send_hour": 6}, actor=SYSTEM, now=START)
    unit.milestone()
    sweep(YELLOW, 6, 30)
    unit.world.deliver(YELLOW, 6, 31)
    notice = Notice.objects.get(level="yellow")
    issuing.cancel(notice, reason="发错", actor=acting(unit.office), now=at(YELLOW, 7, 0))
    unit.world.deliver(YELLOW, 9)
    assert rows("overdue-5") == {"owner": "sent", "head": "cancelled", "coordinator": "cancelled"}
    heard = OutgoingMail.objects.filter(notice=notice, state="sent").order_by("due_at")
    assert [(mail.recipient, "ancelled" in mail.subject) for mail in heard] == [(unit.owner, False), (unit.owner, True)]


def test_after_a_cancelled_notice_the_next_level_comes_in_its_time(unit: Unit) -> None:
    unit.milestone()
    unit.play(date(2023, 7, 3), YELLOW)
    issuing.cancel(Notice.objects.get(level="yellow"), reason="发错", actor=acting(unit.office), now=at(YELLOW, 11, 0))
    unit.play(date(2023, 7, 10), RED)
    assert [(label, level) for label, level, _day in notices()] == [("〔2023〕1号", "yellow"), ("〔2023〕2号", "red")]


def test_numbers_of_the_system_and_of_the_office_are_one_row(unit: Unit) -> None:
    one, other = unit.milestone("M-1"), unit.milestone("M-2")
    issuing.issue(other, level="red", matter="请说明", actor=acting(unit.office), now=at(date(2023, 7, 6), 9, 0))
    unit.sweep(YELLOW)
    assert [n for (n,) in Notice.objects.order_by("number").values_list("number")] == [1, 2, 3]
    assert numbering.take(2023) == 4
    assert one.notices.get().number in (2, 3)


def test_a_step_of_ones_own_issues_what_it_says(unit: Unit) -> None:
    """A red notice on the deadline, to the office alone."""
    step = ReminderStep.objects.get(code="due")
    StepVersion.objects.filter(step=step).update(level="red", audience=["office"], respond_days=1)
    unit.milestone()
    unit.sweep(DUE)
    red = Notice.objects.get(level="red")
    assert (red.issued_on, red.respond_by) == (DUE, date(2023, 7, 3))
    assert told(red) == ["office"]
    assert red.organisation == unit.world.bureau
