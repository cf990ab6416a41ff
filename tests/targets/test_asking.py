"""Who is asked for which target's reading, by when, and not once it is there?"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from milestones.models import Delegation, MailKind, Organisation, OutgoingMail, Person, Plan, Target, Workstream
from milestones.planning import plans
from milestones.targets import asking, operations
from tests.asks import asked, at, default, foreseen, handed_over, play, policy, returns_mail, say
from tests.cast import NOW, SYSTEM, Cast, acting, target
from tests.two_at_once import together

pytestmark = pytest.mark.django_db

FIRST, EXPECTED = date(2023, 2, 1), date(2023, 2, 28)
KIND = MailKind.READING_DUE


@pytest.fixture
def running(running: Cast) -> Cast:
    """The active plan; `coordinator` speaks for the unit that leads the target."""
    Organisation.objects.filter(pk=running.bureau.pk).update(coordinator=running.coordinator)
    OutgoingMail.objects.all().delete()
    return running


def read(cast: Cast, as_of: date, now: datetime | None = None, **values: Any) -> Any:
    how: Any = {"actor": acting(cast.coordinator), "now": now or at(as_of, 9)}
    one = Target.objects.select_related("plan").get(pk=cast.target.pk)
    return operations.record_reading(one, as_of=as_of, value=Decimal("1.5"), source="统计局", **how, **values)


def stands_in(person: Person, deputy: Person, first: date, last: date) -> None:
    row = Delegation(person=person, deputy=deputy, starts_on=first, ends_on=last, created_at=NOW, updated_at=NOW)
    row.save(force_insert=True)


# --- When -------------------------------------------------------------------------------------------------------------
YEAR = "01-28 02-28 03-28 04-28 05-26 06-28 07-28 08-28 09-28 10-27 11-28 12-28"


@pytest.mark.one_database("days of a year, decided in Python")
def test_a_year_of_asks_on_the_calendar_of_2023(running: Cast) -> None:
    play(asking, date(2023, 1, 13), date(2024, 2, 28), deliver=True)
    assert asked(KIND) == [f"{day} coordinator" for day in YEAR.split()]
    assert set(OutgoingMail.objects.values_list("state", flat=True)) == {"sent"}


@pytest.mark.parametrize(
    ("report_day", "days"),
    [
        (1, "02-01 03-01 04-03 05-04"),  # 1 April is a Saturday; 1 to 3 May are holidays: the first working day
        (5, "02-03 03-03 04-04 05-05"),  # 5 April is a holiday
        (25, "01-20 02-24 03-24 04-25"),  # 25 January lies in the Spring Festival
    ],
)
def test_by_the_last_working_day_before_the_report_day_within_the_month(
    running: Cast, report_day: int, days: str
) -> None:
    Plan.objects.update(report_day=report_day)
    play(asking, date(2023, 1, 13), date(2023, 5, 6))
    assert asked(KIND)[:4] == [f"{day} coordinator" for day in days.split()]


def test_the_29th_of_february_is_a_day_of_february(cast: Cast) -> None:
    Plan.objects.update(starts_on=date(2024, 1, 1), ends_on=date(2024, 12, 31), year=2024)
    cast.plan.refresh_from_db()
    plans.activate(cast.plan, actor=SYSTEM, now=at(date(2024, 1, 2)))
    Organisation.objects.filter(pk=cast.bureau.pk).update(coordinator=cast.coordinator)
    say(default(), KIND, {"audience": ["coordinator"]}, {"audience": ["coordinator"], "offset": 1, "repeats": True})
    play(asking, date(2024, 2, 28), date(2024, 2, 29))
    read(cast, date(2024, 1, 31), at(date(2024, 2, 29), 9))
    read(cast, date(2024, 2, 29))
    play(asking, date(2024, 3, 1), date(2024, 3, 5))
    assert asked(KIND) == ["02-28 coordinator", "02-29 coordinator"]


def test_a_month_that_ended_before_the_plan_was_active_is_not_asked_for(running: Cast) -> None:
    Plan.objects.update(activated_at=at(date(2023, 2, 10)))
    assert [one.what.month for one in asking.coming(FIRST, EXPECTED, now=at(FIRST))] == [date(2023, 2, 1)]


@pytest.mark.parametrize("how", ["draft", "closed", "none"])
def test_no_plan_that_expects_nothing_asks(cast: Cast, how: str) -> None:
    if how != "draft":
        cast.activate()
    if how == "closed":
        cast.close()
    Plan.objects.update(**({"report_cadence": "none"} if how == "none" else {}))
    play(asking, FIRST, EXPECTED)
    assert asked(KIND) == []


def test_steps_of_workstream_then_plan_then_default(running: Cast) -> None:
    found = []
    whose: list[Any] = [Plan.objects, Workstream.objects]
    for offset, rows in enumerate(whose, start=1):
        own = policy(f"policy-{offset}")
        say(own, KIND, {"offset": offset, "audience": ["coordinator"]})
        rows.update(policy=own)
        found.append(asking.coming(FIRST, EXPECTED, now=at(FIRST))[0].day)
    assert found == [date(2023, 2, 27), date(2023, 2, 24)]


def test_a_day_on_which_nothing_ran_is_made_up(running: Cast) -> None:
    play(asking, FIRST, date(2023, 3, 6), without=(EXPECTED,))
    assert asked(KIND) == ["03-01 coordinator"]


# --- What counts ------------------------------------------------------------------------------------------------------
def test_a_provisional_reading_of_the_month_is_enough(running: Cast) -> None:
    read(running, FIRST)
    play(asking, FIRST, EXPECTED)
    assert asked(KIND) == []


def test_a_reading_of_another_month_is_not(running: Cast) -> None:
    read(running, date(2023, 1, 31), at(FIRST, 9))
    play(asking, FIRST, EXPECTED)
    assert asked(KIND) == ["02-28 coordinator"]


def test_a_reading_that_was_revised_to_another_month_is_none_of_this(running: Cast) -> None:
    wrong = read(running, FIRST)
    read(running, date(2023, 1, 31), at(FIRST, 10), revises=wrong)
    play(asking, FIRST, EXPECTED)
    assert asked(KIND) == ["02-28 coordinator"]


def test_a_mail_that_waits_does_not_leave_once_the_reading_is_there(running: Cast) -> None:
    read(running, date(2023, 1, 31), at(FIRST, 9))
    asking.ask(at(EXPECTED))
    read(running, EXPECTED, at(EXPECTED, 7))
    assert handed_over(at(EXPECTED, 8)).suppressed == 1


def test_a_mail_that_waits_is_written_again_without_what_came_in(running: Cast) -> None:
    Person.objects.filter(pk=running.coordinator.pk).update(language="en")
    asking.ask(at(EXPECTED))
    assert "missing: January 2023, February 2023" in OutgoingMail.objects.get().text
    read(running, date(2023, 1, 31), at(EXPECTED, 7))
    assert handed_over(at(EXPECTED, 8)).sent == 1
    assert "missing: February 2023" in OutgoingMail.objects.get().text


# --- Who --------------------------------------------------------------------------------------------------------------
def test_one_mail_lists_all_thirty_and_counts_the_rest(running: Cast) -> None:
    for number in range(40):
        target(running.plan, running.stream, f"T-{number:02}", lead=running.bureau)
    asking.ask(at(EXPECTED))
    mail = OutgoingMail.objects.get(kind=KIND)
    assert ("41" in mail.subject, mail.text.count("T-"), "11" in mail.text) == (True, 30, True)


def test_who_may_not_record_is_not_asked_but_the_office(running: Cast) -> None:
    Organisation.objects.filter(pk=running.bureau.pk).update(coordinator=running.owner)
    asking.ask(at(EXPECTED))
    assert asked(KIND) == ["02-28 colleague", "02-28 office"]


@pytest.mark.parametrize("lost", ["left", "returns mail", "nobody"])
def test_what_the_coordinator_cannot_get_the_office_gets(running: Cast, lost: str) -> None:
    if lost == "left":
        Person.objects.filter(pk=running.coordinator.pk).update(is_active=False)
    elif lost == "nobody":
        Target.objects.update(lead=None)
    else:
        returns_mail(running.coordinator)
    asking.ask(at(EXPECTED))
    assert asked(KIND) == ["02-28 colleague", "02-28 office"]
    assert handed_over(at(EXPECTED, 8)).sent == 2


@pytest.mark.parametrize(
    ("audience", "people"),
    [
        (["coordinator", "deputy"], ["coordinator", "viewer"]),
        (["owner"], ["coordinator"]),
        (["head", "supervising_leader"], ["leader", "owner"]),
        (["office"], ["colleague", "office"]),
        (["watchers"], []),
    ],
)
def test_each_role(running: Cast, audience: list[str], people: list[str]) -> None:
    Organisation.objects.filter(pk=running.bureau.pk).update(head=running.owner, supervising_leader=running.leader)
    stands_in(running.coordinator, running.viewer, FIRST, EXPECTED)
    say(default(), KIND, {"audience": audience})
    play(asking, FIRST, EXPECTED)
    assert asked(KIND) == [f"02-28 {name}" for name in people]
    assert handed_over(at(EXPECTED, 8)).sent == len(people)


def test_who_muted_the_step_is_not_asked(running: Cast) -> None:
    Person.objects.filter(pk=running.coordinator.pk).update(muted_steps=["reading"])
    play(asking, FIRST, EXPECTED)
    assert asked(KIND) == []


@pytest.mark.django_db(transaction=True)
def test_two_schedulers_at_once_ask_once(running: Cast) -> None:
    counts = together(*[lambda: asking.ask(at(EXPECTED))] * 2)
    assert set(counts) == {0, 1}
    assert asked(KIND) == ["02-28 coordinator"]


@pytest.mark.one_database("days of a year, decided in Python")
# --- What is to come, and why -----------------------------------------------------------------------------------------
def test_what_is_foreseen_is_what_is_asked(running: Cast) -> None:
    target(running.plan, running.stream, "T-2")
    stands_in(running.coordinator, running.viewer, date(2023, 5, 1), date(2023, 6, 30))
    words: dict[str, Any] = {"audience": ["coordinator", "deputy"]}
    say(default(), KIND, {**words, "offset": 2}, words, {**words, "offset": 3, "repeats": True, "most": 2})
    said = foreseen(asking, FIRST, date(2024, 1, 31), at(FIRST))
    play(asking, FIRST, date(2024, 1, 31))
    mails = OutgoingMail.objects.filter(kind=KIND).order_by("day", "recipient__display_name")
    assert [f"{mail.day:%m-%d} {mail.recipient}" for mail in mails] == said
    assert len(said) > 100


def test_why_says_what_was_expected_and_when_it_came(running: Cast) -> None:
    play(asking, FIRST, EXPECTED)
    read(running, EXPECTED, at(EXPECTED, 12))
    one = Target.objects.select_related("plan", "workstream").get(pk=running.target.pk)
    found = asking.why(running.coordinator, one, date(2023, 2, 10))
    assert found is not None
    assert [(told.asking.day, told.asking.step.code, told.addressed) for told in found.told] == [
        (EXPECTED, "reading", True)
    ]
    assert (found.answered_at, [mail.day for mail in found.mails]) == (at(EXPECTED, 12), [EXPECTED])
    assert asking.why(running.coordinator, one, date(2024, 2, 10)) is None


def test_it_costs_the_same_however_many_targets(running: Cast) -> None:
    costs = []
    asking.ask(at(date(2023, 1, 28)))  # the first of a zone makes its heartbeat
    for n in (1, 12):
        for code in range(n):
            target(running.plan, running.stream, f"N{n}-{code}", lead=running.bureau)
        mails = list(OutgoingMail.objects.filter(kind=KIND).select_related("recipient"))
        with CaptureQueriesContext(connection) as asks:
            asking.ask(at(EXPECTED if n == 1 else date(2023, 3, 28)))
        with CaptureQueriesContext(connection) as renewed:
            asking.renewed(mails, at(EXPECTED, 8))
        costs.append((len(asks), len(renewed)))
    assert costs[0] == costs[1]
    assert max(costs[0]) <= 25
