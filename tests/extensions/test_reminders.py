"""After an approval, does the ladder count from the new date, and do the rows of the old one say why they stayed?"""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from milestones.actors import Actor
from milestones.extensions import operations
from milestones.models import Extension, Milestone, Organisation
from milestones.people import organisations
from milestones.workdays.periods import FuzzyDate
from tests.reminders import world as worlds
from tests.reminders.world import SYSTEM, World, at, ledger

pytestmark = pytest.mark.django_db

AUGUST = FuzzyDate(date(2023, 8, 31))


@pytest.fixture
def world() -> World:
    made = worlds.made()
    leader = made.person("leader", "leader")
    organisations.edit(made.bureau, {"supervising_leader": leader}, actor=SYSTEM, now=worlds.START)
    return made


def asked(world: World, milestone: Milestone, day: date) -> Extension:
    said: Any = {"due": AUGUST, "reason": "Typhoon", "progress": 40}
    return operations.request(milestone, **said, actor=Actor(world.owner, "web"), now=at(day, 9, 0))


def approve(world: World, extension: Extension, day: date, hour: int = 9) -> None:
    by = Actor(Organisation.objects.get(pk=world.bureau.pk).supervising_leader, "web")
    operations.approve(Extension.objects.get(pk=extension.pk), note="Agreed", actor=by, now=at(day, hour, 0))


def test_the_ladder_counts_from_the_new_date_and_the_old_rows_say_why(world: World) -> None:
    milestone = world.milestone()
    world.play(date(2023, 5, 1), date(2023, 6, 19))
    extension = asked(world, milestone, date(2023, 6, 19))
    world.sweep(date(2023, 6, 20), 7)  # the step of 7 days is planned, and waits for the owner's hour
    approve(world, extension, date(2023, 6, 20), hour=7)
    world.play(date(2023, 6, 20), date(2023, 9, 8))
    assert ledger(milestone=milestone, recipient=world.owner) == [
        ("before-30", "2023-05-18", "sent"),
        ("before-14", "2023-06-09", "sent"),
        ("before-7", "2023-06-20", "date_moved"),
        ("before-30", "2023-07-20", "sent"),
        ("before-14", "2023-08-11", "sent"),
        ("before-7", "2023-08-22", "sent"),
        ("before-3", "2023-08-28", "sent"),
        ("before-1", "2023-08-30", "sent"),
        ("due", "2023-08-31", "sent"),
        ("overdue-3#1", "2023-09-05", "sent"),
        ("overdue-5", "2023-09-07", "sent"),
        ("overdue-3#2", "2023-09-08", "sent"),
    ]


def test_a_digest_that_waits_for_its_server_leaves_out_what_was_extended(world: World) -> None:
    milestone = world.milestone()
    world.play(date(2023, 5, 1), date(2023, 6, 19))
    extension = asked(world, milestone, date(2023, 6, 19))
    world.sweep(date(2023, 6, 20))
    approve(world, extension, date(2023, 6, 20))
    done = world.deliver(date(2023, 6, 20))
    assert done.suppressed == 2  # the digest, and the leader's mail: it is decided
    assert ledger(milestone=milestone)[-1] == ("before-7", "2023-06-20", "date_moved")


def test_what_was_overdue_is_quiet_until_the_new_ladder_begins(world: World) -> None:
    milestone = world.milestone()
    world.play(date(2023, 6, 28), date(2023, 7, 6))
    extension = asked(world, milestone, date(2023, 7, 6))
    assert extension.late
    approve(world, extension, date(2023, 7, 7))
    world.play(date(2023, 7, 7), date(2023, 7, 25))
    assert ledger(milestone=milestone)[-2:] == [
        ("overdue-3#1", "2023-07-05", "sent"),
        ("before-30", "2023-07-20", "sent"),
    ]


def test_declined_the_ladder_goes_on_as_it_was(world: World) -> None:
    milestone = world.milestone()
    world.play(date(2023, 5, 1), date(2023, 6, 19))
    extension = asked(world, milestone, date(2023, 6, 19))
    operations.decline(extension, note="No", actor=Actor(world.office, "web"), now=at(date(2023, 6, 20), 7, 0))
    world.play(date(2023, 6, 20), date(2023, 6, 30))
    assert [row[0] for row in ledger(milestone=milestone)] == [
        "before-30", "before-14", "before-7", "before-3", "before-1", "due",
    ]  # fmt: skip
