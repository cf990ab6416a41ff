"""Who is asked for which reports on which day, once, at their hour, and not when they have come in meanwhile?"""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from lingang.addresses import MailTransport
from milestones.models import Milestone, OutgoingMail, Person
from milestones.people import operations as people
from milestones.planning import lifecycle, operations, plans
from milestones.planning.calendars import calendar
from milestones.reminders import delivery
from milestones.status_reports import asking
from tests.cast import SYSTEM, YEAR_END, Cast, acting
from tests.servers.smtp import SmtpSink
from tests.status_reports.cast import filed
from tests.two_at_once import together

pytestmark = pytest.mark.django_db

SHANGHAI = ZoneInfo("Asia/Shanghai")
ASKED = date(2023, 2, 23)  # three working days before 28 February
EXPECTED = date(2023, 2, 28)


def at(day: date, hour: int = 0, minute: int = 10, zone: ZoneInfo = SHANGHAI) -> datetime:
    return datetime.combine(day, time(hour, minute), zone)


def asks() -> list[tuple[str, str]]:
    """(day, name) of every mail, in order."""
    rows = OutgoingMail.objects.filter(kind="report_due").order_by("day", "recipient__display_name")
    return [(mail.day.isoformat(), str(mail.recipient)) for mail in rows if mail.day]


def deliver(moment: datetime) -> delivery.Delivered:
    return delivery.deliver(lambda: moment, as_of=moment)


@pytest.fixture
def alone(running: Cast) -> Cast:
    """`roof` is all that is open; `owner` reads English."""
    for milestone in (running.school, running.rules):
        lifecycle.cancel(milestone, reason="不建了", actor=SYSTEM, now=at(date(2023, 1, 13)))
    Person.objects.filter(pk=running.owner.pk).update(language="en")
    OutgoingMail.objects.all().delete()
    running.refresh()
    return running


# --- Once, at their hour ----------------------------------------------------------------------------------------------
def test_it_waits_for_the_hour_of_who_is_asked(alone: Cast) -> None:
    assert asking.ask(at(ASKED)) == 1
    mail = OutgoingMail.objects.get()
    assert (mail.day, mail.due_at, mail.created_at) == (ASKED, at(ASKED, 8, 0), at(ASKED, 8, 0))
    assert (mail.recipient, mail.language, mail.milestone) == (alone.owner, "en", alone.roof)
    assert deliver(at(ASKED, 7, 59)).sent == 0
    assert deliver(at(ASKED, 8, 0)).sent == 1


def test_asked_again_and_again_it_is_asked_once(alone: Cast) -> None:
    assert [asking.ask(at(ASKED, hour)) for hour in (0, 1, 9, 23)] == [1, 0, 0, 0]


def test_after_a_pause_it_is_asked_when_the_job_comes_back(alone: Cast) -> None:
    asking.ask(at(ASKED, 15))
    assert OutgoingMail.objects.get().due_at == at(ASKED, 15)


@pytest.mark.parametrize("day", [ASKED - timedelta(days=1), ASKED + timedelta(days=1), EXPECTED + timedelta(days=1)])
def test_on_other_days_nobody_is_asked(alone: Cast, day: date) -> None:
    assert asking.ask(at(day)) == 0


def test_everybody_is_asked_on_their_own_clock(alone: Cast) -> None:
    Person.objects.filter(pk=alone.owner.pk).update(time_zone="America/New_York", send_hour=7)
    assert asking.ask(at(ASKED)) == 0  # it is the day before in New York
    there = at(ASKED, 0, 30, ZoneInfo("America/New_York"))
    assert asking.ask(there) == 1
    assert OutgoingMail.objects.get().due_at == at(ASKED, 7, 0, ZoneInfo("America/New_York"))


@pytest.mark.django_db(transaction=True)
def test_two_schedulers_at_once_ask_once(alone: Cast) -> None:
    counts = together(*[lambda: asking.ask(at(ASKED))] * 2)
    assert set(counts) == {0, 1}
    assert asks() == [("2023-02-23", "owner")]


# --- Who -------------------------------------------------------------------------------------------------------------
def test_one_mail_lists_all_that_is_expected_of_a_person(alone: Cast) -> None:
    operations.create(alone.plan, second(alone, accountable=alone.owner), actor=SYSTEM, now=at(date(2023, 1, 20)))
    OutgoingMail.objects.all().delete()
    asking.ask(at(ASKED))
    mail = OutgoingMail.objects.get()
    assert mail.subject.endswith("2 progress reports are expected")
    assert "FIN-01" in mail.text
    assert "FIN-08" in mail.text
    assert mail.text.count("expected by February 28") == 2


def second(cast: Cast, **values: Any) -> dict[str, Any]:
    return {"workstream": cast.stream, "code": "FIN-08", "title": "第二个", "kind": "other", "due": YEAR_END, **values}


def test_what_nobody_owns_is_asked_of_the_coordinator_else_of_the_office(alone: Cast) -> None:
    operations.assign([alone.roof], None, actor=SYSTEM, now=at(date(2023, 1, 20)))
    asking.ask(at(ASKED))
    assert asks() == [("2023-02-23", "colleague"), ("2023-02-23", "office")]
    OutgoingMail.objects.all().delete()
    type(alone.bureau).objects.filter(pk=alone.bureau.pk).update(coordinator=alone.coordinator)
    asking.ask(at(EXPECTED))
    assert asks() == [("2023-02-28", "coordinator")]


def test_who_left_is_not_asked_but_who_speaks_for_the_unit(alone: Cast) -> None:
    Person.objects.filter(pk=alone.owner.pk).update(is_active=False)
    asking.ask(at(ASKED))
    assert asks() == [("2023-02-23", "colleague"), ("2023-02-23", "office")]


def test_a_deputy_is_asked_too_while_the_owner_is_away(alone: Cast) -> None:
    from milestones.models import Delegation

    Delegation(
        person=alone.owner, deputy=alone.viewer, starts_on=ASKED, ends_on=ASKED, created_at=at(ASKED),
        updated_at=at(ASKED),
    ).save(force_insert=True)  # fmt: skip
    asking.ask(at(ASKED))
    asking.ask(at(EXPECTED))
    assert asks() == [("2023-02-23", "owner"), ("2023-02-23", "viewer"), ("2023-02-28", "owner")]


def test_muting_the_digest_does_not_mute_this(alone: Cast) -> None:
    Person.objects.filter(pk=alone.owner.pk).update(digest_muted=True)
    assert asking.ask(at(ASKED)) == 1


def test_a_draft_is_no_report(alone: Cast) -> None:
    from tests.status_reports.cast import draft

    draft(alone.roof, alone.owner, now=at(ASKED), as_of=ASKED)
    assert asking.ask(at(ASKED)) == 1


# --- What came in meanwhile -------------------------------------------------------------------------------------------
def test_what_was_reported_before_is_not_asked_for(alone: Cast) -> None:
    filed(alone.roof, alone.owner, now=at(ASKED - timedelta(days=1)))
    assert [asking.ask(at(day)) for day in (ASKED, EXPECTED)] == [0, 0]


def test_a_mail_that_waits_does_not_leave_once_the_report_is_there(alone: Cast) -> None:
    asking.ask(at(ASKED))
    filed(alone.roof, alone.owner, now=at(ASKED, 7))
    done = deliver(at(ASKED, 8))
    assert (done.sent, done.suppressed) == (0, 1)
    mail = OutgoingMail.objects.get()
    assert (mail.state, mail.server_reply) == ("suppressed", "answered meanwhile")


@pytest.mark.parametrize(
    "ended",
    ["cancelled", "closed", "handed over", "left", "moved out of sight"],
)
def test_a_mail_that_waits_does_not_leave_once_nothing_is_asked_of_its_reader(alone: Cast, ended: str) -> None:
    asking.ask(at(ASKED))
    how: Any = {"actor": SYSTEM, "now": at(ASKED, 7)}
    if ended == "cancelled":
        lifecycle.cancel(alone.roof, reason="不建了", **how)
    elif ended == "closed":
        plans.close(alone.plan, **how)
    elif ended == "handed over":
        operations.hand_over([alone.roof], alone.other, reason="调岗", **how)
        OutgoingMail.objects.exclude(kind="report_due").delete()
    elif ended == "left":
        Person.objects.filter(pk=alone.owner.pk).update(is_active=False)
    else:
        type(alone.plan).objects.update(report_cadence="none")
    done = deliver(at(ASKED, 8))
    assert (done.sent, done.suppressed) == (0, 1)


def test_of_two_reports_that_are_asked_for_only_the_missing_one_is_left(alone: Cast) -> None:
    operations.create(alone.plan, second(alone, accountable=alone.owner), actor=SYSTEM, now=at(date(2023, 1, 20)))
    OutgoingMail.objects.all().delete()
    asking.ask(at(ASKED))
    filed(alone.roof, alone.owner, now=at(ASKED, 7))
    assert deliver(at(ASKED, 8)).sent == 1
    mail = OutgoingMail.objects.get()
    assert ("FIN-01" in mail.text, "FIN-08" in mail.text) == (False, True)
    assert mail.subject.endswith("1 progress report is expected")


def test_bytes_that_may_have_been_accepted_are_sent_again_as_they_were(alone: Cast) -> None:
    operations.create(alone.plan, second(alone, accountable=alone.owner), actor=SYSTEM, now=at(date(2023, 1, 20)))
    OutgoingMail.objects.all().delete()
    asking.ask(at(ASKED))
    OutgoingMail.objects.update(handed_over=True)
    before = OutgoingMail.objects.get().text
    filed(alone.roof, alone.owner, now=at(ASKED, 7))
    assert deliver(at(ASKED, 8)).sent == 1
    assert OutgoingMail.objects.get().text == before


def test_a_mail_that_waited_until_the_day_was_over_says_so(alone: Cast) -> None:
    asking.ask(at(EXPECTED))
    assert deliver(at(EXPECTED + timedelta(days=1), 9)).suppressed == 1  # March has begun, and is not asked for yet


def test_no_mail_of_this_kind_reaches_anybody_on_a_day_off(alone: Cast) -> None:
    friday = date(2023, 3, 24)
    type(alone.plan).objects.update(report_cadence="weekly")
    asking.ask(at(friday))
    assert deliver(at(friday + timedelta(days=1), 9)).sent == 0
    assert OutgoingMail.objects.get().due_at == at(date(2023, 3, 27), 8, 0)


# --- A whole year through a real server -------------------------------------------------------------------------------
@pytest.fixture
def server(settings: Any, smtp_sink: SmtpSink) -> SmtpSink:
    settings.MAIL_TRANSPORT = MailTransport("smtp", host=smtp_sink.host, port=smtp_sink.port)
    return smtp_sink


# What an owner who never reports on a milestone due 年内 hears in 2023: first months, from 6 November weeks.
YEAR = """
01-18 01-28
02-23 02-28
03-23 03-28
04-25 04-28
05-23 05-26
06-25 06-28
07-25 07-28
08-23 08-28
09-25 09-28
10-24 10-27
11-07 11-10 11-14 11-17 11-21 11-24 11-28
12-01 12-05 12-08 12-12 12-15 12-19 12-22 12-26 12-29
"""


@pytest.mark.one_database("days of a year, decided in Python")
def test_a_year_of_asks_on_the_calendar_of_2023(alone: Cast, server: SmtpSink) -> None:
    day = date(2023, 1, 13)
    while day <= date(2023, 12, 31):
        asking.ask(at(day))
        deliver(at(day, 8))
        day += timedelta(days=1)
    sent = [mail.day.isoformat()[5:] for mail in OutgoingMail.objects.filter(state="sent").order_by("day") if mail.day]
    assert sent == YEAR.split()
    assert Counter(address for one in server.received for address in one.recipients) == {alone.owner.email: len(sent)}
    assert all(calendar().is_workday(date.fromisoformat(f"2023-{one}")) for one in sent)
    first = server.messages[0]
    assert first["Auto-Submitted"] == "auto-generated"
    assert "FIN-01" in first.get_body(("plain",)).get_content()  # type: ignore[union-attr]


@pytest.mark.one_database("days of a year, decided in Python")
def test_who_reports_as_asked_hears_half_as_often(alone: Cast, server: SmtpSink) -> None:
    day = date(2023, 1, 13)
    while day <= date(2023, 12, 31):
        asking.ask(at(day))
        if deliver(at(day, 8)).sent:
            filed(fresh(alone.roof), alone.owner, now=at(day, 9))
        day += timedelta(days=1)
    sent = [mail.day.isoformat()[5:] for mail in OutgoingMail.objects.filter(state="sent").order_by("day") if mail.day]
    assert sent == YEAR.split()[::2]


def fresh(milestone: Milestone) -> Milestone:
    return Milestone.objects.select_related("plan").get(pk=milestone.pk)


def test_what_the_year_shows_is_a_person_of_the_office_too(alone: Cast) -> None:
    people.edit(alone.owner, {}, roles=["owner", "office"], actor=SYSTEM, now=at(ASKED))
    operations.assign([alone.roof], None, actor=acting(alone.office), now=at(ASKED))
    asking.ask(at(ASKED, 1))
    assert ("2023-02-23", "owner") in asks()
