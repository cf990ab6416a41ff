"""What does a report leave behind: on its row, on its milestone, in the history and in the outbox?"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from milestones.errors import Conflict, DomainError
from milestones.models import ChangeEntry, DateRevision, Milestone, NextLook, OutgoingMail, StatusReport
from milestones.planning import lifecycle
from milestones.status_reports import operations, queries
from milestones.workdays.periods import FuzzyDate, Precision
from tests import cast as casting
from tests.cast import SYSTEM, YEAR_END, Cast, acting
from tests.status_reports.cast import JUNE_28, SAID, bring, draft, filed

pytestmark = pytest.mark.django_db

Q4 = FuzzyDate(date(2023, 12, 31), Precision.QUARTER)
NEXT_YEAR = FuzzyDate(date(2024, 3, 31), Precision.MONTH)
JULY = JUNE_28 + timedelta(days=30)


def entries(obj: Any) -> list[str]:
    return list(ChangeEntry.objects.of(obj).values_list("verb", flat=True))


def standing(milestone: Milestone) -> tuple[str | None, str]:
    """Colour and code of the stored health."""
    return milestone.health, (milestone.health_reason or {}).get("code", "")


def fresh(milestone: Milestone) -> Milestone:
    return Milestone.objects.select_related("plan").get(pk=milestone.pk)


# --- The report itself ------------------------------------------------------------------------------------------------
def test_a_draft_is_one_a_milestone_and_author(running: Cast) -> None:
    first = draft(running.roof, running.owner)
    again = draft(running.roof, running.owner, progress=60)
    others = [draft(running.roof, running.coordinator), draft(running.school, running.other)]
    assert first.pk == again.pk
    assert StatusReport.objects.count() == 3
    assert (StatusReport.objects.get(pk=first.pk).progress, entries(first)) == (60, ["report.write", "report.write"])
    assert {one.on_behalf for one in others} == {False}


def test_a_draft_moves_nothing(running: Cast) -> None:
    before = fresh(running.roof).version
    draft(running.roof, running.owner, forecast=NEXT_YEAR)
    assert (fresh(running.roof).version, fresh(running.roof).forecast) == (before, None)
    assert queries.latest([running.roof.pk]) == {}


def test_saying_the_same_again_writes_nothing(running: Cast) -> None:
    report = draft(running.roof, running.owner)
    draft(running.roof, running.owner)
    assert (StatusReport.objects.get().version, len(entries(report))) == (1, 1)


def test_each_verb_writes_one_entry(running: Cast) -> None:
    report = bring(running, "returned")
    operations.submit(report, actor=acting(running.owner), now=JULY)
    operations.accept(report, actor=acting(running.office), now=JULY)
    verbs = ["report.write", "report.submit", "report.return", "report.submit", "report.accept"]
    assert entries(report) == verbs
    assert ChangeEntry.objects.of(report).last().version == 5  # type: ignore[union-attr]


def test_what_is_sent_off_at_once_is_one_entry(running: Cast) -> None:
    report = filed(running.roof, running.owner)
    assert (report.state, entries(report)) == ("submitted", ["report.submit"])


def test_sending_off_takes_the_draft_that_was_there(running: Cast) -> None:
    first = draft(running.roof, running.owner)
    assert filed(running.roof, running.owner, progress=70).pk == first.pk
    assert StatusReport.objects.get().progress == 70


def test_what_the_office_files_for_others_says_so(running: Cast) -> None:
    assert filed(running.roof, running.office).on_behalf
    assert filed(running.roof, running.owner).on_behalf is False


def test_a_discarded_draft_leaves_its_tombstone(running: Cast) -> None:
    report = draft(running.roof, running.owner)
    operations.discard(report, actor=acting(running.owner), now=JUNE_28)
    assert not StatusReport.objects.exists()
    assert ChangeEntry.objects.filter(entity="statusreport", op="delete").count() == 1


def test_a_returned_report_is_rewritten_and_submitted_again_without_its_note(running: Cast) -> None:
    report = bring(running, "returned")
    assert (report.note, report.decided_by) == ("缺数据", running.colleague)
    owner: Any = {"actor": acting(running.owner), "now": JULY}
    operations.write(running.roof, {"progress": 45}, report=report, **owner)
    assert report.state == "returned"
    operations.submit(report, **owner)
    assert (report.state, report.progress, report.note, report.decided_by) == ("submitted", 45, "", None)


def test_a_stale_version_is_told_who_was_first(running: Cast) -> None:
    report = draft(running.roof, running.owner)
    seen = report.version
    operations.write(running.roof, {"progress": 50}, report=report, actor=acting(running.office), now=JULY)
    stale: Any = {"version": seen, "actor": acting(running.owner), "now": JULY}
    for act in (operations.submit, operations.discard):
        with pytest.raises(Conflict) as refused:
            act(report, **stale)
        assert (refused.value.who, refused.value.when) == (acting(running.office).label, JULY)


@pytest.mark.parametrize("field", ["as_of", "progress"])
def test_day_and_progress_are_needed(running: Cast, field: str) -> None:
    said = {name: value for name, value in SAID.items() if name != field}
    with pytest.raises(DomainError) as refused:
        operations.write(running.roof, said, actor=acting(running.owner), now=JUNE_28)
    assert (refused.value.field, refused.value.code) == (field, "missing")


def test_there_is_no_other_field(running: Cast) -> None:
    with pytest.raises(DomainError) as refused:
        operations.write(running.roof, {**SAID, "state": "accepted"}, actor=acting(running.owner), now=JUNE_28)
    assert (refused.value.field, refused.value.code) == ("state", "unknown_field")


@pytest.mark.parametrize("state", ["completed", "cancelled"])
def test_what_is_closed_is_not_reported_on(running: Cast, state: str) -> None:
    report = draft(running.roof, running.owner)
    casting.bring(running, running.roof, state)
    with pytest.raises(DomainError) as refused:
        operations.submit(StatusReport.objects.get(pk=report.pk), actor=acting(running.owner), now=JULY)
    assert refused.value.code == "closed"


# --- The milestone ----------------------------------------------------------------------------------------------------
def test_submitting_begins_work_and_moves_the_forecast_in_one_entry(running: Cast) -> None:
    before = entries(running.roof)
    filed(running.roof, running.owner, forecast=NEXT_YEAR)
    roof = fresh(running.roof)
    assert (roof.state, roof.forecast, roof.due, roof.baseline) == ("in_progress", NEXT_YEAR, YEAR_END, YEAR_END)
    assert entries(running.roof) == [*before, "milestone.report"]
    [row] = DateRevision.objects.filter(milestone=roof)
    assert (row.which, row.new, row.reason) == ("forecast", NEXT_YEAR, row.reason)
    assert row.why == "截至2023年6月28日的进展填报"
    assert (row.actor_id, row.via) == (running.owner.pk, "web")
    assert NextLook.of(roof) == JUNE_28


def test_a_late_forecast_turns_the_milestone_red_in_the_same_entry(running: Cast) -> None:
    filed(running.roof, running.owner, forecast=NEXT_YEAR)
    roof = fresh(running.roof)
    assert standing(roof) == ("red", "forecast_late")
    last = ChangeEntry.objects.of(roof).last()
    assert last is not None
    assert {"health", "state", "forecast_on"} <= set(last.changes)


def test_nothing_done_begins_no_work(running: Cast) -> None:
    filed(running.roof, running.owner, progress=0, forecast=Q4)
    assert fresh(running.roof).state == "planned"


def test_a_report_without_a_forecast_leaves_the_one_there_was(running: Cast) -> None:
    filed(running.roof, running.owner, forecast=Q4)
    filed(running.roof, running.owner, now=JULY)
    assert fresh(running.roof).forecast == Q4
    assert DateRevision.objects.filter(which="forecast").count() == 1


def test_a_report_that_changes_nothing_writes_nothing_on_the_milestone(running: Cast) -> None:
    filed(running.roof, running.owner, forecast=Q4)
    before = fresh(running.roof).version
    filed(running.roof, running.owner, now=JUNE_28 + timedelta(hours=1), progress=41, forecast=Q4)
    assert fresh(running.roof).version == before


def test_a_report_of_an_earlier_day_only_fills_the_history(running: Cast) -> None:
    filed(running.roof, running.owner, now=JULY, forecast=Q4)
    report = filed(running.roof, running.coordinator, now=JULY, as_of=date(2023, 6, 1), progress=10, forecast=NEXT_YEAR)
    assert report.state == "submitted"
    assert fresh(running.roof).forecast == Q4
    assert queries.latest([running.roof.pk])[running.roof.pk].as_of == JULY.date()


def test_progress_is_compared_with_what_was_reported_until_that_day(running: Cast) -> None:
    filed(running.roof, running.owner, progress=60)
    with pytest.raises(DomainError) as refused:
        filed(running.roof, running.owner, now=JULY, progress=50)
    assert (refused.value.field, refused.value.code) == ("obstacles", "progress_fell")
    filed(running.roof, running.owner, now=JULY, progress=50, as_of=date(2023, 5, 1))
    filed(running.roof, running.owner, now=JULY, progress=50, obstacles="返工")


def test_what_waits_for_its_verifier_may_be_reported_on_and_stays_submitted(running: Cast) -> None:
    casting.bring(running, running.roof, "submitted")
    filed(fresh(running.roof), running.owner)
    assert fresh(running.roof).state == "submitted"


def test_what_is_returned_counts_no_longer_and_health_says_so(running: Cast) -> None:
    december = JUNE_28.replace(month=12, day=27)
    report = filed(running.roof, running.owner, now=december, progress=95)
    assert fresh(running.roof).health == "green"
    second: Any = {"actor": acting(running.office), "now": december}
    operations.return_(StatusReport.objects.get(pk=report.pk), note="缺数据", **second)
    roof = fresh(running.roof)
    assert standing(roof) == ("yellow", "due_soon_unreported")
    assert entries(roof)[-1] == "milestone.health"


def test_a_milestone_that_changed_since_it_was_read_is_a_conflict_and_nothing_is_left(running: Cast) -> None:
    report = draft(running.roof, running.owner)
    lifecycle.start(fresh(running.roof), actor=acting(running.office), now=JUNE_28)
    with pytest.raises(Conflict) as refused:
        operations.submit(report, actor=acting(running.owner), now=JULY)
    assert refused.value.who == acting(running.office).label
    assert StatusReport.objects.get().state == "draft"


# --- Mails ------------------------------------------------------------------------------------------------------------
def mails() -> list[tuple[str, str]]:
    return sorted(OutgoingMail.objects.values_list("kind", "recipient__display_name"))


def test_the_author_hears_what_is_missing(running: Cast) -> None:
    bring(running, "returned")
    assert mails() == [("report_back", "owner")]
    assert "缺数据" in OutgoingMail.objects.get().text


def test_who_accepts_tells_nobody(running: Cast) -> None:
    bring(running, "accepted")
    assert mails() == []


def test_what_a_system_reported_comes_back_to_the_owner(running: Cast) -> None:
    report = operations.file(running.roof, SAID, actor=SYSTEM, now=JUNE_28)
    operations.return_(report, note="缺数据", actor=acting(running.office), now=JUNE_28)
    assert mails() == [("report_back", "owner")]


def test_an_author_who_left_is_not_told(running: Cast) -> None:
    report = bring(running, "submitted")
    type(running.owner).objects.filter(pk=running.owner.pk).update(is_active=False)
    report = StatusReport.objects.get(pk=report.pk)
    operations.return_(report, note="缺数据", actor=acting(running.office), now=JUNE_28)
    assert mails() == []


def test_a_return_says_what_is_missing(running: Cast) -> None:
    with pytest.raises(DomainError) as refused:
        operations.return_(bring(running, "submitted"), note=" ", actor=acting(running.office), now=JUNE_28)
    assert (refused.value.field, refused.value.code) == ("note", "missing")


def test_the_milestone_knows_the_progress_that_was_last_reported(running: Cast) -> None:
    """Drafts count nothing, an older day changes nothing, and what is returned counts no more."""

    def known() -> int | None:
        return Milestone.objects.values_list("reported_progress", flat=True).get(pk=running.roof.pk)

    draft(running.roof, running.owner, progress=10)
    assert known() is None
    filed(running.roof, running.owner, progress=40)
    running.roof.refresh_from_db()
    july = filed(running.roof, running.owner, now=JULY, progress=55)
    assert known() == 55
    running.roof.refresh_from_db()
    filed(running.roof, running.owner, now=JULY, as_of=date(2023, 5, 31), progress=30)
    assert known() == 55
    operations.return_(StatusReport.objects.get(pk=july.pk), note="缺数据", actor=acting(running.colleague), now=JULY)
    assert known() == 40
