"""Does the office see who mutes what, and set it for somebody?"""

from __future__ import annotations

from django.urls import reverse

from milestones.models import Person
from milestones.people import operations as people
from tests.admin.forms import Desk, errors
from tests.cast import NOW, SYSTEM, Cast


def change(person: Person) -> str:
    return reverse("admin:milestones_person_change", args=[person.pk])


def test_the_office_sets_what_a_person_hears(cast: Cast, desk: Desk) -> None:
    answer = desk.save(change(cast.owner), digest_frequency="immediate", muted_steps=["before-30"], send_hour="6")
    assert answer.status_code == 302
    owner = Person.objects.get(pk=cast.owner.pk)
    assert (owner.digest_frequency, owner.muted_steps, owner.send_hour) == ("immediate", ["before-30"], 6)
    history = desk.text(reverse("admin:milestones_person_history", args=[owner.pk]))
    assert "before-30" in history
    assert "[" not in history.split("before-30")[0][-3:]


def test_a_notice_is_not_offered_and_not_taken(cast: Cast, desk: Desk) -> None:
    assert 'value="before-7"' not in desk.text(change(cast.owner))
    answer = desk.save(change(cast.owner), muted_steps=["before-7"])
    assert "muted_steps" in errors(answer)


def test_what_is_muted_stays_when_something_else_is_saved(cast: Cast, desk: Desk) -> None:
    people.mute_step(cast.owner, "before-30", actor=SYSTEM, now=NOW)
    desk.save(change(cast.owner), display_name="other name")
    assert Person.objects.get(pk=cast.owner.pk).muted_steps == ["before-30"]


def test_a_new_account_may_come_with_preferences(cast: Cast, desk: Desk) -> None:
    typed = {"display_name": "new", "email": "new@example.org", "digest_frequency": "immediate"}
    assert desk.save(reverse("admin:milestones_person_add"), **typed, muted_steps=["before-14"]).status_code == 302
    assert Person.objects.get(email="new@example.org").muted_steps == ["before-14"]


def test_the_list_finds_who_mutes_something(cast: Cast, desk: Desk) -> None:
    people.mute_step(cast.owner, "before-30", actor=SYSTEM, now=NOW)
    people.mute_digest(cast.other, actor=SYSTEM, now=NOW)
    text = desk.text(reverse("admin:milestones_person_changelist") + "?mutes=yes")
    assert cast.owner.email in text
    assert cast.other.email in text
    assert cast.leader.email not in text


def test_a_milestone_says_that_its_owner_mutes_reminders(cast: Cast, desk: Desk) -> None:
    page = reverse("admin:milestones_milestone_change", args=[cast.roof.pk])
    assert "owner mutes" not in desk.text(page)
    people.mute_step(cast.owner, "before-30", actor=SYSTEM, now=NOW)
    people.mute_digest(cast.owner, actor=SYSTEM, now=NOW)
    text = desk.text(page)
    assert "everything before the deadline; 30 working days before the deadline" in text
