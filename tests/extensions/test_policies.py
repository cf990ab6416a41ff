"""Do the milestone's policy and its steps' audiences decide when a decision is asked for, and of whom?"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from milestones.extensions import asking, operations
from milestones.models import DayOverride, Delegation, Extension, Milestone, Organisation, OutgoingMail, Person
from milestones.workdays.periods import FuzzyDate
from tests import cast as casting
from tests.asks import asked, at, default, foreseen, handed_over, play, policy, returns_mail, say
from tests.cast import YEAR_END, Cast
from tests.extensions.cast import DECEMBER, bring
from tests.extensions.cast import asked as requested

pytestmark = pytest.mark.django_db

FIRST, LAST, OVER = date(2023, 12, 1), date(2023, 12, 6), date(2023, 12, 8)
DECIDER: dict[str, Any] = {"audience": ["supervising_leader"]}


@pytest.fixture
def waiting(running: Cast) -> Cast:
    """`owner` asked on Friday for more time for `roof`: the answer is due on Wednesday. No mail is left."""
    bring(running, "requested")
    return running


def stands_in(person: Person, deputy: Person) -> None:
    rows = Delegation(person=person, deputy=deputy, starts_on=FIRST, ends_on=OVER, created_at=DECEMBER)
    rows.updated_at = DECEMBER
    rows.save(force_insert=True)


# --- When -------------------------------------------------------------------------------------------------------------
def test_the_milestones_policy_says_when(waiting: Cast) -> None:
    own = policy()
    say(own, "decision_due", {**DECIDER, "offset": 1}, {**DECIDER, "offset": 2, "repeats": True, "most": 1})
    Milestone.objects.filter(pk=waiting.roof.pk).update(policy=own)
    play(asking, FIRST, date(2023, 12, 20))
    assert asked("decision_due") == ["12-05 leader", "12-08 leader"]


def test_it_is_never_asked_for_before_it_was_requested(waiting: Cast) -> None:
    say(default(), "decision_due", {**DECIDER, "offset": 10})
    found = asking.why(waiting.leader, Extension.objects.get(), OVER)
    assert [one.asking.day for one in found.told] == [FIRST]


def test_a_last_day_that_became_a_day_off_is_asked_on_the_day_before(waiting: Cast) -> None:
    DayOverride(day=LAST, is_working=False, note="停电", created_at=DECEMBER, updated_at=DECEMBER).save(
        force_insert=True
    )
    play(asking, FIRST, date(2023, 12, 7))
    assert asked("decision_due") == ["12-05 leader", "12-07 leader"]


@pytest.mark.parametrize("missed", [LAST, date(2023, 12, 7)])
def test_a_day_on_which_nothing_ran_is_made_up(waiting: Cast, missed: date) -> None:
    say(default(), "decision_due", DECIDER, {**DECIDER, "offset": 1, "repeats": True, "most": 1})
    play(asking, FIRST, date(2023, 12, 12), without=(missed,))
    days = {LAST: ["12-07"], date(2023, 12, 7): ["12-06", "12-08"]}[missed]
    assert asked("decision_due") == [f"{day} leader" for day in days]


# --- Who --------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("audience", "people"),
    [
        (["supervising_leader"], ["leader"]),
        (["supervising_leader", "deputy"], ["leader", "viewer"]),
        (["office"], ["colleague", "office"]),
        (["head"], ["head"]),
        (["coordinator", "head"], ["coordinator", "head"]),
        (["owner"], []),  # who asked
        (["owner", "deputy"], []),
    ],
)
def test_each_role(waiting: Cast, audience: list[str], people: list[str]) -> None:
    head = casting.person("head", "viewer", organisation=waiting.bureau)
    Organisation.objects.filter(pk=waiting.bureau.pk).update(coordinator=waiting.coordinator, head=head)
    OutgoingMail.objects.all().delete()
    stands_in(waiting.leader, waiting.viewer)
    stands_in(waiting.owner, waiting.other)
    say(default(), "decision_due", {"audience": audience})
    play(asking, FIRST, OVER)
    assert asked("decision_due") == [f"12-06 {name}" for name in people]
    assert handed_over(at(LAST, 8)).sent == len(people)


def test_a_deputy_is_told_for_whom(waiting: Cast) -> None:
    Person.objects.filter(pk=waiting.viewer.pk).update(language="en")
    stands_in(waiting.leader, waiting.viewer)
    asking.ask(at(LAST))
    mail = OutgoingMail.objects.get(recipient=waiting.viewer)
    assert ("you stand in for leader" in mail.text, mail.subject.endswith("(1 as deputy)")) == (True, True)


def test_the_inner_matters_are_told_only_to_who_reads_them(waiting: Cast) -> None:
    Organisation.objects.filter(pk=waiting.bureau.pk).update(head=waiting.other)
    say(default(), "decision_due", {"audience": ["head"]})
    play(asking, FIRST, OVER)
    assert asked("decision_due") == []


@pytest.mark.parametrize("lost", ["left", "returns mail"])
def test_what_the_leader_cannot_get_the_office_gets_and_no_coordinator(waiting: Cast, lost: str) -> None:
    Organisation.objects.filter(pk=waiting.bureau.pk).update(coordinator=waiting.coordinator)
    if lost == "left":
        Person.objects.filter(pk=waiting.leader.pk).update(is_active=False)
    else:
        returns_mail(waiting.leader)
    asking.ask(at(LAST))
    assert asked("decision_due") == ["12-06 colleague", "12-06 office"]


def test_a_request_reaches_the_office_at_once_when_the_leaders_address_returns_mail(running: Cast) -> None:
    returns_mail(running.leader)
    running.roof.refresh_from_db()
    requested(
        Milestone.objects.select_related("plan", "lead__supervising_leader").get(pk=running.roof.pk), running.owner
    )
    assert asked_at_once() == ["colleague", "office"]


def asked_at_once() -> list[str]:
    rows = OutgoingMail.objects.filter(kind="extension").order_by("recipient__display_name")
    return [str(mail.recipient) for mail in rows]


def test_who_muted_the_step_is_not_asked(waiting: Cast) -> None:
    Person.objects.filter(pk=waiting.leader.pk).update(muted_steps=["decision"])
    play(asking, FIRST, date(2023, 12, 7))
    assert asked("decision_due") == ["12-07 leader"]


# --- What is to come, and why -----------------------------------------------------------------------------------------
def test_what_is_foreseen_is_what_is_asked(waiting: Cast) -> None:
    requested(waiting.school, waiting.other, due=FuzzyDate(date(2024, 1, 31)))
    OutgoingMail.objects.all().delete()
    stands_in(waiting.leader, waiting.viewer)
    said = foreseen(asking, FIRST, date(2023, 12, 31), at(FIRST))
    play(asking, FIRST, date(2023, 12, 31))
    assert asked("decision_due") == sorted(said)
    assert {row[6:] for row in said} == {"leader", "viewer", "colleague", "office"}


def test_why_says_when_it_was_answered(waiting: Cast) -> None:
    play(asking, FIRST, LAST)
    extension = Extension.objects.get()
    answered = at(LAST, 15)
    operations.decline(extension, note="可以赶回来", actor=casting.acting(waiting.leader), now=answered)
    found = asking.why(waiting.leader, Extension.objects.get(), OVER)
    told = [(one.asking.day, one.asking.number, one.addressed) for one in found.told]
    assert told == [(LAST, 0, True), (LAST + timedelta(days=1), 1, True), (OVER, 2, True)]
    assert (found.answered_at, [mail.day for mail in found.mails]) == (answered, [LAST])


def test_it_costs_the_same_however_many_requests(waiting: Cast) -> None:
    costs: list[tuple[int, int]] = []
    asking.ask(at(LAST))  # the first of a zone makes its heartbeat
    for n in (1, 8):
        for code in range(n):
            one = casting.milestone(
                waiting.plan, waiting.stream, f"N{n}-{code}", YEAR_END, accountable=waiting.owner, lead=waiting.bureau
            )
            requested(one, waiting.owner)
        OutgoingMail.objects.filter(kind="extension").delete()
        mails = list(OutgoingMail.objects.filter(kind="decision_due").select_related("recipient"))
        with CaptureQueriesContext(connection) as asks:
            asking.ask(at(date(2023, 12, 7 + len(costs))))
        with CaptureQueriesContext(connection) as renewed:
            asking.renewed(mails, at(LAST, 8))
        costs.append((len(asks), len(renewed)))
    assert costs[0] == costs[1]
    assert costs[0][0] <= 25
