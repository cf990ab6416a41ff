"""Who gets which bulletin, when, and are its numbers right?"""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from html import unescape
from io import StringIO
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from milestones.bulletins import asking, loading, rules
from milestones.mail import message
from milestones.mail.bulletin import SHOWN, Counts, Unit
from milestones.models import Extension, Milestone, Notice, OutgoingMail, Person, Plan, StatusReport
from milestones.people import organisations
from milestones.planning import lifecycle
from milestones.planning.calendars import calendar
from milestones.reminders import delivery
from milestones.workdays.periods import FuzzyDate
from tests import cast as casting
from tests.cast import NOW, SYSTEM, Cast
from tests.two_at_once import together

pytestmark = pytest.mark.django_db

SHANGHAI = ZoneInfo("Asia/Shanghai")
FRIDAY = date(2023, 3, 24)  # since Friday the 17th; the next one closes the week of Sunday, 2 April
HOW: Any = {"actor": SYSTEM, "now": NOW}


def at(day: date, hour: int = 0, minute: int = 10, zone: ZoneInfo = SHANGHAI) -> datetime:
    return datetime.combine(day, time(hour, minute), zone)


def sent() -> list[tuple[str, str]]:
    rows = OutgoingMail.objects.filter(kind="bulletin").order_by("day", "recipient__display_name")
    return [(str(mail.day), str(mail.recipient)) for mail in rows]


def mail_to(person: Person) -> OutgoingMail:
    return OutgoingMail.objects.get(kind="bulletin", recipient=person)


def counted(today: date = FRIDAY) -> dict[str, Unit]:
    days = calendar()
    return {unit.name: unit for unit in loading.units(rules.week(rules.closing(today, days), days), today, days)}


@pytest.fixture(autouse=True)
def _no_mails_before(running: Cast) -> None:
    OutgoingMail.objects.all().delete()
    Plan.objects.update(report_cadence="none")


# --- When -------------------------------------------------------------------------------------------------------------
def test_it_leaves_on_the_last_working_day_at_the_readers_hour(running: Cast) -> None:
    assert [asking.ask(at(FRIDAY - timedelta(days=n))) for n in (4, 3, 2, 1)] == [0, 0, 0, 0]
    Person.objects.filter(pk=running.leader.pk).update(send_hour=7)
    assert asking.ask(at(FRIDAY)) == 3
    assert mail_to(running.leader).due_at == at(FRIDAY, 7, 0)
    assert mail_to(running.office).due_at == at(FRIDAY, 8, 0)
    assert asking.ask(at(FRIDAY, 9)) == 0
    delivered = delivery.deliver(lambda: at(FRIDAY, 8, 0), as_of=at(FRIDAY, 8, 0))
    assert delivered.sent == 3


@pytest.mark.parametrize(
    ("monday", "day"),
    [
        (date(2023, 1, 16), date(2023, 1, 20)),
        (date(2023, 1, 23), date(2023, 1, 29)),  # the Spring Festival, then two make-up days
        (date(2023, 4, 17), date(2023, 4, 23)),
        (date(2023, 10, 2), date(2023, 10, 8)),
        (date(2023, 12, 25), date(2023, 12, 29)),
        (date(2024, 1, 1), date(2024, 1, 5)),
    ],
)
def test_every_week_has_one(running: Cast, monday: date, day: date) -> None:
    for n in range(7):
        asking.ask(at(monday + timedelta(days=n)))
    assert sent() == [(str(day), name) for name in ("colleague", "leader", "office")]


def test_one_that_was_missed_is_made_up_on_the_next_working_day(running: Cast) -> None:
    asking.ask(at(FRIDAY - timedelta(days=1)))
    assert [asking.ask(at(FRIDAY + timedelta(days=n))) for n in (1, 2, 3, 4)] == [0, 0, 3, 0]
    assert "3月17日至3月23日" in mail_to(running.leader).text  # its own days: the next one goes on from there
    assert asking.ask(at(FRIDAY + timedelta(days=7))) == 3


def test_everybody_gets_it_on_their_own_clock(running: Cast) -> None:
    york = ZoneInfo("America/New_York")
    Person.objects.filter(pk=running.leader.pk).update(time_zone="America/New_York")
    assert asking.ask(at(FRIDAY)) == 2
    assert asking.ask(at(FRIDAY, 0, 30, york)) == 1
    assert mail_to(running.leader).due_at == at(FRIDAY, 8, 0, york)


@pytest.mark.django_db(transaction=True)
def test_two_schedulers_at_once_send_one(running: Cast) -> None:
    counts = together(*[lambda: asking.ask(at(FRIDAY))] * 2)
    assert all(isinstance(count, int) for count in counts), counts
    assert [name for _day, name in sent()] == ["colleague", "leader", "office"]


# --- Who --------------------------------------------------------------------------------------------------------------
def test_a_leader_reads_of_the_units_they_supervise_and_of_those_below(running: Cast) -> None:
    below = casting.organisation("SUB", "下属中心", parent=running.bureau)
    casting.milestone(running.plan, running.stream, "SUB-1", lead=below)
    organisations.edit(running.bureau, {"supervising_leader": running.leader}, **HOW)
    asking.ask(at(FRIDAY))
    text = mail_to(running.leader).text
    assert "金贸处" in text
    assert "下属中心" in text
    assert "港城集团" not in text
    assert "您分管的单位" in text
    assert "港城集团" in mail_to(running.office).text


def test_a_leader_who_supervises_nobody_reads_of_all(running: Cast) -> None:
    asking.ask(at(FRIDAY))
    assert all(name in mail_to(running.leader).text for name in ("金贸处", "港城集团", "无牵头单位"))


def test_who_left_or_does_not_want_it_gets_none(running: Cast) -> None:
    Person.objects.filter(pk=running.leader.pk).update(muted_steps=["bulletin"])
    Person.objects.filter(pk=running.colleague.pk).update(is_active=False)
    asking.ask(at(FRIDAY))
    assert [name for _day, name in sent()] == ["office"]


def test_without_any_active_plan_there_is_none(running: Cast) -> None:
    running.close()
    assert asking.ask(at(FRIDAY)) == 0


# --- What -------------------------------------------------------------------------------------------------------------
def put(milestone: Milestone, **columns: Any) -> None:
    Milestone.objects.filter(pk=milestone.pk).update(**columns)


def test_milestones_are_counted_by_who_leads_them(running: Cast) -> None:
    """`rules`, which nobody leads, was due on 15 March."""
    late = casting.milestone(running.plan, running.stream, "L-1", FuzzyDate(date(2023, 3, 20)), lead=running.bureau)
    casting.milestone(running.plan, running.stream, "N-1", FuzzyDate(FRIDAY), lead=running.bureau)
    casting.milestone(running.plan, running.stream, "N-2", FuzzyDate(date(2023, 4, 2)), lead=running.bureau)
    casting.milestone(running.plan, running.stream, "N-3", FuzzyDate(date(2023, 4, 3)), lead=running.bureau)
    gone = casting.milestone(running.plan, running.stream, "C-1", FuzzyDate(date(2023, 3, 1)), lead=running.bureau)
    lifecycle.cancel(gone, reason="不建了", **HOW)
    put(late, health="red")
    put(running.school, health="yellow")
    found = counted()
    assert found["金贸处"].counts == Counts(total=5, due_next=2, overdue=1, fresh=1, red=1)
    assert found["港城集团"].counts == Counts(total=1, yellow=1)
    assert found[""].counts == Counts(total=1, overdue=1)
    assert list(found) == ["金贸处", "", "港城集团"]


@pytest.mark.parametrize(
    ("verified", "done", "before"),
    [
        (at(date(2023, 3, 10), 0, 0), 0, 1),
        (at(date(2023, 3, 16), 23, 59), 0, 1),
        (at(date(2023, 3, 17), 0, 0), 1, 0),
        (at(date(2023, 3, 23), 23, 59), 1, 0),
        (at(date(2023, 3, 24), 0, 0), 0, 0),  # the next bulletin tells it
    ],
)
def test_done_is_what_was_verified_since_the_last_one(
    running: Cast, verified: datetime, done: int, before: int
) -> None:
    casting.bring(running, running.school, "completed")
    put(running.school, verified_at=verified, health="made_up")
    assert counted()["港城集团"].counts == Counts(total=1, done=done, done_before=before, made_up=1)


def notice(cast: Cast, number: int, **values: Any) -> None:
    columns = {"level": "blue", "milestone": cast.roof, "organisation": cast.harbour, "matter": "加快", "year": 2023}
    days = {"issued_on": date(2023, 3, 1), "respond_by": date(2023, 3, 6)}
    Notice(**columns, number=number, created_at=NOW, updated_at=NOW, **{**days, **values}).save(force_insert=True)


def test_notices_are_counted_by_whom_they_went_to(running: Cast) -> None:
    answered = {"state": "replied", "reply": "已安排", "signed_at": NOW}
    notice(running, 1, issued_on=date(2023, 3, 17), respond_by=date(2023, 3, 24))
    notice(running, 2, respond_by=date(2023, 3, 23))
    notice(running, 3, **answered, replied_at=at(date(2023, 3, 20)))
    notice(running, 4, **answered, replied_at=at(date(2023, 3, 16)))
    notice(running, 5, **answered, respond_by=date(2023, 3, 20), replied_at=at(date(2023, 3, 20), 22))
    notice(running, 6, issued_on=date(2023, 3, 16), respond_by=date(2023, 3, 30), state="signed", signed_at=NOW)
    gone = {"state": "cancelled", "reason": "重复", "cancelled_at": NOW}
    notice(running, 7, issued_on=date(2023, 3, 20), respond_by=date(2023, 3, 21), **gone)
    assert counted()["港城集团"].counts == Counts(
        total=1, notices_issued=1, notices_before=1, notices_open=3, notices_late=2
    )


def test_extensions_are_counted_by_who_leads_the_milestone(running: Cast) -> None:
    day = {"due_on": FRIDAY, "due_precision": "day", "old_on": FRIDAY, "old_precision": "day", "decide_by": FRIDAY}
    for state, asked, decided in (
        ("requested", date(2023, 3, 17), None),
        ("approved", date(2023, 3, 16), date(2023, 3, 20)),
        ("approved", date(2023, 3, 10), date(2023, 3, 13)),
        ("declined", date(2023, 3, 20), date(2023, 3, 21)),
    ):
        moments = {"requested_at": at(asked), "decided_at": at(decided) if decided else None}
        row = Extension(milestone=running.school, reason="缺材料", state=state, **day, **moments)
        row.created_at = row.updated_at = NOW
        row.save(force_insert=True)
    assert counted()["港城集团"].counts == Counts(total=1, asked=2, asked_before=2, granted=1, granted_before=1)


def test_a_report_is_missing_when_its_day_passed(running: Cast) -> None:
    """February's was expected by the 28th, March's by the 28th."""
    Plan.objects.update(report_cadence="monthly", weekly_from=0)
    assert [counted(day)["金贸处"].counts.missing for day in (date(2023, 2, 28), date(2023, 3, 3))] == [1, 1]
    put(running.roof, created_at=at(date(2023, 2, 1)))
    Plan.objects.update(activated_at=at(date(2023, 2, 1)))
    assert [counted(day)["金贸处"].counts.missing for day in (date(2023, 2, 28), date(2023, 3, 1))] == [0, 1]
    report = StatusReport(milestone=running.roof, as_of=date(2023, 2, 27), progress=30, state="submitted")
    report.submitted_at = report.created_at = report.updated_at = NOW
    report.save(force_insert=True)
    assert counted(date(2023, 3, 3))["金贸处"].counts.missing == 0


def test_the_three_longest_overdue_of_each_are_named(running: Cast) -> None:
    for n in range(1, 6):
        due = FuzzyDate(date(2023, 3, 10 + n))
        casting.milestone(running.plan, running.stream, f"L-{n}", due, lead=running.bureau)
    put(running.school, health="red")
    found = counted()
    assert [(one.code, one.days) for one in found["金贸处"].worst] == [("L-1", 10), ("L-2", 10), ("L-3", 9)]
    assert [(one.code, one.days) for one in found["港城集团"].worst] == [("FIN-02", None)]
    asking.ask(at(FRIDAY))
    text = mail_to(running.office).text
    assert "应 3月11日，逾期 10 个工作日" in text
    assert "应于6月底前（按6月30日计）完成，红灯" in text
    assert "L-4" not in text


def test_it_says_so_when_all_is_well(running: Cast) -> None:
    lifecycle.cancel(running.rules, reason="不再印发", **HOW)
    asking.ask(at(FRIDAY))
    mail = mail_to(running.leader)
    assert mail.subject == "【临港节点】截至3月23日的一周通报：无逾期"
    assert "逾期 0" in mail.text


def test_it_reads_in_english_too(running: Cast) -> None:
    Person.objects.filter(pk=running.leader.pk).update(language="en")
    asking.ask(at(FRIDAY))
    mail = mail_to(running.leader)
    assert mail.subject == "[Lingang milestones] Bulletin of the week to March 23: 1 overdue"
    assert "was due March 15, 7 working days overdue" in mail.text
    assert not re.search(r"[一-龥]", re.sub(r"金贸处|港城集团|节点 \S+", "", mail.text))


# --- Where the rows are -----------------------------------------------------------------------------------------------
def test_a_number_leads_the_office_to_its_rows(running: Cast, client: Client) -> None:
    for n in range(1, 4):
        due = FuzzyDate(date(2023, 3, 20 + n))
        casting.milestone(running.plan, running.stream, f"L-{n}", due, lead=running.bureau)
    casting.milestone(running.plan, running.stream, "N-1", FuzzyDate(date(2023, 4, 2)), lead=running.bureau)
    lifecycle.cancel(casting.milestone(running.plan, running.stream, "C-1", lead=running.bureau), reason="否", **HOW)
    put(running.school, health="yellow")
    put(running.roof, health="red")
    asking.ask(at(FRIDAY))
    html = mail_to(running.office).html
    links = re.findall(r'<a class="n[^>]*href="http://localhost:8000(/admin/[^"]+)"[^>]*>(\d+)</a>', html)
    assert len(links) >= 12
    client.force_login(running.office)
    with time_machine.travel(at(FRIDAY, 9), tick=False):
        for url, number in links:
            shown = client.get(unescape(url))
            assert shown.status_code == 200, url
            assert shown.context["cl"].result_count == int(number), url


def test_a_number_leads_others_to_the_plan(running: Cast, client: Client) -> None:
    asking.ask(at(FRIDAY))
    html = mail_to(running.leader).html
    assert "/admin/" not in html
    assert 'href="http://localhost:8000/plans/p-2023/?show=overdue"' in html
    assert 'href="http://localhost:8000/plans/p-2023/milestones/FIN-03/"' in html


# --- How much ---------------------------------------------------------------------------------------------------------
def test_many_organisations_take_as_many_queries_as_few_and_fit_in_a_mail(running: Cast) -> None:
    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            asking.preview(FRIDAY, now=at(FRIDAY))
        return len(queries)

    few = asked()
    for n in range(200):
        unit = casting.organisation(f"U-{n}", f"第{n}个很长的单位名称有限责任公司临港分公司" * 7)
        for m in range(4):
            due = FuzzyDate(date(2023, 3, 10 + m))
            values = {"title": "一个非常长的节点名称" * 20, "lead": unit}
            row = casting.milestone(running.plan, running.stream, f"U-{n}-{m}-{'X' * 30}", due, **values)
        put(row, health="red")
    for n in range(5):
        casting.person(f"leader-{n}", "leader")
    assert asked() == few
    mails = asking.preview(FRIDAY, now=at(FRIDAY))
    assert len(mails) == 8
    assert max(len(message.build(mail)) for mail in mails) < 100_000
    assert f"另有 {203 - SHOWN} 个单位" in mails[-1].text
    assert "逾期 801" in mails[-1].text


# --- The command ------------------------------------------------------------------------------------------------------
def run(**options: Any) -> str:
    out = StringIO()
    call_command("bulletin", stdout=out, **options)
    return out.getvalue()


def test_it_can_be_printed(running: Cast) -> None:
    shown = run(as_of=FRIDAY, dry_run=True)
    assert shown.count("Subject: 【临港节点】截至3月23日的一周通报：1 项逾期") == 3
    assert shown.rstrip().endswith("bulletins 3")
    assert "next on 2023-01-29" in run(as_of=date(2023, 1, 21), dry_run=True)
    assert sent() == []


def test_cron_can_send_it(running: Cast) -> None:
    assert run(as_of=FRIDAY).strip() == "bulletins 3"
    assert run(as_of=FRIDAY).strip() == "bulletins 0"
