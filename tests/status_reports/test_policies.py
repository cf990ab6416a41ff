"""Do the milestone's policy, its steps' audiences and a person's wishes decide when a report is asked for, of whom?"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from milestones.models import (
    Delegation,
    Heartbeat,
    Milestone,
    Organisation,
    OutgoingMail,
    Person,
    Plan,
    Watch,
    Workstream,
)
from milestones.planning import lifecycle, operations, plans
from milestones.status_reports import asking
from tests.asks import asked, at, default, foreseen, handed_over, play, policy, returns_mail, say
from tests.cast import SYSTEM, YEAR_END, Cast, milestone
from tests.status_reports.cast import filed
from tests.two_at_once import together

pytestmark = pytest.mark.django_db

FIRST, ASKED, EXPECTED, MARCH = date(2023, 2, 1), date(2023, 2, 23), date(2023, 2, 28), date(2023, 3, 31)
ON_IT: dict[str, Any] = {"code": "on-it"}
DAILY: dict[str, Any] = {"code": "daily", "offset": 1, "repeats": True}


@pytest.fixture
def alone(running: Cast) -> Cast:
    """`roof` is all that is open; `bureau`, which leads it, has a coordinator, a head and a leader."""
    for one in (running.school, running.rules):
        lifecycle.cancel(one, reason="不建了", actor=SYSTEM, now=at(date(2023, 1, 13)))
    Organisation.objects.filter(pk=running.bureau.pk).update(
        coordinator=running.coordinator, head=running.stranger, supervising_leader=running.leader
    )
    OutgoingMail.objects.all().delete()
    running.refresh()
    return running


def february(*steps: dict[str, Any]) -> list[str]:
    say(default(), "report_due", *steps)
    play(asking, FIRST, EXPECTED)
    return asked("report_due")


# --- Which policy -----------------------------------------------------------------------------------------------------
def test_milestone_then_workstream_then_plan_then_default(alone: Cast) -> None:
    found = []
    whose: list[Any] = [Plan.objects, Workstream.objects, Milestone.objects]
    for offset, rows in enumerate(whose, start=1):
        own = policy(f"policy-{offset}")
        say(own, "report_due", {"offset": offset})
        rows.update(policy=own)
        found.append(asking.coming(FIRST, EXPECTED, now=at(FIRST))[0].day.isoformat())
    assert found == ["2023-02-27", "2023-02-24", "2023-02-23"]


def test_a_policy_that_never_said_anything_of_reports_leaves_it_to_the_next(alone: Cast) -> None:
    own = policy()
    Milestone.objects.update(policy=own)
    play(asking, FIRST, EXPECTED)
    assert asked("report_due") == ["02-23 owner", "02-28 owner"]


def test_a_policy_whose_steps_were_removed_asks_nobody(alone: Cast) -> None:
    own = policy()
    say(own, "report_due", ON_IT)
    say(own, "report_due", since=date(2023, 2, 28))
    Milestone.objects.update(policy=own)
    play(asking, FIRST, EXPECTED)
    assert asked("report_due") == []


def test_a_policy_that_changes_tomorrow_asks_today_as_it_did(alone: Cast) -> None:
    say(default(), "report_due", {"code": "a", "offset": 3})
    say(default(), "report_due", {"code": "a", "offset": 1}, since=ASKED + timedelta(days=1))
    play(asking, FIRST, EXPECTED)
    assert asked("report_due") == ["02-23 owner", "02-27 owner"]


# --- Again and again --------------------------------------------------------------------------------------------------
def test_a_step_that_repeats_asks_until_the_report_is_there(alone: Cast) -> None:
    filed(alone.roof, alone.owner, now=at(date(2023, 1, 28), 9))
    say(default(), "report_due", DAILY)
    play(asking, FIRST, date(2023, 3, 3))
    assert asked("report_due") == ["03-01 owner", "03-02 owner", "03-03 owner"]
    filed(alone.roof, alone.owner, now=at(date(2023, 3, 3), 9))
    play(asking, date(2023, 3, 4), date(2023, 3, 8))
    assert len(asked("report_due")) == 3


def test_at_most_as_often_as_it_says(alone: Cast) -> None:
    filed(alone.roof, alone.owner, now=at(date(2023, 1, 28), 9))
    say(default(), "report_due", ON_IT, {**DAILY, "offset": 2, "most": 2})
    play(asking, FIRST, date(2023, 3, 27))
    assert asked("report_due") == ["02-28 owner", "03-02 owner", "03-06 owner"]


def test_of_two_months_the_later_report_is_asked_for(alone: Cast) -> None:
    Person.objects.filter(pk=alone.owner.pk).update(language="en")
    say(default(), "report_due", ON_IT, {**DAILY, "offset": 20})  # again on 28 March
    play(asking, FIRST, date(2023, 3, 28))
    text = OutgoingMail.objects.get(day=date(2023, 3, 28)).text
    assert ("expected by March 28" in text, text.count("FIN-01  ")) == (True, 1)


# --- Who --------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("audience", "people"),
    [
        (["owner"], ["owner"]),
        (["coordinator"], ["coordinator"]),
        (["head"], ["stranger"]),
        (["supervising_leader"], ["leader"]),
        (["office"], ["colleague", "office"]),
        (["watchers"], ["viewer"]),
        (["owner", "deputy"], ["other", "owner"]),
        (["owner", "coordinator", "head", "watchers"], ["coordinator", "owner", "stranger", "viewer"]),
        (["deputy"], []),
    ],
)
def test_each_role(alone: Cast, audience: list[str], people: list[str]) -> None:
    Watch(milestone=alone.roof, person=alone.viewer, created_at=at(FIRST), updated_at=at(FIRST)).save(force_insert=True)
    stands_in(alone.owner, alone.other)
    assert february({**ON_IT, "audience": audience}) == [f"02-28 {name}" for name in people]
    assert handed_over(at(EXPECTED, 8)).sent == len(people)  # what is asked is still so when it leaves


def stands_in(person: Person, deputy: Person, first: date = FIRST, last: date = EXPECTED) -> None:
    Delegation(
        person=person, deputy=deputy, starts_on=first, ends_on=last, created_at=at(first), updated_at=at(first)
    ).save(force_insert=True)


def test_a_deputy_is_told_for_whom(alone: Cast) -> None:
    Person.objects.filter(pk=alone.other.pk).update(language="en")
    stands_in(alone.owner, alone.other)
    play(asking, ASKED, ASKED)
    mail = OutgoingMail.objects.get(recipient=alone.other)
    assert "you stand in for owner" in mail.text
    assert "you stand in for owner" in mail.html
    assert mail.subject.endswith("(1 as deputy)")


@pytest.mark.parametrize("lost", ["left", "returns mail"])
def test_who_cannot_be_reached_is_replaced_by_the_coordinator_else_the_office(alone: Cast, lost: str) -> None:
    for person, then in ((alone.owner, ["coordinator"]), (alone.coordinator, ["colleague", "office"])):
        if lost == "left":
            Person.objects.filter(pk=person.pk).update(is_active=False)
        else:
            returns_mail(person)
        asking.ask(at(ASKED))
        assert asked("report_due") == [f"02-23 {name}" for name in then]
        assert handed_over(at(ASKED, 8)).sent == len(then)
        OutgoingMail.objects.all().delete()
        reset()


def reset() -> None:
    Heartbeat.objects.filter(name__startswith="report_due").delete()


def test_a_mail_that_waits_goes_to_who_can_be_reached(alone: Cast) -> None:
    asking.ask(at(ASKED))
    returns_mail(alone.owner)
    assert handed_over(at(ASKED, 8)).suppressed == 1


def test_who_muted_a_step_is_asked_by_the_others(alone: Cast) -> None:
    Person.objects.filter(pk=alone.owner.pk).update(muted_steps=["report-3"])
    play(asking, FIRST, EXPECTED)
    assert asked("report_due") == ["02-28 owner"]


def test_muting_takes_back_what_waits(alone: Cast) -> None:
    asking.ask(at(ASKED))
    Person.objects.filter(pk=alone.owner.pk).update(muted_steps=["report-3"])
    assert handed_over(at(ASKED, 8)).suppressed == 1


# --- Never lost -------------------------------------------------------------------------------------------------------
def test_a_day_on_which_nothing_ran_is_made_up_on_the_next_working_day(alone: Cast) -> None:
    play(asking, FIRST, EXPECTED, without=(ASKED,))
    assert asked("report_due") == ["02-24 owner", "02-28 owner"]


def test_of_several_days_that_were_missed_the_last_is_made_up_once(alone: Cast) -> None:
    say(default(), "report_due", {"offset": 5}, {"offset": 4}, {"offset": 3})
    play(asking, FIRST, EXPECTED, without=(date(2023, 2, 21), date(2023, 2, 22), ASKED))
    assert asked("report_due") == ["02-24 owner"]


def test_what_came_in_meanwhile_is_not_made_up(alone: Cast) -> None:
    play(asking, FIRST, ASKED - timedelta(days=1))
    filed(alone.roof, alone.owner, now=at(ASKED, 12))
    play(asking, ASKED + timedelta(days=1), EXPECTED)
    assert asked("report_due") == []


def test_a_report_of_a_month_that_is_over_is_not_made_up(alone: Cast) -> None:
    play(asking, FIRST, date(2023, 3, 10), without=(ASKED, date(2023, 2, 24), date(2023, 2, 27), EXPECTED))
    assert asked("report_due") == []


def test_what_broke_off_before_it_could_say_so_does_not_ask_again(alone: Cast) -> None:
    play(asking, FIRST, ASKED)
    Heartbeat.objects.filter(name="report_due:Asia/Shanghai").update(day=ASKED - timedelta(days=1))
    play(asking, ASKED + timedelta(days=1), date(2023, 2, 27))
    assert asked("report_due") == ["02-23 owner"]


def test_who_moved_to_another_time_zone_is_not_asked_again(alone: Cast) -> None:
    asking.ask(at(ASKED))
    Heartbeat.objects.create(name="report_due:Asia/Tokyo", at=at(date(2023, 1, 13)), day=date(2023, 1, 13))
    Person.objects.filter(pk=alone.owner.pk).update(time_zone="Asia/Tokyo")
    play(asking, ASKED + timedelta(days=1), date(2023, 2, 27))
    assert asked("report_due") == ["02-23 owner"]


def test_a_server_that_was_down_for_days_gets_the_last_mail_only(alone: Cast) -> None:
    say(default(), "report_due", ON_IT, DAILY)
    play(asking, EXPECTED, date(2023, 3, 2))
    done = handed_over(at(date(2023, 3, 2), 9))
    assert (done.sent, done.suppressed) == (1, 2)
    replies = OutgoingMail.objects.filter(state="suppressed").values_list("server_reply", flat=True)
    assert set(replies) == {"a later mail asks"}


@pytest.mark.django_db(transaction=True)
def test_two_who_make_up_a_day_at_once_do_it_once(alone: Cast) -> None:
    play(asking, FIRST, ASKED - timedelta(days=1))
    counts = together(*[lambda: asking.ask(at(ASKED + timedelta(days=1)))] * 2)
    assert set(counts) == {0, 1}
    assert asked("report_due") == ["02-24 owner"]


@pytest.mark.one_database("days of a year, decided in Python")
# --- What is to come, and why -----------------------------------------------------------------------------------------
@pytest.mark.parametrize("outage", [False, True])
def test_what_is_foreseen_is_what_is_asked(running: Cast, outage: bool) -> None:
    say(default(), "report_due", {"offset": 3}, ON_IT, {**DAILY, "offset": 4, "audience": ["coordinator", "office"]})
    stands_in(running.owner, running.viewer, date(2023, 3, 20), date(2023, 4, 20))
    Person.objects.filter(pk=running.other.pk).update(time_zone="America/New_York", muted_steps=["on-it"])
    now = at(date(2023, 2, 27) if outage else FIRST)
    play(asking, FIRST, now.date() - timedelta(days=4 if outage else 1))
    before = len(asked("report_due"))
    said = foreseen(asking, now.date(), date(2023, 12, 31), now)
    day = now
    while day.date() <= date(2023, 12, 31):  # also at noon: midnight in New York has passed
        asking.ask(day)
        asking.ask(day + timedelta(hours=14))
        day += timedelta(days=1)
    assert len(said) > 100
    assert asked("report_due")[before:] == said


def test_what_was_asked_today_is_not_to_come(alone: Cast) -> None:
    assert foreseen(asking, ASKED, ASKED, at(ASKED)) == ["02-23 owner"]
    asking.ask(at(ASKED))
    assert foreseen(asking, ASKED, EXPECTED, at(ASKED, 1)) == ["02-28 owner"]


def test_why_says_what_was_expected_when_it_was_asked_for_and_when_it_came(alone: Cast) -> None:
    Person.objects.filter(pk=alone.owner.pk).update(muted_steps=["report"])
    alone.owner.refresh_from_db()
    play(asking, FIRST, EXPECTED)
    filed(alone.roof, alone.owner, now=at(EXPECTED, 12))
    found = asking.why(alone.owner, alone.roof, EXPECTED)
    assert found is not None
    assert found.expected.by == EXPECTED
    told = [(one.asking.day, one.asking.step.code, one.addressed, one.muted) for one in found.told]
    assert told == [(ASKED, "report-3", True, False), (EXPECTED, "report", True, True)]
    assert found.answered_at == at(EXPECTED, 12)
    assert [mail.day for mail in found.mails] == [ASKED]


def test_why_tells_others_that_it_speaks_to_somebody_else(alone: Cast) -> None:
    found = asking.why(alone.viewer, alone.roof, EXPECTED)
    assert found is not None
    assert [one.addressed for one in found.told] == [False, False]


def test_nothing_is_expected_of_drafts_and_where_no_reports_are(cast: Cast) -> None:
    assert asking.why(cast.owner, cast.roof, EXPECTED) is None
    assert asking.coming(FIRST, EXPECTED, now=at(FIRST)) == []
    cast.activate()
    Plan.objects.update(report_cadence="none")
    cast.roof.refresh_from_db()
    assert asking.why(cast.owner, Milestone.objects.select_related("plan").get(pk=cast.roof.pk), EXPECTED) is None


def test_closed_plans_ask_nothing(alone: Cast) -> None:
    plans.close(alone.plan, actor=SYSTEM, now=at(FIRST))
    play(asking, FIRST, EXPECTED)
    assert asked("report_due") == []
    assert foreseen(asking, FIRST, EXPECTED, at(FIRST)) == []


# --- What it costs ----------------------------------------------------------------------------------------------------
def test_it_costs_the_same_however_many_milestones(alone: Cast) -> None:
    costs = []
    for n in (1, 12):
        for code in range(n):
            milestone(alone.plan, alone.stream, f"N{n}-{code}", YEAR_END, accountable=alone.owner, lead=alone.bureau)
        OutgoingMail.objects.all().delete()
        reset()
        with CaptureQueriesContext(connection) as asked_:
            asking.ask(at(ASKED))
        mails = list(OutgoingMail.objects.select_related("recipient"))
        with CaptureQueriesContext(connection) as renewed:
            asking.renewed(mails, at(ASKED, 8))
        with CaptureQueriesContext(connection) as to_come:
            asking.coming(ASKED, MARCH, now=at(ASKED))
        costs.append((len(asked_), len(renewed), len(to_come)))
    assert costs[0] == costs[1]
    assert max(costs[0]) <= 25


def test_an_assignment_moves_what_is_to_come(alone: Cast) -> None:
    operations.assign([alone.roof], None, actor=SYSTEM, now=at(FIRST))
    assert foreseen(asking, FIRST, EXPECTED, at(FIRST)) == ["02-23 coordinator", "02-28 coordinator"]
