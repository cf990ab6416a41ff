"""How does the office pause and cap mail, and deal with addresses that return it?"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from milestones.mail import gate
from milestones.models import ChangeEntry, MailGate, MailWindow, OutgoingMail, Person
from milestones.people import bouncing
from milestones.people import operations as people
from tests.admin.forms import Desk
from tests.cast import NOW, SYSTEM, Cast

GONE = "550 5.1.1 No such mailbox"
PAGES = ("gate", "pause", "resume", "caps")


def url(what: str = "gate") -> str:
    return reverse(f"admin:milestones_outgoingmail_{what}")


def marked(person: Person) -> Person:
    bouncing.mark_bouncing(person, GONE, address=person.email, now=NOW)
    return Person.objects.get(pk=person.pk)


def test_mail_is_paused_with_a_reason_and_resumed(cast: Cast, desk: Desk) -> None:
    assert url() in desk.text(reverse("admin:milestones_outgoingmail_changelist"))
    assert "mail leaves" in desk.text(url())
    desk.client.post(url("pause"), {"reason": "wrong plan"})
    assert (MailGate.objects.get().pause_reason, MailGate.objects.get().paused_by) == ("wrong plan", cast.office)
    page = desk.text(url())
    assert "paused" in page
    assert "wrong plan" in page
    assert url("resume") in page
    answer = desk.client.post(url("resume"), {"version": MailGate.objects.get().version}, follow=True)
    assert "Mail leaves again." in answer.content.decode()
    assert not gate.rules().is_paused
    assert [e.actor_id for e in ChangeEntry.objects.filter(entity="mailgate")] == [cast.office.pk] * 2


def test_a_pause_without_a_reason_is_asked_again(cast: Cast, desk: Desk) -> None:
    answer = desk.client.post(url("pause"), {"reason": ""})
    assert answer.status_code == 200
    assert not MailGate.objects.exists()


def test_a_second_pause_is_refused_in_the_form(cast: Cast, desk: Desk) -> None:
    gate.pause(reason="x", actor=SYSTEM, now=NOW)
    answer = desk.client.post(url("pause"), {"reason": "again", "version": 1})
    assert "Mail is paused already." in answer.content.decode()


def test_caps_are_set_shown_and_lifted(cast: Cast, desk: Desk) -> None:
    desk.client.post(url("caps"), {"per_minute": "60", "per_domain": "10"})
    assert gate.rules() == gate.Rules(False, 60, 10)
    assert "at most 60" in desk.text(url())
    assert 'value="60"' in desk.text(url("caps"))
    refused = desk.client.post(url("caps"), {"per_minute": "0"})
    assert refused.status_code == 200
    desk.client.post(url("caps"), {"version": MailGate.objects.get().version})
    assert gate.rules() == gate.Rules()


def test_somebody_who_was_first_is_not_overwritten(cast: Cast, desk: Desk) -> None:
    gate.set_caps(per_minute=5, per_domain=None, actor=SYSTEM, now=NOW)
    gate.set_caps(per_minute=6, per_domain=None, actor=SYSTEM, now=NOW)
    desk.client.post(url("caps"), {"per_minute": "7", "version": 1})
    assert gate.rules().per_minute == 6


@pytest.mark.parametrize("what", PAGES)
def test_the_pages_of_the_gate_are_the_offices(cast: Cast, client_of: Any, what: str) -> None:
    assert client_of(cast.office).get(url(what)).status_code == 200
    assert client_of(cast.leader).get(url(what)).status_code == 403
    assert Client().get(url(what)).status_code == 302


def test_what_this_minute_took_is_shown(cast: Cast, desk: Desk) -> None:
    minute = timezone.now().replace(second=0, microsecond=0)
    for later in (timedelta(), timedelta(minutes=1)):  # should the minute turn meanwhile
        for domain, taken in (("", 12), ("example.org", 9)):
            MailWindow.objects.create(domain=domain, minute=minute + later, taken=taken)
    assert "example.org</th><td>9" in desk.text(url())


# --- Addresses that return mail ---------------------------------------------------------------------------------------
def test_who_cannot_be_reached_is_found_and_seen(cast: Cast, desk: Desk) -> None:
    owner = marked(cast.owner)
    listed = desk.text(f"{reverse('admin:milestones_person_changelist')}?bouncing=yes")
    assert owner.email in listed
    assert cast.viewer.email not in listed
    assert GONE in desk.text(reverse("admin:milestones_person_change", args=[owner.pk]))


def test_the_office_says_that_an_address_works_again(cast: Cast, desk: Desk) -> None:
    owner = marked(cast.owner)
    page = reverse("admin:milestones_person_do", args=[owner.pk, "address-works"])
    assert page in desk.text(reverse("admin:milestones_person_change", args=[owner.pk]))
    desk.client.post(page, {"version": owner.version})
    assert Person.objects.get(pk=owner.pk).bouncing_since is None
    assert page not in desk.text(reverse("admin:milestones_person_change", args=[owner.pk]))


def test_many_marks_are_cleared_at_once(cast: Cast, desk: Desk) -> None:
    chosen = [marked(cast.owner), marked(cast.leader), cast.viewer]
    body = {"action": "clear_bouncing", "_selected_action": [str(one.pk) for one in chosen]}
    answer = desk.client.post(reverse("admin:milestones_person_changelist"), body, follow=True).content.decode()
    assert "Marks cleared: 2" in answer
    assert "does not return mail" in answer


def test_a_mail_that_came_back_can_be_sent_again_to_the_corrected_address(cast: Cast, desk: Desk) -> None:
    mail = people.send_test(cast.owner, actor=SYSTEM, now=NOW)
    OutgoingMail.objects.filter(pk=mail.pk).update(state="bounced")
    page = reverse("admin:milestones_outgoingmail_do", args=[mail.pk])
    assert page in desk.text(reverse("admin:milestones_outgoingmail_change", args=[mail.pk]))
    desk.client.post(page, {})
    assert OutgoingMail.objects.get(pk=mail.pk).state == "queued"


def test_the_person_sees_it_too(cast: Cast, client_of: Any) -> None:
    client = client_of(cast.owner)
    client.cookies["django_language"] = "en"
    assert "comes back" not in client.get("/me/").content.decode()
    marked(cast.owner)
    assert "comes back since 2023-01-12" in client.get("/me/").content.decode()
