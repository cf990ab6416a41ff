"""Does the office edit all that a step says, see who follows a policy, and where a milestone's steps come from?"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from milestones.models import (
    ChangeEntry,
    Milestone,
    NextLook,
    Plan,
    Reminder,
    ReminderPolicy,
    ReminderStep,
    StepVersion,
    Workstream,
)
from milestones.planning import operations
from milestones.reminders import policies
from milestones.reminders.ladder import StepInput
from tests.admin.forms import Desk, errors
from tests.cast import NOW, SYSTEM, Cast

pytestmark = pytest.mark.django_db

LIST = "/admin/milestones/reminderpolicy/"


def url(row: Any, page: str = "change") -> str:
    return f"/admin/milestones/{row._meta.model_name}/{row.pk}/{page}/"


@pytest.fixture
def default(cast: Cast) -> ReminderPolicy:
    return ReminderPolicy.objects.get()


@pytest.fixture
def calm(cast: Cast) -> ReminderPolicy:
    steps = [StepInput("two", "before_due", 2), StepInput("late", "after_due", 3, level="red", audience=["head"])]
    return policies.create_policy({"code": "calm", "name": "Calm"}, steps, actor=SYSTEM, now=NOW)


def row_of(data: dict[str, Any], code: str) -> str:
    return next(name.removesuffix("-code") for name, value in data.items() if value == code)


def latest(code: str) -> StepVersion:
    return StepVersion.objects.filter(step__code=code).order_by("number").last() or StepVersion()


def test_a_page_sent_back_as_it_was_changes_nothing(desk: Desk, default: ReminderPolicy) -> None:
    before = StepVersion.objects.count()
    assert desk.send(url(default), desk.open(url(default))).status_code == 302
    assert not ChangeEntry.objects.of(default).exists()
    assert StepVersion.objects.count() == before


def test_all_that_a_step_says_can_be_typed(desk: Desk, default: ReminderPolicy) -> None:
    data = desk.open(url(default))
    row = row_of(data, "overdue-3")
    typed = {
        "most": "4",
        "audience": ["office", "owner"],
        "channels": ["mail", "webhook"],
        "level": "yellow",
        "respond_days": "5",
        "stops_when_answered": "on",
    }
    answer = desk.send(url(default), data, **{f"{row}-{name}": value for name, value in typed.items()})
    assert answer.status_code == 302, errors(answer)
    said = latest("overdue-3")
    assert (said.most, said.level, said.respond_days, said.stops_when_answered) == (4, "yellow", 5, True)
    assert (said.audience, said.channels, said.repeats) == (["owner", "office"], ["mail", "webhook"], True)
    assert latest("overdue-5").number == latest("before-7").number == 1


def test_each_fault_lands_at_its_field_and_the_head_names_them_all(desk: Desk, default: ReminderPolicy) -> None:
    data = desk.open(url(default))
    one, other = row_of(data, "before-14"), row_of(data, "decision")
    wrong = {f"{one}-audience": [], f"{one}-respond_days": "3", f"{other}-channels": ["webhook"], f"{one}-offset": "3"}
    answer = desk.send(url(default), data, **wrong)
    forms = answer.context["inline_admin_formsets"][0].formset.forms
    found = {form["code"].value(): sorted(form.errors) for form in forms if form.errors}
    assert found == {"before-14": ["audience", "respond_days"], "decision": ["channels"]}
    assert len(errors(answer)["__all__"]) == 3
    assert latest("before-14").offset == 14


def test_an_empty_ladder_is_refused_and_one_without_deadlines_warned_of(desk: Desk, calm: ReminderPolicy) -> None:
    data = desk.open(url(calm))
    gone = {f"{row_of(data, code)}-DELETE": "on" for code in ("two", "late")}
    assert "would remind nobody" in desk.send(url(calm), data, **gone).content.decode()
    asking = {f"{row_of(data, 'two')}-anchor": "report_due", f"{row_of(data, 'late')}-DELETE": "on"}
    desk.send(url(calm), data, **asking)
    assert "No step of this ladder is about a deadline" in desk.text(url(calm))


def test_what_changes_tomorrow_stands_beside_what_counts_today(desk: Desk, calm: ReminderPolicy) -> None:
    data = desk.open(url(calm))
    desk.send(url(calm), data, **{f"{row_of(data, 'two')}-offset": "4", f"{row_of(data, 'late')}-DELETE": "on"})
    text, day = desk.text(url(calm)), timezone.localdate() + timedelta(days=1)
    assert f"What changes on {day}" in text
    assert "today still: 2 working days before the deadline" in text
    assert "is no step any more" in text
    assert text.count("to come</td>") == 1


def test_a_policy_is_copied_as_a_starting_point(desk: Desk, default: ReminderPolicy) -> None:
    answer = desk.client.post(url(default, "do/copy"), {"code": "ours", "name": "Ours"})
    made = ReminderPolicy.objects.get(code="ours")
    assert answer["Location"] == url(made)
    steps = set(ReminderStep.objects.filter(policy=default).values_list("code", flat=True))
    assert set(made.steps.values_list("code", flat=True)) == steps
    [entry] = ChangeEntry.objects.of(made)
    assert (entry.verb, len(entry.changes["steps"][1])) == ("policy.copy", len(steps))
    again = desk.client.post(url(default, "do/copy"), {"code": "ours", "name": "Ours"})
    assert "already taken" in again.content.decode()


def test_another_default_is_chosen_by_a_button(desk: Desk, running: Cast, calm: ReminderPolicy) -> None:
    old = ReminderPolicy.objects.get(is_default=True)
    assert "3 open milestones of active plans name no policy" in desk.text(url(calm, "do/default"))
    assert desk.client.post(url(calm, "do/default"), {"version": "1"}).status_code == 302
    assert list(ReminderPolicy.objects.filter(is_default=True)) == [calm]
    for policy in (old, calm):
        assert [entry.verb for entry in ChangeEntry.objects.of(policy)][-1] == "policy.make_default"
    assert "Make it the default" not in desk.text(url(calm))


def test_a_policy_tells_who_chose_it_and_goes_when_nobody_did(desk: Desk, running: Cast, calm: ReminderPolicy) -> None:
    desk.save(url(running.school), policy=str(calm.pk))
    text = desk.text(url(calm))
    assert "1 milestone: " in text
    assert url(running.school) in text
    assert "1 open milestone of an active plan is reminded" in text
    assert "1 milestone" in desk.text(LIST)
    assert desk.client.post(url(calm, "delete"), {"post": "yes"}).status_code == 403
    desk.save(url(running.school), policy="")
    assert desk.client.post(url(calm, "delete"), {"post": "yes"}).status_code == 302
    assert not ReminderPolicy.objects.filter(pk=calm.pk).exists()


@pytest.mark.parametrize("where", ["plan", "stream", "roof"])
def test_a_policy_is_chosen_on_plan_workstream_and_milestone(
    desk: Desk, running: Cast, calm: ReminderPolicy, where: str
) -> None:
    row = getattr(running, where)
    NextLook.objects.all().update(at=NOW + timedelta(days=3650))
    before = timezone.now()
    answer = desk.save(url(row), policy=str(calm.pk))
    assert answer.status_code == 302, errors(answer)
    entry = ChangeEntry.objects.of(row).last()
    assert entry is not None
    assert entry.changes["policy_id"] == [None, str(calm.pk)]
    woken = NextLook.objects.filter(at__lt=NOW + timedelta(days=3650))
    assert woken.count() == (1 if where == "roof" else 3)
    assert Milestone.objects.get(pk=running.roof.pk).reminded_since >= before
    assert {type(running.plan), type(running.stream)} == {Plan, Workstream}


def test_a_milestone_shows_its_steps_with_where_they_come_from(desk: Desk, running: Cast, calm: ReminderPolicy) -> None:
    desk.save(url(running.stream), policy=str(calm.pk))
    text = desk.text(url(running.roof))
    assert "2 working days before the deadline" in text
    assert "chosen by the workstream" in text
    assert "3 working days before a report is due" in text
    assert " · the default" in text
    assert "30 working days before" not in text


def test_in_chinese_too(desk: Desk, default: ReminderPolicy) -> None:
    desk.client.cookies["django_language"] = "zh-hans"
    assert desk.client.get(url(default)).status_code == 200


def test_what_a_policy_would_send_for_a_milestone_is_played_and_nothing_is_sent(
    desk: Desk, running: Cast, default: ReminderPolicy, calm: ReminderPolicy
) -> None:
    """FIN-02, due on 30 June, follows the default policy; under the calm one there is one step."""
    page = f"{url(calm, 'do')}preview/"
    with time_machine.travel(datetime.fromisoformat("2023-06-01T10:00:00+08:00"), tick=False):
        policies.edit_steps(calm, [StepInput("two", "before_due", 2)], actor=SYSTEM, now=timezone.now())
        operations.assign([running.school], running.other, actor=SYSTEM, now=timezone.now())
        before = ChangeEntry.objects.count()
        answer = desk.client.get(page, {"milestone": str(running.school.pk)})
        usual = desk.client.get(f"{url(default, 'do')}preview/", {"milestone": str(running.school.pk)})
    shown = [(day.isoformat(), str(person), steps) for day, person, steps in answer.context["days"]]
    assert ("2023-06-28", "other", ["two · e-mail"]) in shown
    assert {step.split(" ")[0] for _day, _person, steps in answer.context["days"] for step in steps} == {"two"}
    assert answer.context["reminders"] < usual.context["reminders"]
    assert "this is what would leave if it followed this one" in answer.content.decode()
    assert "follows this policy now" in usual.content.decode()
    assert ChangeEntry.objects.count() == before
    assert not Reminder.objects.exists()
    assert "every step of this policy is played forward" in desk.text(page)
