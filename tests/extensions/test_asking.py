"""Who is asked again for a decision, from its last day on, and not once it was taken?"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from lingang.addresses import MailTransport
from milestones.extensions import asking, operations
from milestones.models import Milestone, OutgoingMail, Person
from milestones.planning import lifecycle, plans
from milestones.planning import operations as planning
from milestones.reminders import delivery
from milestones.workdays.periods import FuzzyDate
from tests.cast import SYSTEM, Cast, acting
from tests.extensions.cast import DECEMBER, asked, bring
from tests.servers.smtp import SmtpSink

pytestmark = pytest.mark.django_db

SHANGHAI = ZoneInfo("Asia/Shanghai")
LAST = date(2023, 12, 6)  # asked on Friday 1 December: Wednesday


def at(day: date, hour: int = 0, minute: int = 10) -> datetime:
    return datetime.combine(day, time(hour, minute), SHANGHAI)


def deliver(moment: datetime) -> delivery.Delivered:
    return delivery.deliver(lambda: moment, as_of=moment)


def asks() -> list[tuple[str, str]]:
    rows = OutgoingMail.objects.filter(kind="decision_due").order_by("day", "recipient__display_name")
    return [(mail.day.isoformat(), str(mail.recipient)) for mail in rows if mail.day]


def play(first: date, last: date) -> None:
    day = first
    while day <= last:
        asking.ask(at(day))
        deliver(at(day, 8))
        day += timedelta(days=1)


def test_on_the_last_day_and_each_working_day_after_it(running: Cast) -> None:
    bring(running, "requested")
    play(DECEMBER.date(), date(2023, 12, 12))
    days = ["2023-12-06", "2023-12-07", "2023-12-08", "2023-12-11", "2023-12-12"]
    assert asks() == [(day, "leader") for day in days]


def test_it_says_whether_the_day_has_passed(running: Cast) -> None:
    Person.objects.filter(pk=running.leader.pk).update(language="en")
    bring(running, "requested")
    play(LAST, LAST + timedelta(days=1))
    first, second = OutgoingMail.objects.order_by("day")
    assert ("please answer by December 6" in first.text, "was due on December 6" in second.text) == (True, True)
    assert (first.state, first.milestone) == ("sent", running.roof)


def test_it_waits_for_the_hour_of_the_leader(running: Cast) -> None:
    Person.objects.filter(pk=running.leader.pk).update(send_hour=10)
    bring(running, "requested")
    assert asking.ask(at(LAST)) == 1
    assert OutgoingMail.objects.get().due_at == at(LAST, 10, 0)
    assert asking.ask(at(LAST, 11)) == 0


def test_one_mail_lists_all_that_wait_and_the_office_gets_what_no_leader_decides(running: Cast) -> None:
    bring(running, "requested")
    asked(running.school, running.other, due=FuzzyDate(date(2024, 1, 31)))
    OutgoingMail.objects.all().delete()
    asking.ask(at(LAST))
    assert asks() == [("2023-12-06", "colleague"), ("2023-12-06", "leader"), ("2023-12-06", "office")]
    planning.change(fresh(running.school), {"lead": running.bureau}, actor=SYSTEM, now=at(LAST, 1))
    asking.ask(at(LAST + timedelta(days=1)))
    assert asks()[3:] == [("2023-12-07", "leader")]
    both = OutgoingMail.objects.get(day=date(2023, 12, 7))
    assert ("FIN-01" in both.text, "FIN-02" in both.text, both.milestone) == (True, True, None)


def fresh(milestone: Milestone) -> Milestone:
    return Milestone.objects.select_related("plan").get(pk=milestone.pk)


@pytest.mark.parametrize("state", ["approved", "declined", "withdrawn"])
def test_what_was_decided_is_not_asked_for(running: Cast, state: str) -> None:
    bring(running, state)
    assert asking.ask(at(LAST)) == 0


@pytest.mark.parametrize("end", ["approved", "withdrawn", "milestone submitted", "milestone cancelled", "plan closed"])
def test_a_mail_that_waits_does_not_leave_once_there_is_nothing_to_decide(running: Cast, end: str) -> None:
    extension = bring(running, "requested")
    asking.ask(at(LAST))
    how: Any = {"now": at(LAST, 7)}
    if end == "approved":
        operations.approve(extension, actor=acting(running.leader), **how)
    elif end == "withdrawn":
        operations.withdraw(extension, actor=acting(running.owner), **how)
    elif end == "milestone submitted":
        from tests import cast as casting

        casting.submit(fresh(running.roof), running.owner, **how)
    elif end == "milestone cancelled":
        lifecycle.cancel(fresh(running.roof), reason="不建了", actor=SYSTEM, **how)
    else:
        plans.close(running.plan, actor=SYSTEM, **how)
    OutgoingMail.objects.exclude(kind="decision_due").delete()
    done = deliver(at(LAST, 8))
    assert (done.sent, done.suppressed) == (0, 1)
    assert OutgoingMail.objects.get().server_reply == "answered meanwhile"


@pytest.mark.parametrize("decided", [True, False])
def test_the_first_mail_too_stays_once_it_was_decided(
    running: Cast, settings: Any, smtp_sink: SmtpSink, decided: bool
) -> None:
    """The server was down when it was asked."""
    settings.MAIL_TRANSPORT = MailTransport("smtp", host=smtp_sink.host, port=smtp_sink.port)
    extension = asked(running.roof, running.owner)
    smtp_sink.down()
    assert deliver(DECEMBER).unavailable
    smtp_sink.up()
    if decided:
        operations.decline(extension, note="可以赶回来", actor=acting(running.leader), now=DECEMBER)
    deliver(DECEMBER + timedelta(minutes=5))
    received = [address for one in smtp_sink.received for address in one.recipients]
    assert received == (["owner@example.org"] if decided else ["leader@example.org"])


def test_of_two_requests_of_one_milestone_only_the_open_one_is_told(running: Cast) -> None:
    first = asked(running.roof, running.owner)
    operations.withdraw(first, actor=acting(running.owner), now=DECEMBER)
    asked(running.roof, running.owner, now=DECEMBER + timedelta(minutes=1))
    done = deliver(DECEMBER + timedelta(minutes=2))
    assert (done.sent, done.suppressed) == (1, 1)


def test_who_asked_is_not_asked_to_decide(running: Cast) -> None:
    asked(running.school, running.office)
    OutgoingMail.objects.all().delete()
    asking.ask(at(LAST))
    assert asks() == [("2023-12-06", "colleague")]
