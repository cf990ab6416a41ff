"""What do the signed links of mails do, and what do they never do?"""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.test import Client

from milestones import links
from milestones.actors import Actor
from milestones.mail import catalogue
from milestones.models import OutgoingMail, Person
from milestones.people import operations as people
from tests.web.cast import SYSTEM, TODAY, Cast
from tests.web.conftest import SignIn

NEW = "one more long word"


def path(action: str, mail: OutgoingMail) -> str:
    return f"/do/{action}/{links.sign(mail, action)}/"


def invitation(person: Person) -> OutgoingMail:
    return people.invite(person, actor=SYSTEM, now=TODAY)


def told(cast: Cast, person: Person) -> OutgoingMail:
    """A mail of the everyday kind: it may be muted."""
    mail = catalogue.verified(person, cast.roof, now=TODAY)
    mail.save(force_insert=True)
    return mail


def letter(action: str, cast: Cast) -> OutgoingMail:
    """A mail whose link does `action`."""
    if action == "reset":
        return people.ask_for_reset(cast.owner, now=TODAY)
    return told(cast, cast.owner) if action == "mute" else invitation(cast.owner)


@pytest.mark.parametrize("action", ["password", "reset"])
def test_a_password_is_set_by_post_only_and_once(cast: Cast, client: Client, action: str) -> None:
    url = path(action, letter(action, cast))
    answer = client.get(url)
    assert (answer.status_code, answer["Referrer-Policy"], answer["Cache-Control"]) == (200, "no-referrer", "no-store")
    assert client.post(url, {"password1": NEW, "password2": "another"}).status_code == 200
    assert not Person.objects.get(pk=cast.owner.pk).check_password(NEW)
    assert client.post(url, {"password1": NEW, "password2": NEW})["Location"] == "/accounts/login/"
    assert Person.objects.get(pk=cast.owner.pk).check_password(NEW)
    assert client.get(url).status_code == 410


def test_a_weak_password_is_refused_with_its_reason(cast: Cast, client: Client) -> None:
    page = client.post(path("password", invitation(cast.owner)), {"password1": "short", "password2": "short"})
    assert 'class="field-problem"' in page.content.decode()


def test_muting_shows_what_it_does_and_only_post_does_it(cast: Cast, client: Client) -> None:
    url = path("mute", told(cast, cast.owner))
    assert "停收汇总邮件？" in client.get(url).content.decode()
    assert not Person.objects.get(pk=cast.owner.pk).digest_muted
    assert "已停收汇总邮件" in client.post(url).content.decode()
    assert Person.objects.get(pk=cast.owner.pk).digest_muted


def test_a_mail_program_mutes_with_one_click_and_no_cookie(cast: Cast) -> None:
    """RFC 8058: a POST with this body, from somewhere that never saw a form."""
    strict = Client(enforce_csrf_checks=True)
    body = "List-Unsubscribe=One-Click"
    url = path("mute", told(cast, cast.owner))
    answer = strict.post(url, body, content_type="application/x-www-form-urlencoded")
    assert answer.status_code == 200
    assert Person.objects.get(pk=cast.owner.pk).digest_muted


@pytest.mark.parametrize("action", ["password", "reset", "mute"])
def test_a_void_link_is_told_kindly(cast: Cast, client: Client, action: str) -> None:
    url = path(action, letter(action, cast))
    with time_machine.travel(TODAY + timedelta(days=15)):
        answer = client.get(url)
        assert answer.status_code == 410
        assert "此链接已失效" in answer.content.decode()
        assert client.post(url, {"password1": NEW, "password2": NEW}).status_code == 410
    assert client.get(f"/do/{action}/nonsense/").status_code == 410
    assert client.get(url.replace(action, "mute" if action != "mute" else "reset")).status_code == 410


def test_a_link_of_somebody_who_left_is_void(cast: Cast, client: Client) -> None:
    url = path("mute", told(cast, cast.viewer))
    people.deactivate(cast.viewer, actor=Actor.system(), now=TODAY)
    assert client.get(url).status_code == 410


def test_a_password_link_does_not_sign_in_by_itself(cast: Cast, client: Client, client_of: SignIn) -> None:
    client.post(path("password", invitation(cast.owner)), {"password1": NEW, "password2": NEW})
    assert client.get("/").status_code == 302
