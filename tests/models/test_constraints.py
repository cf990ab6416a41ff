"""Does each named constraint refuse the write it is there for, on both databases?"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, models, transaction

from milestones.models import (
    ApiClient,
    CalendarFeed,
    ClientHour,
    Comment,
    CommentMention,
    DateRevision,
    DayOverride,
    Delegation,
    Dependency,
    Evidence,
    Extension,
    ExternalRef,
    FeedEpoch,
    GuardRefusal,
    HealthOverride,
    Heartbeat,
    HistorySeal,
    IdempotencyRecord,
    ImportBatch,
    ImportRow,
    Incident,
    IntakeText,
    Job,
    LinkUse,
    MailGate,
    MailWindow,
    Milestone,
    Notice,
    Organisation,
    OutgoingMail,
    Party,
    Person,
    Plan,
    Reading,
    Reminder,
    ReminderPolicy,
    ReminderStep,
    ReportDraft,
    RoleGrant,
    SavedView,
    SecondFactorDemand,
    SignIn,
    StatusReport,
    StepVersion,
    SyncLink,
    SyncPair,
    SyncTrouble,
    Target,
    Watch,
    WebhookAttempt,
    WebhookDelivery,
    WebhookEndpoint,
    Workstream,
)
from milestones.models.changes import ChangeEntry
from tests.cast import NOW, Cast

pytestmark = pytest.mark.django_db

FRIDAY = date(2023, 11, 17)


@dataclass(frozen=True)
class Bad:
    """A write that only the constraint `name` stands in the way of."""

    name: str
    write: Callable[[Cast], object]


def on(model: type[models.Model], **values: Any) -> Callable[[Cast], object]:
    """Give every row of `model` these values."""
    return lambda cast: model._default_manager.update(**values)


def add(model: type[models.Model], *rows: Callable[[Cast], dict[str, Any]]) -> Callable[[Cast], object]:
    """Insert rows, past the verbs."""

    def write(cast: Cast) -> None:
        for row in rows:
            model(**row(cast)).save(force_insert=True)

    return write


def stamped(**values: Any) -> dict[str, Any]:
    return {"created_at": NOW, "updated_at": NOW, **values}


def mail(c: Cast, **values: Any) -> dict[str, Any]:
    told = {"recipient": c.owner, "to": c.owner.email, "language": "en", "day": FRIDAY, "subject": "s", "text": "t"}
    return {"kind": "digest", **told, "html": "h", "due_at": NOW, "created_at": NOW, **values}


def post(c: Cast, **values: Any) -> dict[str, Any]:
    told = {"kind": "post", "channel": "webhook", "organisation": c.bureau, "recipient": None, "to": ""}
    return mail(c, **{**told, **values})


def spend_twice(c: Cast) -> None:
    sent = OutgoingMail.objects.create(**mail(c))
    for _ in range(2):
        LinkUse.objects.create(mail=sent, action="sign", subject=c.roof.pk, used_at=NOW)


def reminder(c: Cast, **values: Any) -> dict[str, Any]:
    version = StepVersion.objects.filter(step__code="before-7").get()
    key = {"milestone": c.roof, "recipient": c.owner, "step_id": version.step_id, "step_version": version}
    return {**key, "due_version": 1, "day": FRIDAY, "planned_at": NOW, "updated_at": NOW, **values}


def revision(c: Cast, **values: Any) -> dict[str, Any]:
    return {"milestone": c.roof, "which": "due", "reason": "r", "actor_label": "a", "via": "web", "at": NOW, **values}


def entry(c: Cast, **values: Any) -> dict[str, Any]:
    what = {"entity": "plan", "object_id": c.plan.pk, "op": "update", "version": 9, "verb": "x", "actor_label": "a"}
    return {**what, "via": "web", "at": NOW, **values}


def step_version(c: Cast, **values: Any) -> dict[str, Any]:
    step = ReminderStep.objects.get(code="before-7")
    return {"step": step, "number": 2, "effective_from": FRIDAY, "anchor": "before_due", "offset": 7, **values}


def party(c: Cast, **values: Any) -> dict[str, Any]:
    return {"milestone": c.roof, "role": "supporting", "organisation": c.harbour, **values}


def of_roof(c: Cast, **values: Any) -> dict[str, Any]:
    return stamped(milestone=c.roof, **values)


def report(c: Cast, **values: Any) -> dict[str, Any]:
    """One that is submitted and decided, whatever its state."""
    return of_roof(c, as_of=FRIDAY, progress=50, author=c.owner, submitted_at=NOW, decided_at=NOW, **values)


def extension(c: Cast, **values: Any) -> dict[str, Any]:
    dates = {"due_on": FRIDAY, "due_precision": "day", "old_on": FRIDAY, "old_precision": "day", "decide_by": FRIDAY}
    return of_roof(c, **{**dates, "reason": "r", "requested_at": NOW, "requested_by": c.owner, **values})


def evidence(c: Cast, **values: Any) -> dict[str, Any]:
    return of_roof(c, **{"title": "t", "url": "https://example.org/", **values})


def notice(c: Cast, **values: Any) -> dict[str, Any]:
    told = {"year": 2023, "number": 1, "level": "blue", "organisation": c.bureau, "matter": "m"}
    return of_roof(c, **{**told, "issued_on": FRIDAY, "respond_by": FRIDAY, **values})


def comment(c: Cast, **values: Any) -> dict[str, Any]:
    return of_roof(c, **{"text": "t", "author": c.owner, **values})


def mention_twice(c: Cast) -> None:
    said = Comment.objects.create(**comment(c))
    for _ in range(2):
        CommentMention.objects.create(comment=said, person=c.other)


def dependency(c: Cast, **values: Any) -> dict[str, Any]:
    return stamped(**{"predecessor": c.school, "successor": c.roof, **values})


def delegation(c: Cast, **values: Any) -> dict[str, Any]:
    return stamped(**{"person": c.owner, "deputy": c.other, "starts_on": FRIDAY, "ends_on": FRIDAY, **values})


def override(c: Cast, **values: Any) -> dict[str, Any]:
    return of_roof(c, **{"health": "green", "reason": "r", "until": FRIDAY, **values})


def client_hour_twice(c: Cast) -> None:
    client = ApiClient.objects.create(**stamped(name="erp"))
    for _ in range(2):
        ClientHour.objects.create(client=client, hour=NOW, status=429)


def deliver(**values: Any) -> Callable[[Cast], object]:
    """Two of the same endpoint with these values."""

    def write(c: Cast) -> None:
        endpoint = WebhookEndpoint.objects.create(**stamped(url="https://example.org/", secret="s"))
        for _ in range(2):
            WebhookDelivery.objects.create(**{"endpoint": endpoint, "type": "ping", "created_at": NOW, **values})

    return write


def attempt_twice(c: Cast) -> None:
    endpoint = WebhookEndpoint.objects.create(**stamped(url="https://example.org/", secret="s"))
    delivery = WebhookDelivery.objects.create(endpoint=endpoint, type="ping", created_at=NOW)
    for _ in range(2):
        WebhookAttempt.objects.create(delivery=delivery, number=1, at=NOW, milliseconds=3)


def pair(c: Cast, **values: Any) -> dict[str, Any]:
    ids = {"local_id": uuid.uuid4(), "remote_id": uuid.uuid4()}
    return {"remote": "https://example.org", "entity": "plan", **ids, **values}


def view(c: Cast, name: str) -> dict[str, Any]:
    return {"person": c.owner, "page": "ledger", "name": name, "created_at": NOW}


def drafted(c: Cast, **values: Any) -> dict[str, Any]:
    return {"milestone": c.roof, "person": c.owner, "updated_at": NOW, **values}


def imported(c: Cast, **values: Any) -> dict[str, Any]:
    batch = ImportBatch.objects.create(size=1, created_at=NOW)
    return {"batch": batch, "number": 2, "status": "new", **values}


def text_read(c: Cast) -> dict[str, Any]:
    return {"plan": c.plan, "name": "points", "sha256": "0" * 64, "text": "…", "year": 2023, "created_at": NOW}


def trouble_twice(c: Cast) -> None:
    link = SyncLink.objects.create(remote="https://example.org", direction="pull")
    for _ in range(2):
        SyncTrouble.objects.create(link=link, entity="plan", source_id=c.plan.pk, code="conflict")


def refusal(**values: Any) -> dict[str, Any]:
    return {"at": NOW, "actor_label": "a", "via": "web", "field": "title", "rule": "word", "sha256": "0" * 64, **values}


def seal(**values: Any) -> dict[str, Any]:
    return {"first_seq": 5, "last_seq": 6, "digest": "0" * 64, "at": NOW, **values}


def twice(row: Callable[[Cast], dict[str, Any]]) -> tuple[Callable[[Cast], dict[str, Any]], ...]:
    return row, row


def submitted(**values: Any) -> dict[str, Any]:
    """The columns of a submission, all there."""
    return {"state": "submitted", "actual_on": FRIDAY, "actual_precision": "day", "statement": "s",
            "submitted_at": NOW, **values}  # fmt: skip


BAD = [
    Bad("change_op_known", add(ChangeEntry, lambda c: entry(c, op="other"))),
    Bad("change_via_known", add(ChangeEntry, lambda c: entry(c, via="other"))),
    Bad("comment_has_a_text", add(Comment, lambda c: comment(c, text=""))),
    Bad("comment_withdrawn_with_a_reason", add(Comment, lambda c: comment(c, withdrawn_at=NOW))),
    Bad("date_revision_has_a_reason", add(DateRevision, lambda c: revision(c, reason=""))),
    Bad("date_revision_which_known", add(DateRevision, lambda c: revision(c, which="baseline"))),
    Bad("day_override_once", add(DayOverride, *twice(lambda c: stamped(day=FRIDAY, is_working=True, note="n")))),
    Bad("delegation_ends_after_start", add(Delegation, lambda c: delegation(c, ends_on=date(2023, 11, 16)))),
    Bad("delegation_to_another", add(Delegation, lambda c: delegation(c, deputy=c.owner))),
    Bad("dependency_lag_in_bounds", add(Dependency, lambda c: dependency(c, lag=-401))),
    Bad("dependency_on_another", add(Dependency, lambda c: dependency(c, predecessor=c.roof))),
    Bad("dependency_once", add(Dependency, *twice(dependency))),
    Bad("evidence_link_or_file", add(Evidence, lambda c: evidence(c, size=3, sha256="0" * 64, file_name="f"))),
    Bad("evidence_refused_with_a_reason", add(Evidence, lambda c: evidence(c, state="rejected"))),
    Bad("evidence_state_known", add(Evidence, lambda c: evidence(c, state="other"))),
    Bad("extension_decided_at_an_instant", add(Extension, lambda c: extension(c, state="approved"))),
    Bad("extension_decider_is_another",
        add(Extension, lambda c: extension(c, state="approved", decided_at=NOW, decided_by=c.owner))),
    Bad("extension_due_period_end", add(Extension, lambda c: extension(c, due_precision="month"))),
    Bad("extension_has_a_reason", add(Extension, lambda c: extension(c, reason=""))),
    Bad("extension_one_open_a_milestone", add(Extension, *twice(extension))),
    Bad("extension_progress_in_per_cent", add(Extension, lambda c: extension(c, progress=101))),
    Bad("extension_state_known", add(Extension, lambda c: extension(c, state="other", decided_at=NOW))),
    Bad("external_ref_unique", add(ExternalRef, *twice(lambda c: {"system": "s", "entity": "milestone",
                                                                  "external_id": "1", "object_id": c.roof.pk}))),
    Bad("feed_one_a_plan", add(CalendarFeed, *twice(lambda c: stamped(person=c.owner, plan=c.plan)))),
    Bad("feed_one_own", add(CalendarFeed, *twice(lambda c: stamped(person=c.owner)))),
    Bad("incident_closed_at_an_instant", add(Incident, lambda c: {"opened_at": NOW, "is_open": False})),
    Bad("incident_one_open", add(Incident, *twice(lambda c: {"opened_at": NOW}))),
    Bad("link_used_once", spend_twice),
    Bad("mail_asked_once_a_day", add(OutgoingMail, *twice(lambda c: mail(c, kind="report_due")))),
    Bad("mail_digest_has_a_day", add(OutgoingMail, lambda c: mail(c, day=None))),
    Bad("mail_gate_is_the_one", add(MailGate, lambda c: stamped(only=False))),
    Bad("mail_gate_only_one", add(MailGate, *twice(lambda c: stamped()))),
    Bad("mail_gate_per_domain_positive", add(MailGate, lambda c: stamped(per_domain=0))),
    Bad("mail_gate_per_minute_positive", add(MailGate, lambda c: stamped(per_minute=0))),
    Bad("mail_kind_known", add(OutgoingMail, lambda c: mail(c, kind="other"))),
    Bad("mail_one_digest_a_day", add(OutgoingMail, *twice(mail))),
    Bad("mail_one_post_a_day", add(OutgoingMail, *twice(post))),
    Bad("mail_post_to_an_organisation", add(OutgoingMail, lambda c: post(c, organisation=None))),
    Bad("mail_state_known", add(OutgoingMail, lambda c: mail(c, state="other"))),
    Bad("mail_window_once", add(MailWindow, *twice(lambda c: {"domain": "example.org", "minute": NOW}))),
    Bad("mention_once", mention_twice),
    Bad("milestone_actual_period_end", on(Milestone, actual_on=FRIDAY, actual_precision="month")),
    Bad("milestone_baseline_period_end", on(Milestone, baseline_on=FRIDAY, baseline_precision="month")),
    Bad("milestone_code_unique_in_plan", on(Milestone, code="FIN-01")),
    Bad("milestone_completed_is_verified", on(Milestone, **submitted(state="completed"))),
    Bad("milestone_due_period_end", on(Milestone, due_on=FRIDAY, due_precision="month")),
    Bad("milestone_forecast_period_end", on(Milestone, forecast_on=FRIDAY, forecast_precision="month")),
    Bad("milestone_health_known", on(Milestone, health="purple")),
    Bad("milestone_kind_known", on(Milestone, kind="bridge")),
    Bad("milestone_not_carried_from_itself", on(Milestone, carried_from=models.F("id"))),
    Bad("milestone_not_own_parent", on(Milestone, parent=models.F("id"))),
    Bad("milestone_source_span_ordered", on(Milestone, source_start=5, source_end=5)),
    Bad("milestone_state_known", on(Milestone, state="late")),
    Bad("milestone_submitted_with_statement", on(Milestone, **submitted(statement=""))),
    Bad("milestone_verifier_is_another",
        lambda c: Milestone.objects.update(**submitted(submitted_by=c.office, verified_by=c.office))),
    Bad("milestone_verifying_client_is_another", on(Milestone, submitted_client="oa", verified_client="oa")),
    Bad("milestone_weight_positive", on(Milestone, weight=0)),
    Bad("notice_answer_after_issue", add(Notice, lambda c: notice(c, respond_by=date(2023, 11, 16)))),
    Bad("notice_cancelled_with_a_reason", add(Notice, lambda c: notice(c, state="cancelled", cancelled_at=NOW))),
    Bad("notice_has_a_matter", add(Notice, lambda c: notice(c, matter=""))),
    Bad("notice_level_known", add(Notice, lambda c: notice(c, level="green"))),
    Bad("notice_number_unique_in_year", add(Notice, *twice(notice))),
    Bad("notice_replied_with_words",
        add(Notice, lambda c: notice(c, state="replied", signed_at=NOW, replied_at=NOW))),
    Bad("notice_signed_at_an_instant", add(Notice, lambda c: notice(c, state="signed"))),
    Bad("notice_state_known", add(Notice, lambda c: notice(c, state="other"))),
    Bad("organisation_code_unique", on(Organisation, code="FTB")),
    Bad("organisation_kind_known", on(Organisation, kind="club")),
    Bad("organisation_not_own_parent", on(Organisation, parent=models.F("id"))),
    Bad("override_has_a_reason", add(HealthOverride, lambda c: override(c, reason=""))),
    Bad("override_health_known", add(HealthOverride, lambda c: override(c, health="done"))),
    Bad("party_organisation_once", add(Party, *twice(party))),
    Bad("party_person_once", add(Party, *twice(lambda c: party(c, person=c.other)))),
    Bad("party_role_known", add(Party, lambda c: party(c, role="guest"))),
    Bad("person_anonymised_is_inactive", on(Person, anonymised_at=NOW)),
    Bad("person_digest_frequency_known", on(Person, digest_frequency="hourly")),
    Bad("person_email_unique", lambda c: Person.objects.filter(pk=c.owner.pk).update(email="OFFICE@example.org")),
    Bad("person_language_known", on(Person, language="fr")),
    Bad("person_send_hour_on_the_clock", on(Person, send_hour=24)),
    Bad("plan_cadence_in_bounds", on(Plan, report_day=29)),
    Bad("plan_cadence_known", on(Plan, report_cadence="daily")),
    Bad("plan_code_unique", add(Plan, lambda c: stamped(code=c.plan.code, title="t", year=2023, starts_on=FRIDAY,
                                                        ends_on=FRIDAY))),
    Bad("plan_draft_was_never_active", on(Plan, activated_at=NOW)),
    Bad("plan_ends_after_it_starts", on(Plan, ends_on=date(2022, 12, 31))),
    Bad("plan_state_known", on(Plan, state="paused")),
    Bad("policy_code_unique", add(ReminderPolicy, lambda c: stamped(code="default", name="n"))),
    Bad("policy_one_default", add(ReminderPolicy, lambda c: stamped(code="other", name="n", is_default=True))),
    Bad("reading_has_a_source",
        add(Reading, lambda c: stamped(target=c.target, as_of=FRIDAY, value=1, source="", recorded_by="r"))),
    Bad("refusal_has_a_hash", add(GuardRefusal, lambda c: refusal(sha256=""))),
    Bad("refusal_via_known", add(GuardRefusal, lambda c: refusal(via="fax"))),
    Bad("reminder_claimed_by_a_mail", add(Reminder, lambda c: reminder(c, state="sent"))),
    Bad("reminder_once", add(Reminder, *twice(reminder))),
    Bad("reminder_state_known", add(Reminder, lambda c: reminder(c, state="lost"))),
    Bad("reminder_suppressed_with_a_reason", add(Reminder, lambda c: reminder(c, state="suppressed"))),
    Bad("report_decided_at_an_instant",
        add(StatusReport, lambda c: {**report(c, state="accepted"), "decided_at": None})),
    Bad("report_forecast_period_end", add(StatusReport, lambda c: report(c, forecast_on=FRIDAY))),
    Bad("report_one_draft_an_author", add(StatusReport, *twice(report))),
    Bad("report_progress_in_per_cent", add(StatusReport, lambda c: {**report(c), "progress": 101})),
    Bad("report_returned_with_a_note", add(StatusReport, lambda c: report(c, state="returned"))),
    Bad("report_state_known", add(StatusReport, lambda c: report(c, state="other"))),
    Bad("report_submitted_at_an_instant",
        add(StatusReport, lambda c: {**report(c, state="submitted"), "submitted_at": None})),
    Bad("role_grant_known", on(RoleGrant, role="king")),
    Bad("role_grant_once", add(RoleGrant, lambda c: {"person": c.office, "role": "office", "granted_at": NOW})),
    Bad("seal_ends_after_it_begins", add(HistorySeal, lambda c: seal(last_seq=4))),
    Bad("step_code_unique_in_policy",
        add(ReminderStep, lambda c: {"policy": ReminderPolicy.objects.get(), "code": "before-7"})),
    Bad("step_version_anchor_known", add(StepVersion, lambda c: step_version(c, anchor="moon"))),
    Bad("step_version_level_known", add(StepVersion, lambda c: step_version(c, level="green"))),
    Bad("step_version_most_of_repeats", add(StepVersion, lambda c: step_version(c, most=3))),
    Bad("step_version_notice_about_a_deadline",
        add(StepVersion, lambda c: step_version(c, anchor="report_due", level="blue"))),
    Bad("step_version_number_unique", add(StepVersion, lambda c: step_version(c, number=1))),
    Bad("step_version_offset_fits_anchor", add(StepVersion, lambda c: step_version(c, offset=0))),
    Bad("step_version_period_ordered", add(StepVersion, lambda c: step_version(c, effective_until=date(2023, 1, 1)))),
    Bad("step_version_unit_known", add(StepVersion, lambda c: step_version(c, unit="lunar"))),
    Bad("step_version_what_repeats", add(StepVersion, lambda c: step_version(c, repeats=True))),
    Bad("target_bound_known", on(Target, bound="near")),
    Bad("target_code_unique_in_plan",
        add(Target, lambda c: stamped(plan=c.plan, code="T1", name="n", unit="%", measure="stock", value=1))),
    Bad("target_measure_known", on(Target, measure="feeling")),
    Bad("target_source_span_ordered", on(Target, source_start=5, source_end=4)),
    Bad("target_upper_value_only_for_a_range", on(Target, value_max=Decimal(30))),
    Bad("watch_once", add(Watch, *twice(lambda c: of_roof(c, person=c.other)))),
    Bad("client_hour_once", client_hour_twice),
    Bad("client_interval_positive", add(ApiClient, lambda c: stamped(name="erp", expected_every=0))),
    Bad("feed_epoch_is_the_one", add(FeedEpoch, lambda c: {"only": False})),
    Bad("idempotency_key_once",
        add(IdempotencyRecord, *twice(lambda c: {"owner": "o", "key": "k", "status": 201, "created_at": NOW}))),
    Bad("import_row_outcome_known", add(ImportRow, lambda c: imported(c, outcome="lost"))),
    Bad("import_row_status_known", add(ImportRow, lambda c: imported(c, status="lost"))),
    Bad("import_state_known", add(ImportBatch, lambda c: {"size": 1, "created_at": NOW, "state": "lost"})),
    Bad("intake_text_once", add(IntakeText, *twice(text_read))),
    Bad("job_state_known", add(Job, lambda c: {"kind": "k", "person": c.owner, "state": "lost", "created_at": NOW})),
    Bad("report_draft_forecast_period_end",
        add(ReportDraft, lambda c: drafted(c, forecast_on=date(2023, 6, 15), forecast_precision="month"))),
    Bad("report_draft_one_a_person", add(ReportDraft, *twice(drafted))),
    Bad("report_draft_progress_in_per_cent", add(ReportDraft, lambda c: drafted(c, progress=101))),
    Bad("saved_view_has_a_name", add(SavedView, lambda c: view(c, ""))),
    Bad("saved_view_name_once", add(SavedView, *twice(lambda c: view(c, "late")))),
    Bad("sign_in_happening_known", add(SignIn, lambda c: {"at": NOW, "happening": "vanished"})),
    Bad("second_factor_once", add(SecondFactorDemand, *twice(lambda c: stamped(role="office")))),
    Bad("second_factor_role_known", add(SecondFactorDemand, lambda c: stamped(role="guest"))),
    Bad("sync_direction_known", add(SyncLink, lambda c: {"remote": "https://example.org", "direction": "both"})),
    Bad("sync_link_once", add(SyncLink, *twice(lambda c: {"remote": "https://example.org", "direction": "pull"}))),
    Bad("sync_pair_once_here", add(SyncPair, *twice(lambda c: pair(c, local_id=c.plan.pk)))),
    Bad("sync_pair_once_there", add(SyncPair, *twice(lambda c: pair(c, remote_id=c.plan.pk)))),
    Bad("sync_trouble_once", trouble_twice),
    Bad("webhook_attempt_once", attempt_twice),
    Bad("webhook_delivery_once", deliver(seq=7)),
    Bad("webhook_delivery_state_known", deliver(state="lost")),
    Bad("workstream_code_unique_in_plan", add(Workstream, lambda c: stamped(plan=c.plan, code="FIN", title="t"))),
]  # fmt: skip
# Two that know the codes of one column refuse an unknown one together; either may be the one that speaks.
TOGETHER = {
    "reminder_state_known": "reminder_suppressed_with_a_reason",
    "plan_state_known": "plan_draft_was_never_active",
}


def declared() -> dict[str, models.BaseConstraint]:
    ours = apps.get_app_config("milestones").get_models()
    return {c.name: c for model in ours for c in model._meta.constraints}


def test_every_named_constraint_has_a_row_in_this_table() -> None:
    assert sorted(bad.name for bad in BAD) == sorted(declared())
    assert not Heartbeat._meta.constraints


@pytest.mark.parametrize("bad", BAD, ids=[bad.name for bad in BAD])
def test_the_write_is_refused_by_name(cast: Cast, bad: Bad) -> None:
    with pytest.raises(IntegrityError, match=_said(bad.name)), transaction.atomic():
        bad.write(cast)


def test_a_range_needs_its_upper_value_and_it_is_not_below(cast: Cast) -> None:
    for values in ({"value_max": None}, {"value_max": Decimal(19)}):
        with pytest.raises(IntegrityError, match="target_upper_value_only_for_a_range"), transaction.atomic():
            Target.objects.update(bound="range", **values)
    Target.objects.update(bound="range", value_max=Decimal(20))


@pytest.mark.parametrize("model", [Milestone, Target])
def test_a_place_in_the_source_is_whole_or_not_given(cast: Cast, model: type[models.Model]) -> None:
    name = f"{model._meta.model_name}_source_span_ordered"
    for values in ({"source_start": 3}, {"source_end": 3}):
        with pytest.raises(IntegrityError, match=name), transaction.atomic():
            model._default_manager.update(**values)
    model._default_manager.update(source_start=3, source_end=4)


def test_both_columns_of_an_optional_date_or_neither(cast: Cast) -> None:
    for values in ({"forecast_on": FRIDAY}, {"forecast_precision": "day"}):
        with pytest.raises(IntegrityError, match="milestone_forecast_period_end"), transaction.atomic():
            Milestone.objects.update(**values)


@pytest.mark.parametrize("anchor", ["before_due", "on_due", "pace_check", "behind_pace"])
def test_what_does_not_repeat_repeats_on_no_database(cast: Cast, anchor: str) -> None:
    said = step_version(cast, anchor=anchor, offset=0 if anchor == "on_due" else 3, repeats=True)
    with pytest.raises(IntegrityError, match="step_version_what_repeats"), transaction.atomic():
        StepVersion.objects.create(**said)


@pytest.mark.parametrize("anchor", ["after_due", "report_due", "decision_due", "reading_due"])
def test_what_repeats_needs_days_in_between(cast: Cast, anchor: str) -> None:
    with pytest.raises(IntegrityError, match=r"step_version_(what_repeats|offset_fits)"), transaction.atomic():
        StepVersion.objects.create(**step_version(cast, anchor=anchor, offset=0, repeats=True))
    StepVersion.objects.create(**step_version(cast, anchor=anchor, offset=1, repeats=True, most=1))


def test_an_urgent_post_may_follow_the_post_of_a_day(cast: Cast) -> None:
    for row in (post(cast), post(cast, milestone=cast.roof), post(cast, milestone=cast.roof)):
        OutgoingMail(**row).save(force_insert=True)


def test_a_feed_that_was_revoked_makes_room(cast: Cast) -> None:
    for revoked_at in (NOW, NOW, None):
        CalendarFeed.objects.create(**stamped(person=cast.owner, plan=cast.plan, revoked_at=revoked_at))


def test_one_organisation_may_be_a_party_with_and_without_a_person(cast: Cast) -> None:
    for row in (party(cast), party(cast, person=cast.other), party(cast, person=cast.stranger)):
        Party(**row).save(force_insert=True)


def _said(name: str) -> str:
    """What the database says: the name; SQLite names the columns where a plain unique constraint is broken."""
    if connection.vendor == "sqlite" and isinstance(declared()[name], models.UniqueConstraint):
        return "UNIQUE constraint failed"
    return f"{name}|{TOGETHER.get(name, name)}"
