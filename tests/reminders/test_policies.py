"""Does an edited policy send nothing again and lose nothing that is planned?"""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from milestones.models import ChangeEntry, ReminderPolicy, StepVersion
from milestones.planning import operations, plans
from milestones.reminders import policies
from milestones.reminders.ladder import of_version
from milestones.reminders.policies import StepInput
from tests.reminders.world import SYSTEM, World, at, ledger

JUNE_20 = at(date(2023, 6, 20), 10, 0)


def ladder(policy: ReminderPolicy, day: date) -> dict[str, int]:
    return {version.step.code: version.offset for version in policies.versions_on(policy, day)}


def steps(policy: ReminderPolicy, **offsets: int | None) -> list[StepInput]:
    """The present ladder with other offsets; None takes a step out."""
    present = [of_version(version) for version in policies.versions_on(policy, date(2023, 6, 20))]
    names = {step.code: step.code.replace("-", "_") for step in present}
    return [
        replace(step, offset=offsets.get(names[step.code], step.offset) or 0)
        for step in present
        if offsets.get(names[step.code], 0) is not None
    ]


@pytest.fixture
def default(world: World) -> ReminderPolicy:
    return ReminderPolicy.objects.get(is_default=True)


def test_an_edit_counts_from_tomorrow(default: ReminderPolicy) -> None:
    policies.edit_steps(default, steps(default, before_3=4), actor=SYSTEM, now=JUNE_20)
    assert ladder(default, date(2023, 6, 20))["before-3"] == 3
    assert ladder(default, date(2023, 6, 21))["before-3"] == 4


def test_only_what_changed_has_a_new_version_and_one_entry_tells_it(default: ReminderPolicy) -> None:
    before, version = StepVersion.objects.count(), default.version
    assert policies.edit_steps(default, steps(default, before_3=4), actor=SYSTEM, now=JUNE_20)
    assert StepVersion.objects.count() == before + 1
    [entry] = ChangeEntry.objects.of(default)
    assert (entry.verb, entry.version) == ("policy.edit_steps", version + 1)
    assert not policies.edit_steps(default, steps_of_tomorrow(default), actor=SYSTEM, now=JUNE_20)
    assert ChangeEntry.objects.of(default).count() == 1


def steps_of_tomorrow(policy: ReminderPolicy) -> list[StepInput]:
    return [of_version(version) for version in policies.versions_on(policy, date(2023, 6, 21))]


def test_two_edits_on_one_day_leave_the_second(default: ReminderPolicy) -> None:
    policies.edit_steps(default, steps(default, before_3=4), actor=SYSTEM, now=JUNE_20)
    policies.edit_steps(default, steps(default, before_3=5), actor=SYSTEM, now=JUNE_20)
    assert ladder(default, date(2023, 6, 21))["before-3"] == 5


def test_what_was_sent_is_not_sent_again_under_the_new_version(world: World, default: ReminderPolicy) -> None:
    milestone = world.milestone()
    world.play(date(2023, 6, 20), date(2023, 6, 20))
    policies.edit_steps(default, steps(default, before_7=5), actor=SYSTEM, now=JUNE_20)
    world.play(date(2023, 6, 21), date(2023, 6, 28))
    sent = [row for row in ledger(milestone=milestone) if row[2] == "sent"]
    assert sent == [("before-7", "2023-06-20", "sent"), ("before-3", "2023-06-27", "sent")]


def test_an_earlier_step_is_not_slept_through(world: World, default: ReminderPolicy) -> None:
    """The sweep meant to look again on the 27th; the new step falls on the 25th, a make-up Sunday."""
    milestone = world.milestone()
    world.play(date(2023, 6, 20), date(2023, 6, 20))
    policies.edit_steps(default, steps(default, before_3=5), actor=SYSTEM, now=JUNE_20)
    world.play(date(2023, 6, 21), date(2023, 6, 28))
    assert ledger(milestone=milestone)[-1] == ("before-3", "2023-06-25", "sent")


def test_a_step_taken_out_is_not_sent(world: World, default: ReminderPolicy) -> None:
    milestone = world.milestone()
    policies.edit_steps(default, steps(default, before_3=None), actor=SYSTEM, now=JUNE_20)
    world.play(date(2023, 6, 21), date(2023, 6, 29))
    assert [row[0] for row in ledger(milestone=milestone) if row[2] == "sent"] == ["before-7", "before-1"]


def test_the_nearest_policy_counts_and_its_past_is_not_caught_up(world: World) -> None:
    milestone = world.milestone()
    own = policies.create_policy(
        {"code": "own", "name": "Own"},
        [StepInput("early", "before_due", 10), StepInput("late", "before_due", 2)],
        actor=SYSTEM,
        now=at(date(2023, 1, 12), 12, 0),
    )
    operations.change(milestone, {"policy": own}, actor=SYSTEM, now=JUNE_20)
    world.play(date(2023, 6, 20), date(2023, 6, 30))
    assert ledger(milestone=milestone) == [("late", "2023-06-28", "sent")]


def test_a_plan_can_have_a_policy_of_its_own(world: World) -> None:
    milestone = world.milestone()
    own = policies.create_policy(
        {"code": "own", "name": "Own"}, [StepInput("late", "before_due", 2)], actor=SYSTEM, now=JUNE_20
    )
    world.plan.refresh_from_db()
    plans.edit(world.plan, {"policy": own}, actor=SYSTEM, now=JUNE_20)
    world.play(date(2023, 6, 20), date(2023, 6, 30))
    assert ledger(milestone=milestone) == [("late", "2023-06-28", "sent")]
