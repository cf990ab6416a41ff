"""Late in a year: does the demonstration show every state of everything, and is it true to the rules?"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.apps import apps
from django.conf import settings
from django.db import models, transaction
from pytest_django import DjangoDbBlocker

from milestones.changes import verifying
from milestones.demo import build as demo
from milestones.demo.stage import EXAMPLE
from milestones.evidence import store
from milestones.models import (
    Comment,
    Delegation,
    Dependency,
    Evidence,
    EvidenceState,
    Extension,
    ExtensionState,
    Health,
    HealthOverride,
    Milestone,
    Notice,
    Plan,
    Reading,
    ReportDraft,
    ReportState,
    State,
    StatusReport,
    Watch,
)
from milestones.planning import assessing
from milestones.targets import queries
from milestones.workdays import Calendar, Precision

pytestmark = [pytest.mark.django_db, pytest.mark.one_database("a story of verbs that are tested on both")]
TODAY = date(2026, 12, 10)
NOW = datetime(2026, 12, 10, 16, 50, tzinfo=ZoneInfo("Asia/Shanghai"))
MEANT_FOR_LATER = {"nextlook", "nextassessment"}


@pytest.fixture(scope="module", autouse=True)
def _loaded(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Once for all of these tests; it takes seconds."""
    with django_db_blocker.unblock(), transaction.atomic():
        demo.build(now=NOW)
        yield
        transaction.set_rollback(True)


@pytest.fixture
def plan() -> Plan:
    return Plan.objects.get(state="active")


def states(model: type[models.Model], plan: Plan) -> set[str]:
    return set(model._default_manager.filter(milestone__plan=plan).values_list("state", flat=True))


class TestEveryState:
    def test_of_milestones_and_their_health(self, plan: Plan) -> None:
        assert set(plan.milestones.values_list("state", flat=True)) == set(State.values)
        assert set(plan.milestones.values_list("health", flat=True)) == {*Health.values, None}

    def test_of_reports_requests_and_evidence(self, plan: Plan) -> None:
        assert states(StatusReport, plan) == set(ReportState.values) - {ReportState.DRAFT}
        assert ReportDraft.objects.filter(milestone__plan=plan).exists()  # somebody began to write one
        assert states(Extension, plan) == set(ExtensionState.values)
        assert states(Evidence, plan) == set(EvidenceState.values)

    def test_of_notices(self, plan: Plan) -> None:
        shown = set(Notice.objects.filter(milestone__plan=plan).values_list("level", "state"))
        assert {("blue", "replied"), ("yellow", "signed"), ("red", "issued"), ("blue", "cancelled")} <= shown

    def test_of_targets(self, plan: Plan) -> None:
        found = queries.paces_at(plan.targets.select_related("plan"), NOW)
        assert {pace.health for pace in found.values()} == {"green", "yellow", "red"}
        closed = Plan.objects.get(state="closed")
        ended = queries.paces(closed.targets.select_related("plan"), date(2024, 1, 12))
        assert {pace.health for pace in ended.values()} == {"done", "red"}


class TestWhatIsShown:
    def test_a_late_request_and_one_in_time_wait_for_the_leader_and_are_answered_soon(self, plan: Plan) -> None:
        waiting = Extension.objects.open().filter(milestone__plan=plan)
        assert sorted(waiting.values_list("late", flat=True)) == [False, True]
        assert all(0 <= Calendar().count(TODAY, request.decide_by) <= 3 for request in waiting)

    def test_an_approved_request_moved_the_date_and_not_the_first_promise(self, plan: Plan) -> None:
        for request in Extension.objects.filter(milestone__plan=plan, state="approved").select_related("milestone"):
            assert request.milestone.due == request.due
            assert str(request.milestone.baseline) == "2026"
            assert request.decided_by != request.requested_by

    def test_files_lie_in_the_store_and_say_what_they_are(self, plan: Plan) -> None:
        found = {e.media_type: e for e in Evidence.objects.filter(milestone__plan=plan).exclude(sha256="")}
        assert set(found) == {"image/png", "application/pdf"}
        assert store.path(found["application/pdf"].sha256).read_bytes().startswith(b"%PDF")
        assert store.preview(found["image/png"].sha256).exists()
        assert all("演示" in piece.file_name for piece in found.values())
        assert str(store.path("00")).startswith(str(settings.EVIDENCE_DIR))

    def test_people_talk_watch_and_stand_in_for_each_other(self, plan: Plan) -> None:
        comments = Comment.objects.filter(milestone__plan=plan)
        assert comments.filter(mentions__isnull=False).exists()
        assert comments.filter(withdrawn_at__isnull=False).exists()
        watchers = Watch.objects.filter(milestone__plan=plan).values_list("person__email", flat=True)
        assert {"leader", "office"} <= {email.partition("@")[0] for email in watchers}
        assert Delegation.objects.running(TODAY).count() == 1

    def test_one_thing_waits_for_another_and_a_leader_sees_one_otherwise(self, plan: Plan) -> None:
        tied = Dependency.objects.filter(successor__plan=plan)
        assert set(tied.values_list("predecessor__code", "successor__code", "lag")) == {
            ("TRD-03", "TRD-04", 20),
            ("FIN-01", "FIN-04", 10),
            ("YSB-04", "YSB-05", 5),
        }
        reasons = dict(plan.milestones.exclude(health_reason=None).values_list("code", "health_reason__code"))
        assert reasons["YSB-05"] == "predecessor_red"
        assert reasons["YSB-03"] == "override"
        assert HealthOverride.objects.in_force(TODAY).get().milestone.code == "YSB-03"

    def test_a_late_completion_is_made_up_and_one_figure_was_revised(self, plan: Plan) -> None:
        late = plan.milestones.get(health="made_up")
        assert late.actual is not None
        assert late.actual.effective_day > late.due.effective_day
        assert Reading.objects.filter(target__plan=plan, revises__isnull=False).get().target.code == "FIN-T2"


class TestTruth:
    def test_a_second_person_acted_where_one_must(self) -> None:
        for done in Milestone.objects.filter(state="completed"):
            assert done.verified_by_id != done.submitted_by_id
        for report in StatusReport.objects.filter(state="accepted"):
            assert report.decided_by_id not in (None, report.author_id)

    def test_every_text_says_that_it_is_an_example(self) -> None:
        texts: list[tuple[type[models.Model], str]] = [
            (StatusReport, "done"), (StatusReport, "obstacles"), (StatusReport, "note"), (Extension, "reason"),
            (Extension, "note"), (Notice, "matter"), (Notice, "reply"), (Notice, "reason"), (Evidence, "title"),
            (Evidence, "reason"), (Comment, "text"), (HealthOverride, "reason"), (Milestone, "statement"),
        ]  # fmt: skip
        for model, name in texts:
            said = {text for text in model._default_manager.values_list(name, flat=True) if text}
            assert said, (model, name)
            assert all(text.startswith("【演示】") or text == EXAMPLE for text in said), (model, name)

    def test_nothing_lies_in_the_future(self) -> None:
        for model in apps.get_app_config("milestones").get_models():
            if model._meta.model_name in MEANT_FOR_LATER:
                continue
            for name in (field.name for field in model._meta.concrete_fields if _is_an_instant(field)):
                assert not model._default_manager.filter(**{f"{name}__gt": NOW}).exists(), (model, name)
        assert not StatusReport.objects.filter(as_of__gt=TODAY).exists()
        assert not Reading.objects.filter(as_of__gt=TODAY).exists()
        assert not Milestone.objects.filter(actual_on__gt=TODAY, actual_precision=Precision.DAY).exists()

    def test_it_happened_on_working_days(self) -> None:
        calendar, zone = Calendar(), NOW.tzinfo
        for model in (StatusReport, Extension, Notice, Comment, Evidence):
            for at in model._default_manager.values_list("created_at", flat=True):
                assert calendar.is_workday(at.astimezone(zone).date()), (model, at)

    def test_health_is_that_of_today(self) -> None:
        assert assessing.assess(NOW) == 0

    def test_the_entries_of_every_object_lead_to_what_is_stored(self) -> None:
        assert [str(fault) for fault in verifying.faults()] == []


def _is_an_instant(field: Any) -> bool:
    return isinstance(field, models.DateTimeField)
