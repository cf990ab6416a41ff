"""Who stands in for somebody: do they get a copy on those days, marked as one, and nothing before or after?"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from milestones.models import Delegation, Milestone, NextLook, OutgoingMail, Person, Reminder
from milestones.people import delegations
from milestones.planning import lifecycle, operations
from milestones.reminders.preview import preview
from milestones.workdays.periods import FuzzyDate
from tests.reminders.world import START, SYSTEM, World, at, ledger, mails

pytestmark = pytest.mark.django_db

# Due on Friday 30 June: steps on 19, 27, 29 and 30 June (22 to 24 are the Dragon Boat holiday, the 25th is worked).
DUE = date(2023, 6, 30)


def away(person: Person, deputy: Person, first: date, last: date, *, said: Any = START) -> Delegation:
    return delegations.create(person, deputy, starts_on=first, ends_on=last, actor=SYSTEM, now=said)


def days(milestone: Milestone, recipient: Person) -> list[tuple[str, str]]:
    return [(day, state) for _step, day, state in ledger(milestone=milestone, recipient=recipient)]


@pytest.fixture
def deputy(world: World) -> Person:
    return world.person("deputy", "owner")


def test_on_these_days_both_are_reminded_and_each_once(world: World, deputy: Person) -> None:
    milestone = world.milestone()
    away(world.owner, deputy, date(2023, 6, 26), date(2023, 6, 29))
    for _twice in range(2):
        world.play(date(2023, 6, 12), date(2023, 7, 7))
    assert days(milestone, deputy) == [("2023-06-27", "sent"), ("2023-06-29", "sent")]
    sent = [day for day, state in days(milestone, world.owner) if state == "sent"]
    assert [day for day in sent if day > "2023-06-20"] == [
        "2023-06-27",
        "2023-06-29",
        "2023-06-30",
        "2023-07-05",
        "2023-07-07",
    ]


def test_the_copy_says_for_whom_it_is_and_the_original_does_not(world: World, deputy: Person) -> None:
    own = world.milestone("M-2", accountable=deputy)
    world.milestone()
    away(world.owner, deputy, date(2023, 6, 26), date(2023, 6, 30))
    world.play(date(2023, 6, 27), date(2023, 6, 30))
    (digest, *_others) = mails(kind="digest", recipient=deputy)
    assert digest.subject.endswith("(1 as deputy)")
    assert digest.text.count("(you stand in for owner)") == 1
    assert "(you stand in for owner)" in digest.html
    assert all("stand in" not in m.text + m.subject for m in mails(kind="digest", recipient=world.owner))
    assert days(own, world.owner) == []


def test_a_coordinator_who_stands_in_for_the_owner_is_told_so(world: World) -> None:
    world.milestone()
    nobodys = world.milestone("M-2", accountable=None)
    away(world.owner, world.coordinator, date(2023, 6, 26), date(2023, 6, 30))
    world.play(date(2023, 6, 27), date(2023, 6, 27))
    (digest,) = mails(kind="digest", recipient=world.coordinator)
    lines = digest.text.splitlines()
    [line] = [line for line in lines if "(you stand in for owner)" in line]
    assert "Milestone M-1" in lines[lines.index(line) - 1]
    assert days(nobodys, world.owner) == []


def test_who_stands_in_for_the_coordinator_gets_what_is_nobodys(world: World, deputy: Person) -> None:
    milestone = world.milestone(accountable=None)
    away(world.coordinator, deputy, date(2023, 6, 26), date(2023, 6, 30))
    world.play(date(2023, 6, 27), date(2023, 6, 27))
    assert days(milestone, deputy) == [("2023-06-27", "sent")]
    assert "(you stand in for coordinator)" in mails(kind="digest", recipient=deputy)[0].text


def test_no_step_of_the_past_is_caught_up(world: World, deputy: Person) -> None:
    """Said on the 28th, after a downtime: the step of the 27th is the owner's alone, that of the same day is sent."""
    milestone = world.milestone()
    away(world.owner, deputy, date(2023, 6, 28), date(2023, 6, 29), said=at(date(2023, 6, 28), 7))
    world.play(date(2023, 6, 28), date(2023, 6, 29))
    assert days(milestone, deputy) == [("2023-06-29", "sent")]
    other = world.person("other")
    delegations.end(Delegation.objects.get(), actor=SYSTEM, now=at(date(2023, 6, 29), 8))
    away(world.owner, other, DUE, DUE, said=at(DUE, 6))
    world.play(DUE, DUE)
    assert days(milestone, other) == [("2023-06-30", "sent")]


def test_what_waits_when_it_ends_is_not_sent(world: World, deputy: Person) -> None:
    """The digest of the 27th was not composed before the 28th, when somebody was back."""
    milestone = world.milestone()
    away(world.owner, deputy, date(2023, 6, 26), date(2023, 6, 27))
    world.sweep(date(2023, 6, 27), 7)
    assert days(milestone, deputy) == [("2023-06-27", "planned")]
    world.play(date(2023, 6, 28), date(2023, 6, 28))
    assert days(milestone, deputy) == [("2023-06-27", "handed_over")]
    assert mails(kind="digest", recipient=deputy) == []
    assert ("2023-06-27", "sent") in days(milestone, world.owner)


def test_what_is_already_in_a_mail_is_taken_out_before_it_leaves(world: World, deputy: Person) -> None:
    milestone = world.milestone()
    one = away(world.owner, deputy, date(2023, 6, 26), date(2023, 6, 29))
    world.sweep(date(2023, 6, 27), 9, 0)
    assert days(milestone, deputy) == [("2023-06-27", "claimed")]
    delegations.edit(one, {"deputy": world.office}, actor=SYSTEM, now=at(date(2023, 6, 27), 9, 5))
    world.deliver(date(2023, 6, 27), 9, 10)
    assert days(milestone, deputy) == [("2023-06-27", "handed_over")]
    assert mails(kind="digest", recipient=deputy, state="sent") == []


def test_an_early_end_counts_from_the_next_day(world: World, deputy: Person) -> None:
    milestone = world.milestone()
    one = away(world.owner, deputy, date(2023, 6, 26), date(2023, 7, 31))
    world.play(date(2023, 6, 26), date(2023, 6, 28))
    delegations.end(one, actor=SYSTEM, now=at(date(2023, 6, 28), 12))
    world.play(date(2023, 6, 28), date(2023, 7, 7))
    assert days(milestone, deputy) == [("2023-06-27", "sent")]


def test_what_is_done_or_handed_over_reminds_the_deputy_no_more(world: World, deputy: Person) -> None:
    done, moved, given = world.milestone("M-1"), world.milestone("M-2"), world.milestone("M-3")
    away(world.owner, deputy, date(2023, 6, 26), date(2023, 7, 31))
    world.sweep(date(2023, 6, 27), 7)
    now = at(date(2023, 6, 27), 7, 30)
    lifecycle.cancel(done, reason="r", actor=SYSTEM, now=now)
    operations.reschedule(moved, FuzzyDate(date(2023, 12, 1)), reason="r", actor=SYSTEM, now=now)
    operations.hand_over([given], world.office, reason="r", actor=SYSTEM, now=now)
    world.play(date(2023, 6, 27), date(2023, 6, 30))
    found = {m.code: days(m, deputy) for m in (done, moved, given)}
    assert found == {
        "M-1": [("2023-06-27", "cancelled")],
        "M-2": [("2023-06-27", "date_moved")],
        "M-3": [("2023-06-27", "handed_over")],
    }


def test_a_deputy_who_becomes_the_owner_is_not_told_twice(world: World, deputy: Person) -> None:
    milestone = world.milestone()
    away(world.owner, deputy, date(2023, 6, 26), date(2023, 7, 31))
    world.play(date(2023, 6, 27), date(2023, 6, 27))
    operations.hand_over([milestone], deputy, reason="r", actor=SYSTEM, now=at(date(2023, 6, 27), 23, 59))
    world.play(date(2023, 6, 27), DUE)
    assert days(milestone, deputy) == [("2023-06-27", "sent"), ("2023-06-29", "sent"), ("2023-06-30", "sent")]
    assert set(Reminder.objects.values_list("state", flat=True)) <= {"sent", "suppressed"}


def test_a_deputy_who_left_gets_nothing(world: World, deputy: Person) -> None:
    milestone = world.milestone()
    away(world.owner, deputy, date(2023, 6, 26), date(2023, 7, 31))
    Person.objects.filter(pk=deputy.pk).update(is_active=False)
    world.play(date(2023, 6, 27), DUE)
    assert days(milestone, deputy) == []


def test_the_sweep_wakes_as_it_begins_and_the_day_after_it_ended(world: World, deputy: Person) -> None:
    milestone = world.milestone(due=date(2024, 6, 28))
    away(world.owner, deputy, date(2023, 3, 6), date(2023, 3, 10))
    zone = ZoneInfo("Asia/Shanghai")
    for day, woken in ((date(2023, 3, 1), date(2023, 3, 6)), (date(2023, 3, 6), date(2023, 3, 11))):
        world.sweep(day)
        assert NextLook.of(milestone) == at(woken, 0, 0, zone)


def test_the_preview_knows_who_will_stand_in(world: World, deputy: Person) -> None:
    milestone = world.milestone()
    away(world.owner, deputy, date(2023, 6, 26), date(2023, 6, 29))
    coming = preview(first=date(2023, 6, 26), last=DUE, now=START, person=deputy)
    assert [(c.day, c.milestone) for c in coming] == [(date(2023, 6, 27), milestone), (date(2023, 6, 29), milestone)]


def test_many_deputies_cost_no_more_queries(world: World) -> None:
    def swept(count: int, day: date) -> int:
        for n in range(count):
            person, other = world.person(f"p{day}-{n}", "owner"), world.person(f"d{day}-{n}", "owner")
            world.milestone(f"M-{day}-{n}", due=day + timedelta(days=1), accountable=person)
            away(person, other, date(2023, 2, 1), date(2023, 12, 29))
        with CaptureQueriesContext(connection) as queries:
            assert world.sweep(day, 1).planned >= 2 * count
        return sum("milestones_delegation" in (query["sql"] or "") for query in queries)

    first, second = swept(1, date(2023, 6, 28)), swept(8, date(2023, 7, 19))
    assert second == first == 1  # who stands in for whom in this chunk; before their hour no digest asks for more
    assert OutgoingMail.objects.filter(kind="digest").count() == 0
