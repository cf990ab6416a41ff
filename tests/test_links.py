"""Whose is a signed link, how long does it open, and what can nobody do with it?"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings

from milestones import links
from milestones.mail import catalogue, message
from milestones.models import OutgoingMail, Person
from milestones.people import operations as people
from milestones.planning import operations
from tests.cast import NOW, Q3, SYSTEM, Cast, acting

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)
LIFE = {"mute": timedelta(days=14), "password": timedelta(days=14), "reset": timedelta(days=1)}


def mail_for(person: Person, action: str) -> OutgoingMail:
    """A stored mail whose link does `action`."""
    letters: dict[str, Any] = {
        "password": lambda: catalogue.invitation(person, now=NOW),
        "reset": lambda: catalogue.password_reset(person, now=NOW),
        "mute": lambda: OutgoingMail(
            kind="digest", recipient=person, to=person.email, language="en", day=NOW.date(), subject="s",
            text=links.placeholder("mute"), html=links.placeholder("mute"), due_at=NOW, created_at=NOW,
        ),
    }  # fmt: skip
    mail: OutgoingMail = letters[action]()
    mail.save(force_insert=True)
    return OutgoingMail.objects.select_related("recipient").get(pk=mail.pk)


def is_void(token: str, action: str, now: Any = NOW) -> bool:
    try:
        links.read(token, action, now=now)
    except links.LinkVoid:
        return True
    return False


@pytest.mark.parametrize("action", LIFE)
def test_a_token_opens_what_it_was_signed_for_and_nothing_else(cast: Cast, action: str) -> None:
    mail = mail_for(cast.owner, action)
    token = links.sign(mail, action)
    link = links.read(token, action, now=NOW)
    assert (link.action, link.mail, link.mail.recipient) == (action, mail, cast.owner)
    assert all(is_void(token, other) for other in (*(set(LIFE) - {action}), "verify", ""))


@pytest.mark.parametrize("action", LIFE)
def test_a_link_lives_to_the_second(cast: Cast, action: str) -> None:
    token = links.sign(mail_for(cast.owner, action), action)
    assert not is_void(token, action, NOW + LIFE[action])
    assert is_void(token, action, NOW + LIFE[action] + timedelta(seconds=1))
    assert not is_void(token, action, NOW - HOUR)


@pytest.mark.parametrize("action", LIFE)
def test_every_letter_of_a_token_counts(cast: Cast, action: str) -> None:
    token = links.sign(mail_for(cast.owner, action), action)
    changed = [token[:i] + ("A" if token[i] != "A" else "B") + token[i + 1 :] for i in range(len(token))]
    assert all(is_void(one, action) for one in changed)


@pytest.mark.parametrize(
    "token", ["", "x", "•••", "a" * 48, "a" * 5000, "../..", "%00", "中文" * 20, "=" * 8, "-_" * 24]
)
def test_what_is_no_token_is_void(cast: Cast, token: str) -> None:
    assert all(is_void(token, action) for action in LIFE)


def test_a_token_cut_short_or_lengthened_is_void(cast: Cast) -> None:
    token = links.sign(mail_for(cast.owner, "mute"), "mute")
    assert all(is_void(one, "mute") for one in (token[:-1], token[:-4], token[:22], token + "AAAA", token * 2))


def test_anothers_link_is_another_token(cast: Cast) -> None:
    mine, other = mail_for(cast.owner, "mute"), mail_for(cast.other, "mute")
    assert links.sign(mine, "mute") != links.sign(other, "mute")
    assert links.sign(mine, "mute")[22:] != links.sign(other, "mute")[22:]


def test_another_secret_voids_every_link(cast: Cast, settings: Any) -> None:
    token = links.sign(mail_for(cast.owner, "mute"), "mute")
    settings.SECRET_KEY = "another secret of this installation"
    assert is_void(token, "mute")


@pytest.mark.parametrize("action", LIFE)
def test_a_person_who_left_opens_nothing(cast: Cast, action: str) -> None:
    token = links.sign(mail_for(cast.viewer, action), action)
    people.deactivate(cast.viewer, actor=SYSTEM, now=NOW)
    assert is_void(token, action)
    people.reactivate(cast.viewer, actor=SYSTEM, now=NOW)
    assert not is_void(token, action)


@pytest.mark.parametrize("action", ["password", "reset"])
def test_a_password_link_is_spent_once_a_password_is_set_by_whatever_way(cast: Cast, action: str) -> None:
    token = links.sign(mail_for(cast.owner, action), action)
    person = links.read(token, action, now=NOW).mail.recipient
    assert person is not None
    people.set_password(person, "一二三四五六七八九十", actor=acting(person), now=NOW)
    assert is_void(token, action)
    fresh = mail_for(cast.owner, action)
    assert not is_void(links.sign(fresh, action), action)


def test_a_mute_link_works_again_after_it_was_used(cast: Cast) -> None:
    token = links.sign(mail_for(cast.owner, "mute"), "mute")
    people.mute_digest(cast.owner, actor=SYSTEM, now=NOW)
    assert not is_void(token, "mute")


@pytest.mark.parametrize("action", LIFE)
def test_the_stored_row_shows_dots_and_what_leaves_shows_a_token_each_time_the_same(cast: Cast, action: str) -> None:
    mail = mail_for(cast.owner, action)
    for text in (mail.text, mail.html):
        assert f"{settings.BASE_URL}/do/{action}/{links.DOTS}/" in text
        filled = links.fill(text, mail)
        assert filled == links.fill(text, OutgoingMail.objects.get(pk=mail.pk))
        assert links.DOTS not in filled
        assert f"{settings.BASE_URL}/do/{action}/{links.sign(mail, action)}/" in filled
    assert message.build(mail) == message.build(OutgoingMail.objects.get(pk=mail.pk))


def test_there_is_no_placeholder_for_what_a_mail_must_never_do() -> None:
    for action in ("verify", "approve", "close", ""):
        with pytest.raises(ValueError, match="there is no link"):
            links.placeholder(action)


WRITTEN = [
    "https://evil.example/do/password/•••/",
    "https://evil.example/do/mute/•••/",
    "/do/mute/•••/",
    f"https://evil.example/?to={settings.BASE_URL}/do/mute/•••/",
    f"{settings.BASE_URL}/do/password/•••/",
    f"{settings.BASE_URL}/do/reset/•••/",
]


@pytest.mark.parametrize("reason", WRITTEN)
def test_what_people_write_never_gets_a_token(running: Cast, reason: str) -> None:
    """A reason stands in the mail to the owner; a token in it would open the owner's account to its writer."""
    operations.reschedule(running.roof, Q3, reason=reason, actor=acting(running.office), now=NOW)
    operations.hand_over([running.roof], running.other, reason=reason, actor=acting(running.office), now=NOW)
    for mail in OutgoingMail.objects.all():
        tokens = [links.sign(mail, action) for action in LIFE]
        for text in (mail.text, mail.html):
            assert not [token for token in tokens if token in links.fill(text, mail)]
        assert all(is_void(links.sign(mail, action), action) for action in ("password", "reset"))


@pytest.mark.parametrize("action", LIFE)
def test_a_link_that_went_to_a_former_address_opens_nothing_but_the_mute(cast: Cast, action: str) -> None:
    token = links.sign(mail_for(cast.owner, action), action)
    Person.objects.filter(pk=cast.owner.pk).update(email="corrected@example.org")
    assert is_void(token, action) is (action != "mute")
