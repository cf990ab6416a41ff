"""Two at once on policies: one default, nothing that points nowhere, no edit lost."""

from __future__ import annotations

from datetime import date

import pytest

from milestones.errors import Conflict, RuleBroken, StateConflict
from milestones.models import ChangeEntry, ReminderPolicy
from milestones.planning import operations, plans
from milestones.reminders import policies
from milestones.reminders.policies import StepInput
from tests.reminders import world as worlds
from tests.reminders.world import START, SYSTEM, World, at
from tests.two_at_once import while_uncommitted

pytestmark = pytest.mark.django_db(transaction=True)

JUNE_20 = at(date(2023, 6, 20), 10, 0)


@pytest.fixture
def world(transactional_db: None) -> World:
    return worlds.made()


def made(code: str) -> ReminderPolicy:
    steps = [StepInput("late", "before_due", 2)]
    return policies.create_policy({"code": code, "name": code}, steps, actor=SYSTEM, now=START)


def again(policy: ReminderPolicy) -> ReminderPolicy:
    return ReminderPolicy.objects.get(pk=policy.pk)


def test_two_new_defaults_leave_the_second_alone(world: World) -> None:
    one, other = made("one"), made("other")
    first, second = while_uncommitted(
        lambda: policies.make_default(again(one), actor=SYSTEM, now=JUNE_20),
        lambda: policies.make_default(again(other), actor=SYSTEM, now=JUNE_20),
    )
    assert (first, second) == (True, True)
    assert list(ReminderPolicy.objects.filter(is_default=True)) == [other]
    assert [entry.verb for entry in ChangeEntry.objects.of(one)].count("policy.make_default") == 2


@pytest.mark.parametrize("where", ["plan", "workstream", "milestone"])
def test_who_chooses_what_is_being_deleted_is_told_at_the_field(world: World, where: str) -> None:
    own, milestone = made("own"), world.milestone()
    choose = {
        "plan": lambda: plans.edit(world.plan, {"policy": own}, actor=SYSTEM, now=JUNE_20),
        "workstream": lambda: plans.edit_workstream(world.stream, {"policy": own}, actor=SYSTEM, now=JUNE_20),
        "milestone": lambda: operations.change(milestone, {"policy": own}, actor=SYSTEM, now=JUNE_20),
    }
    world.plan.refresh_from_db()
    _deleted, told = while_uncommitted(lambda: policies.delete(again(own), actor=SYSTEM, now=JUNE_20), choose[where])
    assert isinstance(told, RuleBroken)
    assert told.field == "policy"


def test_what_is_being_chosen_is_not_deleted(world: World) -> None:
    own, milestone = made("own"), world.milestone()
    _chosen, told = while_uncommitted(
        lambda: operations.change(milestone, {"policy": own}, actor=SYSTEM, now=JUNE_20),
        lambda: policies.delete(again(own), actor=SYSTEM, now=JUNE_20),
    )
    assert isinstance(told, StateConflict)
    assert again(own).pk == own.pk


def test_of_two_edits_of_the_steps_the_second_is_told_of_the_first(world: World) -> None:
    own = made("own")
    one, other = again(own), again(own)
    edited, told = while_uncommitted(
        lambda: policies.edit_steps(one, [StepInput("late", "before_due", 3)], actor=SYSTEM, now=JUNE_20),
        lambda: policies.edit_steps(other, [StepInput("late", "before_due", 4)], actor=SYSTEM, now=JUNE_20),
    )
    assert edited
    assert isinstance(told, Conflict)
    assert [v.offset for v in policies.versions_on(own, date(2023, 6, 21))] == [3]
