"""Does saving a form run one verb, and does a refusal come back to the form?"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry

from milestones.models import (
    ChangeEntry,
    DateRevision,
    DayOverride,
    Evidence,
    Milestone,
    Organisation,
    OutgoingMail,
    Party,
    Person,
    Plan,
    Reading,
    ReminderPolicy,
    StepVersion,
    Target,
    Workstream,
)
from milestones.people import operations as people
from milestones.planning import operations, plans
from milestones.workdays.periods import FuzzyDate, Precision
from tests import cast as casting
from tests.admin.cast import mail_and_reminder
from tests.admin.forms import Desk, errors
from tests.cast import Cast

MILESTONES = "/admin/milestones/milestone/"


def url(obj: Any, page: str = "change") -> str:
    return f"/admin/milestones/{obj._meta.model_name}/{obj.pk}/{page}/"


def entries() -> list[tuple[str, str, str]]:
    return list(ChangeEntry.objects.order_by("id").values_list("verb", "via", "actor_label"))


@pytest.fixture
def seen(cast: Cast) -> int:
    """How many changes there were before the test did something."""
    return ChangeEntry.objects.count()


# Milestones ---------------------------------------------------------------------------------------------------------
def test_saving_writes_one_entry_by_the_way_in_admin(desk: Desk, cast: Cast, seen: int) -> None:
    answer = desk.save(url(cast.roof), title="中心结构封顶", weight="3")
    assert answer.status_code == 302
    assert entries()[seen:] == [("milestone.edit", "admin", "office")]
    assert ChangeEntry.objects.last().changes == {"title": ["节点 FIN-01", "中心结构封顶"], "weight": [1, 3]}  # type: ignore[union-attr]
    assert LogEntry.objects.count() == 0


def test_saving_what_was_not_touched_writes_nothing(desk: Desk, cast: Cast, seen: int) -> None:
    assert desk.save(url(cast.roof)).status_code == 302
    assert entries()[seen:] == []


def test_a_milestone_is_created_with_its_parties(desk: Desk, cast: Cast, seen: int) -> None:
    unit = cast.bureau
    party = {"parties-0-role": "supporting", "parties-0-organisation": str(unit.pk), "parties-TOTAL_FORMS": "1"}
    answer = desk.save(
        f"{MILESTONES}add/", plan=str(cast.plan.pk), workstream=str(cast.stream.pk), code="FIN-09", title="荣耀之环",
        kind="construction", weight="1", due_on="2023-05-04", due_precision="quarter", **party,
    )  # fmt: skip
    assert answer.status_code == 302
    made = Milestone.objects.get(code="FIN-09")
    assert (made.due, made.baseline) == (FuzzyDate(date(2023, 6, 30), Precision.QUARTER),) * 2
    assert [p.role for p in made.parties.all()] == ["supporting"]
    assert [verb for verb, _via, _who in entries()[seen:]] == ["milestone.create"]


def test_save_and_continue_leads_to_the_new_object(desk: Desk, cast: Cast) -> None:
    answer = desk.save(
        f"{MILESTONES}add/", plan=str(cast.plan.pk), workstream=str(cast.stream.pk), code="FIN-09", title="新",
        kind="other", weight="1", due_on="2023-05-04", due_precision="day", _continue="1",
    )  # fmt: skip
    assert str(Milestone.objects.get(code="FIN-09").pk) in answer["Location"]


def test_any_day_of_a_fuzzy_period_stands_for_its_end(desk: Desk, cast: Cast) -> None:
    desk.save(url(cast.roof), due_on="2023-08-02", due_precision="quarter")
    cast.roof.refresh_from_db()
    assert cast.roof.due == FuzzyDate(date(2023, 9, 30), Precision.QUARTER)


def test_a_moved_date_needs_a_reason_and_the_form_says_so_at_its_field(desk: Desk, running: Cast) -> None:
    answer = desk.save(url(running.roof), due_on="2023-10-31", due_precision="day", title="改过的标题")
    assert answer.status_code == 200
    assert list(errors(answer)) == ["reason"]
    assert answer.context["adminform"].form["title"].value() == "改过的标题"
    assert answer.context["adminform"].form["due"].value() == ["2023-10-31", "day"]
    assert Milestone.objects.get(pk=running.roof.pk).title == "节点 FIN-01"


def test_a_moved_date_is_in_the_date_history_and_the_mail(desk: Desk, running: Cast) -> None:
    desk.save(url(running.roof), due_on="2023-10-31", due_precision="day", reason="台风")
    row = DateRevision.objects.get()
    assert (row.old, row.new, row.reason, row.via) == (casting.YEAR_END, FuzzyDate(date(2023, 10, 31)), "台风", "admin")
    assert OutgoingMail.objects.get().kind == "rescheduled"
    page = desk.text(url(running.roof))
    assert "台风" in page
    assert "within 2023 (counted as December 31)" in page


def test_a_hand_over_needs_a_reason(desk: Desk, running: Cast) -> None:
    answer = desk.save(url(running.roof), accountable=str(running.other.pk))
    assert list(errors(answer)) == ["reason"]
    assert desk.save(url(running.roof), accountable=str(running.other.pk), reason="调岗").status_code == 302
    assert ChangeEntry.objects.last().verb == "milestone.hand_over"  # type: ignore[union-attr]
    assert OutgoingMail.objects.get().recipient == running.other


def test_a_taken_code_is_told_at_its_field(desk: Desk, cast: Cast) -> None:
    assert list(errors(desk.save(url(cast.roof), code="FIN-02"))) == ["code"]


def test_a_workstream_of_another_plan_is_told_at_its_field(desk: Desk, cast: Cast) -> None:
    period = {"year": 2024, "starts_on": date(2024, 1, 1), "ends_on": date(2024, 12, 31)}
    act: Any = {"actor": casting.SYSTEM, "now": casting.NOW}
    elsewhere = plans.create({"code": "p-2024", "title": "2024", **period}, **act)
    stream = plans.create_workstream(elsewhere, {"code": "FIN", "title": "金融"}, **act)
    assert errors(desk.save(url(cast.roof), workstream=str(stream.pk))) == {
        "workstream": ["The workstream belongs to another plan."]
    }


def test_parties_are_added_changed_and_taken_away_in_one_change(desk: Desk, cast: Cast, seen: int) -> None:
    unit = cast.bureau
    row = {"parties-TOTAL_FORMS": "1", "parties-0-role": "responsible", "parties-0-organisation": str(unit.pk)}
    desk.save(url(cast.roof), **row)
    desk.save(url(cast.roof), **{"parties-0-role": "supervisor"})
    assert [p.role for p in Party.objects.all()] == ["supervisor"]
    desk.save(url(cast.roof), **{"parties-0-DELETE": "on"})
    assert not Party.objects.exists()
    assert [verb for verb, _via, _who in entries()[seen:]] == ["milestone.edit"] * 3


def test_a_closed_plans_milestone_is_only_read(desk: Desk, running: Cast) -> None:
    plans.close(running.plan, actor=casting.SYSTEM, now=casting.NOW)
    assert "FIN-01" in desk.text(url(running.roof))
    assert desk.client.post(url(running.roof), {"title": "x"}).status_code == 403


def test_only_a_draft_plans_milestone_can_be_deleted(desk: Desk, cast: Cast) -> None:
    assert "FIN-03" in desk.text(url(cast.rules, "delete"))
    assert desk.client.post(url(cast.rules, "delete"), {"post": "yes"}).status_code == 302
    assert ChangeEntry.objects.last().op == "delete"  # type: ignore[union-attr]
    plans.activate(cast.plan, actor=casting.SYSTEM, now=casting.NOW)
    assert desk.client.post(url(cast.roof, "delete"), {"post": "yes"}).status_code == 403


# The way to completed -----------------------------------------------------------------------------------------------
def test_a_milestone_goes_from_planned_to_completed_by_two_people(desk: Desk, next_desk: Desk, running: Cast) -> None:
    typed = {
        "actual_on": "2023-03-01",
        "actual_precision": "day",
        "statement": "已封顶",
        "evidence": "照片 https://example.org/1",
    }
    assert desk.client.post(url(running.roof, "do/start"), {"version": running.roof.version}).status_code == 302
    assert desk.client.post(url(running.roof, "do/submit"), typed).status_code == 302
    refused = desk.client.post(url(running.roof, "do/verify"), {})
    assert "a second person must" in refused.content.decode()
    assert next_desk.client.post(url(running.roof, "do/verify"), {}).status_code == 302
    running.roof.refresh_from_db()
    assert running.roof.state == "completed"
    assert [(e.title, e.url) for e in Evidence.objects.all()] == [("照片", "https://example.org/1")]


def test_a_submission_without_evidence_is_refused_at_that_field(desk: Desk, running: Cast) -> None:
    answer = desk.client.post(
        url(running.roof, "do/submit"), {"actual_on": "2023-03-01", "actual_precision": "day", "statement": "已封顶"}
    )
    assert list(answer.context["form"].errors) == ["evidence"]
    assert answer.context["form"]["statement"].value() == "已封顶"


def test_a_step_on_an_older_version_is_refused(desk: Desk, next_desk: Desk, running: Cast) -> None:
    next_desk.save(url(running.roof), title="别人的标题")
    answer = desk.client.post(url(running.roof, "do/start"), {"version": running.roof.version})
    assert "changed this at" in answer.content.decode()
    assert Milestone.objects.get(pk=running.roof.pk).state == "planned"


def test_the_form_offers_the_steps_its_state_allows(desk: Desk, running: Cast) -> None:
    offered = [step.verb for step in desk.client.get(url(running.roof)).context["steps"]]
    assert offered == ["start", "submit", "attach", "cancel"]


# The other tables ---------------------------------------------------------------------------------------------------
def test_a_plan_is_created_edited_and_deleted_as_a_draft(desk: Desk, cast: Cast, seen: int) -> None:
    add = "/admin/milestones/plan/add/"
    typed = {"code": "p-2024", "title": "2024", "year": "2024", "starts_on": "2024-01-01", "ends_on": "2024-12-31"}
    assert desk.save(add, **{**typed, "ends_on": "2023-12-31"}).context["adminform"].form.errors
    assert desk.save(add, **typed).status_code == 302
    plan = Plan.objects.get(code="p-2024")
    assert desk.save(url(plan), title="2024年工作要点").status_code == 302
    assert desk.client.post(url(plan, "delete"), {"post": "yes"}).status_code == 302
    assert [verb for verb, _via, _who in entries()[seen:]] == ["plan.create", "plan.edit", "plan.delete"]


def test_activation_shows_what_is_unassigned_and_how_many_mails_come(desk: Desk, cast: Cast) -> None:
    page = url(cast.plan, "do/activate")
    shown = desk.client.get(page)
    assert shown.context["unassigned_count"] == 2
    assert "FIN-02" in shown.content.decode()
    assert desk.client.post(page, {"version": cast.plan.version}).status_code == 302
    assert Plan.objects.get().state == "active"
    assert desk.client.post(url(cast.plan, "do/close"), {"reason": "年终"}).status_code == 302
    assert Plan.objects.get().state == "closed"
    assert ChangeEntry.objects.last().reason == "年终"  # type: ignore[union-attr]


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_activation_counts_the_mails_of_the_next_seven_days(
    desk: Desk, cast: Cast, time_machine: Any, language: str
) -> None:
    """30 working days before the end of 2023 is 17 November; the others have lapsed and have nobody but the office."""
    time_machine.move_to(datetime(2023, 11, 13, 9, tzinfo=casting.NOW.tzinfo), tick=False)
    for milestone in (cast.school, cast.rules):
        operations.delete(milestone, actor=casting.SYSTEM, now=casting.NOW)
    desk.client.cookies["django_language"] = language
    shown = desk.client.get(url(cast.plan, "do/activate")).context
    assert (shown["mail_count"], shown["people_count"], shown["by_day"]) == (1, 1, [(date(2023, 11, 17), 1)])


def test_a_workstream_is_created_and_edited(desk: Desk, cast: Cast, seen: int) -> None:
    desk.save("/admin/milestones/workstream/add/", plan=str(cast.plan.pk), code="TRD", title="贸易", position="2")
    stream = Workstream.objects.get(code="TRD")
    desk.save(url(stream), title="国际贸易")
    assert desk.client.post(url(stream, "delete"), {"post": "yes"}).status_code == 302
    assert [verb for verb, _via, _who in entries()[seen:]] == [
        "workstream.create",
        "workstream.edit",
        "workstream.delete",
    ]


def test_a_workstream_in_use_is_not_deleted_and_the_page_says_why(desk: Desk, cast: Cast) -> None:
    answer = desk.client.post(url(cast.stream, "delete"), {"post": "yes"}, follow=True)
    assert "still holds milestones" in answer.content.decode()


def test_readings_are_added_and_corrected_by_new_rows(desk: Desk, running: Cast, seen: int) -> None:
    row = {"readings-0-as_of": "2023-01-10", "readings-0-value": "18.5", "readings-0-source": "统计局"}
    assert desk.save(url(running.target), **row).status_code == 302
    first = Reading.objects.get()
    again = {**row, "readings-0-value": "18.7", "readings-0-revises": str(first.pk)}
    assert desk.save(url(running.target), **again).status_code == 302
    assert [r.revises_id for r in Reading.objects.order_by("created_at")] == [None, first.pk]
    assert [verb for verb, _via, _who in entries()[seen:]][-2:] == ["target.record", "target.record"]
    assert Target.objects.get().version == running.target.version


def test_a_reading_of_tomorrow_is_refused_on_the_form(desk: Desk, running: Cast) -> None:
    row = {"readings-0-as_of": "2999-01-10", "readings-0-value": "18.5", "readings-0-source": "统计局"}
    answer = desk.save(url(running.target), **row)
    assert errors(answer) == {"__all__": ["2999-01-10: A reading cannot lie in the future."]}
    assert "统计局" in answer.content.decode()


def test_a_range_needs_an_upper_value_at_its_field(desk: Desk, cast: Cast) -> None:
    assert list(errors(desk.save(url(cast.target), bound="range"))) == ["value_max"]


def test_an_organisation_with_open_milestones_is_not_retired(desk: Desk, running: Cast) -> None:
    unit = running.bureau
    data = {k: v for k, v in desk.open(url(unit)).items() if k != "is_active"}
    assert list(errors(desk.send(url(unit), data))) == ["is_active"]
    assert desk.save(url(unit), coordinator=str(running.owner.pk)).status_code == 302
    assert Organisation.objects.get(pk=unit.pk).coordinator == running.owner


def test_a_person_is_created_with_roles_and_invited(desk: Desk, cast: Cast, seen: int) -> None:
    typed = {"display_name": "新人", "email": "New@Example.org", "roles": ["owner", "viewer"]}
    assert desk.save("/admin/milestones/person/add/", **typed).status_code == 302
    someone = Person.objects.get(display_name="新人")
    assert sorted(someone.roles) == ["owner", "viewer"]
    assert not someone.has_usable_password()
    answer = desk.client.post(url(someone, "do/invite"), {})
    mail = OutgoingMail.objects.get()
    assert answer["Location"] == url(mail)
    assert [verb for verb, _via, _who in entries()[seen:]] == ["person.create"]
    desk.save(url(someone), roles=["owner"])
    assert sorted(Person.objects.get(pk=someone.pk).roles) == ["owner"]


def test_a_taken_address_is_told_at_its_field(desk: Desk, cast: Cast) -> None:
    assert list(errors(desk.save(url(cast.owner), email="OTHER@example.org"))) == ["email"]


def test_a_leaver_hands_over_first(desk: Desk, running: Cast) -> None:
    refused = desk.client.post(url(running.owner, "do/deactivate"), {})
    assert "Hand these over first" in refused.content.decode()
    assert desk.client.post(url(running.other, "do/deactivate"), {}).status_code == 302
    assert desk.client.post(url(running.other, "do/reactivate"), {}).status_code == 302
    assert Person.objects.get(pk=running.other.pk).is_active


def test_the_last_account_of_the_office_keeps_its_role(desk: Desk, cast: Cast) -> None:
    people.deactivate(cast.colleague, actor=casting.SYSTEM, now=casting.NOW)
    answer = desk.save(url(cast.office), roles=["viewer"])
    assert "at least one active account" in answer.content.decode()


def test_a_test_mail_shows_the_servers_own_words(desk: Desk, cast: Cast) -> None:
    page = desk.client.post(url(cast.office, "do/test-mail"), {})["Location"]
    assert "This mail is on its way" in desk.text(page)
    OutgoingMail.objects.update(state="failed", server_reply="550 5.7.1 relaying denied")
    assert "550 5.7.1 relaying denied" in desk.text(page)


def test_a_failed_mail_is_sent_again_and_others_are_not(desk: Desk, cast: Cast) -> None:
    mail, reminder = mail_and_reminder(cast)
    assert desk.client.post(url(mail, "do/resend"), {}).status_code == 302
    mail.refresh_from_db()
    reminder.refresh_from_db()
    assert (mail.state, reminder.state) == ("queued", "claimed")
    assert "Only a failed mail" in desk.client.post(url(mail, "do/resend"), {}).content.decode()
    listed = desk.client.post(
        "/admin/milestones/outgoingmail/", {"action": "resend", "_selected_action": [str(mail.pk)]}, follow=True
    )
    assert "Only a failed mail" in listed.content.decode()


def test_a_day_is_declared_changed_and_withdrawn(desk: Desk, cast: Cast, seen: int) -> None:
    desk.save("/admin/milestones/dayoverride/add/", day="2023-05-04", note="青年节")
    override = DayOverride.objects.get()
    assert not override.is_working
    desk.save(url(override), is_working="on")
    assert DayOverride.objects.get().is_working
    assert list(errors(desk.save("/admin/milestones/dayoverride/add/", day="2023-05-04", note="再来"))) == ["day"]
    desk.client.post(url(override, "delete"), {"post": "yes"})
    assert not DayOverride.objects.exists()
    assert [verb for verb, _via, _who in entries()[seen:]] == ["calendar.declare"] * 2 + ["calendar.withdraw"]


def test_an_edited_step_is_a_new_version_from_tomorrow(desk: Desk, cast: Cast, seen: int) -> None:
    policy = ReminderPolicy.objects.get()
    data = desk.open(url(policy))
    row = next(name.removesuffix("-code") for name, value in data.items() if value == "before-3")
    assert desk.send(url(policy), data, **{f"{row}-offset": "5"}).status_code == 302
    old, new = StepVersion.objects.filter(step__code="before-3").order_by("number")
    assert (old.offset, new.offset, old.effective_until) == (3, 5, new.effective_from)
    assert [verb for verb, _via, _who in entries()[seen:]] == ["policy.edit_steps"]
    assert "5 working days before the deadline" in desk.text(url(policy))


def test_a_step_that_makes_no_sense_is_refused_on_the_form(desk: Desk, cast: Cast) -> None:
    policy = ReminderPolicy.objects.get()
    data = desk.open(url(policy))
    row = next(name.removesuffix("-code") for name, value in data.items() if value == "before-3")
    answer = desk.send(url(policy), data, **{f"{row}-repeats": "on"})
    wrong = next(row for row in steps(answer) if row["code"].value() == "before-3")
    assert list(wrong.errors) == ["repeats"]
    assert "Only a step with one of these anchors repeats" in str(wrong.errors)
    assert "Step “before-3”, repeats:" in str(errors(answer)["__all__"])


def steps(answer: Any) -> list[Any]:
    return list(answer.context["inline_admin_formsets"][0].formset.forms)


def test_a_policy_is_created_with_its_steps_and_renamed(desk: Desk, cast: Cast) -> None:
    step = {"steps-TOTAL_FORMS": "1", "steps-0-code": "before-2", "steps-0-anchor": "before_due", "steps-0-offset": "2",
            "steps-0-unit": "working", "steps-0-audience": ["owner"], "steps-0-channels": ["mail"]}  # fmt: skip
    assert desk.save("/admin/milestones/reminderpolicy/add/", code="calm", name="少提醒", **step).status_code == 302
    policy = ReminderPolicy.objects.get(code="calm")
    assert policy.steps.get().versions.get().offset == 2
    assert desk.save(url(policy), name="安静").status_code == 302
    assert ReminderPolicy.objects.get(code="calm").name == "安静"
