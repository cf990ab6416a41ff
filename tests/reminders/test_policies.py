"""Does an edited policy send nothing again and lose nothing that is planned?"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from django.utils import translation

from milestones.actors import Actor
from milestones.errors import Forbidden, StateConflict
from milestones.models import ChangeEntry, Milestone, NextLook, ReminderPolicy, StepVersion
from milestones.planning import operations, plans
from milestones.reminders import policies, resolution
from milestones.reminders.ladder import of_version
from milestones.reminders.policies import StepInput
from tests.reminders.world import START, SYSTEM, World, at, ledger

JUNE_20 = at(date(2023, 6, 20), 10, 0)
STEP = StepInput("late", "before_due", 2)


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


def test_an_edit_taken_back_on_the_same_day_leaves_nothing_behind(default: ReminderPolicy) -> None:
    before = list(StepVersion.objects.order_by("pk").values_list("pk", "effective_until"))
    first = steps(default)
    policies.edit_steps(default, steps(default, before_3=4, before_7=None), actor=SYSTEM, now=JUNE_20)
    policies.edit_steps(default, first, actor=SYSTEM, now=JUNE_20)
    assert list(StepVersion.objects.order_by("pk").values_list("pk", "effective_until")) == before


def test_whom_and_how_loudly_are_part_of_a_version_too(default: ReminderPolicy) -> None:
    louder = [
        replace(step, audience=["office", "owner"], level="red", respond_days=2) if step.code == "before-3" else step
        for step in steps(default)
    ]
    assert policies.edit_steps(default, louder, actor=SYSTEM, now=JUNE_20)
    said = {v.step.code: v for v in policies.versions_on(default, date(2023, 6, 21))}["before-3"]
    assert (said.number, said.audience, said.level, said.respond_days) == (2, ["owner", "office"], "red", 2)
    assert StepVersion.objects.filter(number=2).count() == 1
    [(old, new)] = [entry.changes["steps"] for entry in ChangeEntry.objects.of(default)]
    assert [rung["code"] for rung in new if rung not in old] == ["before-3"]


def test_the_same_in_another_order_is_no_change(default: ReminderPolicy) -> None:
    turned = [replace(step, audience=list(reversed(step.audience))) for step in reversed(steps(default))]
    assert not policies.edit_steps(default, turned, actor=SYSTEM, now=JUNE_20)
    assert not ChangeEntry.objects.of(default).exists()


def test_a_version_by_which_something_is_planned_east_of_here_is_ended_not_taken_back(
    world: World, default: ReminderPolicy
) -> None:
    """In Auckland it is 21 June while it is still the 20th here."""
    plans.edit(world.plan, {"time_zone": "Pacific/Auckland"}, actor=SYSTEM, now=JUNE_20)
    milestone = world.milestone(due=date(2023, 6, 30))
    late = at(date(2023, 6, 20), 22, 0)
    policies.edit_steps(default, steps(default, before_7=6), actor=SYSTEM, now=JUNE_20)
    world.sweep(date(2023, 6, 20), 22, 0)
    assert ("before-7", "2023-06-21", "planned") in ledger(milestone=milestone)
    policies.edit_steps(default, steps(default), actor=SYSTEM, now=late)
    assert {v.step.code: v.offset for v in policies.versions_on(default, date(2023, 6, 21))}["before-7"] == 7


def test_only_those_who_follow_a_policy_are_looked_at_again(world: World, default: ReminderPolicy) -> None:
    milestone, other = world.milestone(), world.milestone("M-2")
    own = policies.create_policy(
        {"code": "own", "name": "Own"}, [StepInput("late", "before_due", 2)], actor=SYSTEM, now=JUNE_20
    )
    operations.change(other, {"policy": own}, actor=SYSTEM, now=JUNE_20)
    NextLook.objects.update(at=at(date(2023, 12, 1)))
    policies.edit_steps(default, steps(default, before_3=4), actor=SYSTEM, now=JUNE_20)
    woken = NextLook.objects.filter(at__lt=at(date(2023, 6, 22))).values_list("milestone_id", flat=True)
    assert milestone.pk in woken
    assert other.pk not in woken


def test_a_copy_begins_with_the_steps_of_tomorrow_and_counts_today(default: ReminderPolicy) -> None:
    policies.edit_steps(default, steps(default, before_3=4), actor=SYSTEM, now=JUNE_20)
    made = policies.copy(default, {"code": "twin", "name": "Twin"}, actor=SYSTEM, now=JUNE_20)
    assert ladder(made, date(2023, 6, 20)) == ladder(default, date(2023, 6, 21))
    policies.edit_steps(made, steps_of_tomorrow(made)[:3], actor=SYSTEM, now=JUNE_20)
    assert len(ladder(default, date(2023, 6, 21))) > 3


def test_another_default_counts_at_once_and_its_past_is_not_caught_up(world: World, default: ReminderPolicy) -> None:
    milestone = world.milestone()
    calm = policies.create_policy(
        {"code": "calm", "name": "Calm"},
        [StepInput("early", "before_due", 10), StepInput("late", "before_due", 2)],
        actor=SYSTEM,
        now=at(date(2023, 1, 12), 12, 0),
    )
    assert policies.make_default(calm, actor=SYSTEM, now=JUNE_20)
    assert not policies.make_default(calm, actor=SYSTEM, now=JUNE_20)
    assert list(ReminderPolicy.objects.filter(is_default=True)) == [calm]
    for policy in (default, calm):
        assert [e.verb for e in ChangeEntry.objects.of(policy)].count("policy.make_default") == 1
    world.play(date(2023, 6, 20), date(2023, 6, 30))
    assert ledger(milestone=milestone) == [("late", "2023-06-28", "sent")]


def test_who_chose_a_policy_is_left_alone_by_another_default(world: World, default: ReminderPolicy) -> None:
    milestone = world.milestone()
    operations.change(milestone, {"policy": default}, actor=SYSTEM, now=JUNE_20)
    calm = policies.copy(default, {"code": "calm", "name": "Calm"}, actor=SYSTEM, now=JUNE_20)
    policies.make_default(calm, actor=SYSTEM, now=at(date(2023, 6, 21), 8, 0))
    milestone.refresh_from_db()
    assert milestone.reminded_since == JUNE_20


def test_what_is_used_or_was_planned_by_is_not_deleted(world: World, default: ReminderPolicy) -> None:
    milestone = world.milestone()
    own = policies.copy(default, {"code": "own", "name": "Own"}, actor=SYSTEM, now=START)
    operations.change(milestone, {"policy": own}, actor=SYSTEM, now=START)
    assert refused(default) == "This is the default policy; make another one the default first."
    assert refused(own).startswith("Still chosen by: 1 milestone.")
    world.play(date(2023, 6, 20), date(2023, 6, 20))
    operations.change(milestone, {"policy": None}, actor=SYSTEM, now=at(date(2023, 6, 21), 9, 0))
    assert refused(own).startswith("Reminders were planned by its steps")
    twin = policies.copy(default, {"code": "twin", "name": "Twin"}, actor=SYSTEM, now=JUNE_20)
    policies.delete(twin, actor=SYSTEM, now=JUNE_20)
    assert not ReminderPolicy.objects.filter(code="twin").exists()


def refused(policy: ReminderPolicy) -> str:
    policy.refresh_from_db()
    with translation.override("en"), pytest.raises(StateConflict) as error:
        policies.delete(policy, actor=SYSTEM, now=JUNE_20)
    with translation.override("en"):
        return str(error.value)


@pytest.mark.parametrize("verb", ["copy", "make_default", "delete"])
def test_policies_are_the_offices_business(world: World, default: ReminderPolicy, verb: str) -> None:
    how: Any = {"actor": Actor(world.coordinator, "web"), "now": JUNE_20}
    values = ({"code": "x", "name": "x"},) if verb == "copy" else ()
    with pytest.raises(Forbidden):
        getattr(policies, verb)(default, *values, **how)


class TestWhereStepsComeFrom:
    def test_the_nearest_that_names_a_policy(self, world: World, default: ReminderPolicy) -> None:
        milestone = world.milestone()
        assert self.origin(milestone) == ("default", "default")
        for name, place in (("plan", world.plan), ("workstream", world.stream), ("milestone", milestone)):
            own = policies.create_policy({"code": name, "name": name}, [STEP], actor=SYSTEM, now=START)
            type(place)._default_manager.filter(pk=place.pk).update(policy=own)
            assert self.origin(milestone) == (name, name)

    def test_a_policy_that_never_asked_leaves_questions_to_the_next(
        self, world: World, default: ReminderPolicy
    ) -> None:
        milestone = world.milestone()
        own = policies.create_policy({"code": "own", "name": "own"}, [STEP], actor=SYSTEM, now=START)
        Milestone.objects.filter(pk=milestone.pk).update(policy=own)
        assert self.rungs(milestone) == [
            ("late", "milestone"),
            ("report-3", "default"),
            ("report", "default"),
            ("decision", "default"),
            ("decision-late", "default"),
        ]

    def test_one_whose_questions_were_removed_asks_nobody(self, world: World, default: ReminderPolicy) -> None:
        milestone, ask = world.milestone(), StepInput("ask", "report_due", 2)
        own = policies.create_policy({"code": "own", "name": "own"}, [STEP, ask], actor=SYSTEM, now=START)
        policies.edit_steps(own, [STEP], actor=SYSTEM, now=START)
        Milestone.objects.filter(pk=milestone.pk).update(policy=own)
        assert "report" not in dict(self.rungs(milestone))
        assert ("ask", "milestone") in self.rungs(milestone, START.date())

    def origin(self, milestone: Milestone) -> tuple[str, str]:
        found = resolution.resolved(Milestone.objects.get(pk=milestone.pk), JUNE_20.date())
        return (found.policy.code if found.policy else "", found.origin.value)

    def rungs(self, milestone: Milestone, day: date = date(2023, 6, 20)) -> list[tuple[str, str]]:
        found = resolution.resolved(Milestone.objects.get(pk=milestone.pk), day)
        return [(rung.version.step.code, rung.chosen.origin.value) for rung in found.steps]
