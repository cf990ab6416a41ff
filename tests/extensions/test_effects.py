"""What do a request and its decision leave behind: on their row, on the milestone, in the history, in the outbox?"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from milestones import wording
from milestones.errors import Conflict, DomainError
from milestones.extensions import operations
from milestones.models import ChangeEntry, DateRevision, Extension, Milestone, NextLook, OutgoingMail, Person
from milestones.planning import lifecycle
from milestones.planning import operations as planning
from milestones.workdays.periods import FuzzyDate
from tests import cast as casting
from tests.cast import SYSTEM, YEAR_END, Cast, acting
from tests.extensions.cast import DECEMBER, Q1, asked, bring

pytestmark = pytest.mark.django_db

SOON = DECEMBER + timedelta(hours=1)
NOTE = "同意，雨季后按期"


def entries(obj: Any) -> list[str]:
    return list(ChangeEntry.objects.of(obj).values_list("verb", flat=True))


def fresh(milestone: Milestone) -> Milestone:
    return Milestone.objects.select_related("plan").get(pk=milestone.pk)


def mails() -> list[tuple[str, str]]:
    return sorted(OutgoingMail.objects.values_list("kind", "recipient__display_name"))


# --- The request ------------------------------------------------------------------------------------------------------
def test_it_keeps_what_was_asked_and_from_which_date(running: Cast) -> None:
    extension = asked(running.roof, running.owner)
    stored = Extension.objects.get(pk=extension.pk)
    assert (stored.due, stored.old, stored.state, stored.late) == (Q1, YEAR_END, "requested", False)
    assert (stored.reason, stored.progress, stored.requested_at) == ("台风停工三周", 60, DECEMBER)
    assert stored.decide_by == date(2023, 12, 6)
    assert entries(stored) == ["extension.request"]


def test_asking_moves_nothing(running: Cast) -> None:
    before = fresh(running.roof).version
    asked(running.roof, running.owner)
    assert (fresh(running.roof).version, fresh(running.roof).due) == (before, YEAR_END)


def test_after_the_working_deadline_it_is_marked_late(running: Cast) -> None:
    assert asked(running.roof, running.owner, now=DECEMBER.replace(day=30)).late
    assert asked(running.school, running.other).late


def test_one_request_at_a_time(running: Cast) -> None:
    extension = asked(running.roof, running.owner)
    with pytest.raises(operations.AlreadyAsked):
        asked(running.roof, running.coordinator)
    operations.withdraw(extension, actor=acting(running.owner), now=DECEMBER)
    assert asked(running.roof, running.owner).state == "requested"


# --- The decision -----------------------------------------------------------------------------------------------------
def test_approval_moves_the_commitment_and_never_the_first_promise(running: Cast) -> None:
    extension, before = bring(running, "requested"), entries(running.roof)
    operations.approve(extension, note=NOTE, actor=acting(running.leader), now=SOON)
    roof = fresh(running.roof)
    assert (roof.due, roof.baseline, roof.due_version, roof.reminded_since) == (Q1, YEAR_END, 2, SOON)
    assert NextLook.of(roof) == SOON
    assert (entries(extension)[-1], len(entries(extension))) == ("extension.approve", 2)
    assert entries(roof) == [*before, "milestone.reschedule"]
    stored = Extension.objects.get(pk=extension.pk)
    assert (stored.state, stored.decided_by, stored.decided_at, stored.note) == ("approved", running.leader, SOON, NOTE)


def test_the_history_everybody_reads_holds_the_deciders_note_and_not_the_request(running: Cast) -> None:
    operations.approve(bring(running, "requested"), note=NOTE, actor=acting(running.leader), now=SOON)
    [row] = DateRevision.objects.filter(milestone=running.roof)
    assert (row.which, row.old, row.new, row.reason) == ("due", YEAR_END, Q1, NOTE)
    assert row.actor_id == running.leader.pk
    told = ChangeEntry.objects.of(running.roof).last()
    assert told is not None
    assert told.reason == NOTE
    assert "台风" not in f"{row.reason} {told.reason} {told.changes}"


def test_without_a_note_the_history_says_that_it_was_approved(running: Cast, settings: Any) -> None:
    settings.LANGUAGE_CODE = "en"
    operations.approve(bring(running, "requested"), actor=acting(running.leader), now=SOON)
    assert DateRevision.objects.get(milestone=running.roof).why == "Extension approved"


def test_approval_brings_health_up_to_date_in_the_same_entry(running: Cast) -> None:
    late = DECEMBER.replace(year=2024, month=1, day=10)
    extension = asked(running.roof, running.owner, now=late)
    planning.forecast(fresh(running.roof), Q1, reason="台风", actor=acting(running.owner), now=late)
    assert fresh(running.roof).health == "red"
    extension = Extension.objects.get(pk=extension.pk)
    operations.approve(extension, actor=acting(running.leader), now=late)
    assert fresh(running.roof).health != "red"
    last = ChangeEntry.objects.of(running.roof).last()
    assert last is not None
    assert {"due_on", "health"} <= set(last.changes)


def test_declining_moves_nothing_and_says_why(running: Cast) -> None:
    extension, before = bring(running, "requested"), entries(running.roof)
    with pytest.raises(DomainError) as refused:
        operations.decline(extension, note=" ", actor=acting(running.leader), now=SOON)
    assert (refused.value.field, refused.value.code) == ("note", "missing")
    operations.decline(extension, note="可以赶回来", actor=acting(running.leader), now=SOON)
    assert (fresh(running.roof).due, entries(running.roof)) == (YEAR_END, before)
    assert entries(extension) == ["extension.request", "extension.decline"]


def test_a_request_for_a_date_that_moved_meanwhile_is_not_approved(running: Cast) -> None:
    extension = bring(running, "requested")
    planning.reschedule(
        fresh(running.roof), FuzzyDate(date(2024, 1, 31)), reason="调整", actor=acting(running.office), now=SOON
    )
    extension = Extension.objects.get(pk=extension.pk)
    with pytest.raises(DomainError) as refused:
        operations.approve(extension, actor=acting(running.leader), now=SOON)
    assert refused.value.code == "date_moved"
    assert wording.day(date(2024, 1, 31)) in str(refused.value)
    operations.decline(extension, note="已另行调整", actor=acting(running.leader), now=SOON)


def test_what_was_submitted_is_not_extended_until_it_comes_back(running: Cast) -> None:
    extension = bring(running, "requested")
    casting.submit(fresh(running.roof), running.owner, now=SOON)
    with pytest.raises(DomainError) as refused:
        operations.approve(Extension.objects.get(pk=extension.pk), actor=acting(running.leader), now=SOON)
    assert refused.value.code == "milestone_state"
    lifecycle.return_(fresh(running.roof), reason="照片不清", actor=acting(running.office), now=SOON)
    operations.approve(Extension.objects.get(pk=extension.pk), actor=acting(running.leader), now=SOON)
    assert fresh(running.roof).due == Q1


@pytest.mark.parametrize("end", ["completed", "cancelled"])
def test_an_open_request_ends_with_its_milestone(running: Cast, end: str) -> None:
    extension = bring(running, "requested")
    roof = fresh(running.roof)
    if end == "completed":
        casting.submit(roof, running.owner, now=SOON)
        lifecycle.verify(roof, actor=acting(running.office), now=SOON)
    else:
        lifecycle.cancel(roof, reason="不建了", actor=acting(running.office), now=SOON)
    stored = Extension.objects.get(pk=extension.pk)
    assert (stored.state, stored.decided_by, stored.decided_at) == ("withdrawn", running.office, SOON)
    assert stored.note
    assert entries(extension) == ["extension.request", "extension.lapse"]
    lifecycle.reopen(roof, reason="继续", actor=acting(running.office), now=SOON)
    assert asked(fresh(running.roof), running.owner).state == "requested"


def test_a_stale_version_is_told_who_was_first(running: Cast) -> None:
    extension = bring(running, "declined")
    with pytest.raises(Conflict) as refused:
        operations.withdraw(extension, version=1, actor=acting(running.owner), now=SOON)
    assert (refused.value.who, refused.value.when) == (acting(running.leader).label, DECEMBER)


def test_the_deputy_of_the_leader_decides_while_the_leader_is_away(running: Cast) -> None:
    from milestones.actors import Actor
    from milestones.models import Delegation

    Delegation(
        person=running.leader, deputy=running.viewer, starts_on=DECEMBER.date(), ends_on=DECEMBER.date(),
        created_at=DECEMBER, updated_at=DECEMBER,
    ).save(force_insert=True)  # fmt: skip
    deputy = Actor(running.viewer, "web", day=DECEMBER.date())
    extension = bring(running, "requested")
    operations.approve(extension, actor=deputy, now=DECEMBER)
    assert extension.decided_by == running.viewer


# --- Mails ------------------------------------------------------------------------------------------------------------
def test_who_decides_is_asked(running: Cast) -> None:
    asked(running.roof, running.owner)
    assert mails() == [("extension", "leader")]
    assert "台风停工三周" in OutgoingMail.objects.get().text


def test_where_nobody_supervises_the_office_is_asked(running: Cast) -> None:
    asked(running.school, running.other)
    assert mails() == [("extension", "colleague"), ("extension", "office")]


def test_of_the_office_not_the_one_who_asked(running: Cast) -> None:
    asked(running.school, running.office)
    assert mails() == [("extension", "colleague")]


def test_a_leader_who_left_is_not_asked(running: Cast) -> None:
    Person.objects.filter(pk=running.leader.pk).update(is_active=False)
    running.roof = fresh(running.roof)
    asked(running.roof, running.owner)
    assert mails() == [("extension", "colleague"), ("extension", "office")]


def test_who_asked_and_the_owner_hear_the_decision(running: Cast) -> None:
    extension = asked(running.roof, running.coordinator)
    OutgoingMail.objects.all().delete()
    operations.approve(extension, note=NOTE, actor=acting(running.leader), now=SOON)
    assert mails() == [("decided", "coordinator"), ("decided", "owner")]
    assert all(NOTE in mail.text for mail in OutgoingMail.objects.all())


def test_nobody_hears_of_what_they_did_themselves(running: Cast) -> None:
    operations.withdraw(bring(running, "requested"), actor=acting(running.owner), now=SOON)
    assert mails() == []


def test_the_owner_hears_that_the_office_withdrew_it(running: Cast) -> None:
    operations.withdraw(bring(running, "requested"), note="误填", actor=acting(running.office), now=SOON)
    assert mails() == [("decided", "owner")]


def test_who_may_not_read_it_is_not_told(running: Cast) -> None:
    """A deputy of another unit asked while the owner was away."""
    extension = bring(running, "requested")
    Extension.objects.filter(pk=extension.pk).update(requested_by=running.stranger)
    operations.approve(Extension.objects.get(pk=extension.pk), actor=acting(running.leader), now=SOON)
    assert mails() == [("decided", "owner")]


def test_who_watches_hears_that_the_date_moved_and_only_the_deciders_words(running: Cast) -> None:
    from milestones.models import Watch

    Watch(milestone=running.roof, person=running.viewer, created_at=DECEMBER, updated_at=DECEMBER).save()
    operations.approve(bring(running, "requested"), note=NOTE, actor=acting(running.leader), now=SOON)
    assert mails() == [("decided", "owner"), ("watched", "viewer")]
    [mail] = OutgoingMail.objects.filter(kind="watched")
    assert (NOTE in mail.text, "台风" in mail.text) == (True, False)


def test_what_the_system_decided_is_told_to_both(running: Cast) -> None:
    operations.approve(bring(running, "requested"), actor=SYSTEM, now=SOON)
    assert mails() == [("decided", "owner")]
