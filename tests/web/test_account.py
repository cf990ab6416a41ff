"""How do people get in, out, and back in after they forgot?"""

from __future__ import annotations

import pytest
from django.core import mail
from django.test import Client

from milestones.models import ChangeEntry, OutgoingMail, Person
from tests.web.cast import PASSWORD, Cast
from tests.web.conftest import SignIn

MINE = {"language": "en", "time_zone": "Europe/London", "send_hour": "7", "digest_frequency": "immediate"}
LOGIN, RESET = "/accounts/login/", "/accounts/password/reset/"


@pytest.mark.parametrize("email", ["owner@example.org", "Owner@Example.org"])
def test_sign_in_by_address_whatever_its_case(cast: Cast, client: Client, email: str) -> None:
    answer = client.post(LOGIN, {"login": email, "password": PASSWORD})
    assert answer["Location"] == "/"
    assert client.get("/").status_code == 200


def test_an_address_stored_with_capitals_signs_in_too(cast: Cast, client: Client) -> None:
    Person.objects.filter(pk=cast.owner.pk).update(email="Owner@Example.org")
    assert client.post(LOGIN, {"login": "owner@example.org", "password": PASSWORD})["Location"] == "/"


def test_the_banner_against_classified_matter_stands_at_the_door(db: None, client: Client) -> None:
    assert "严禁涉密" in client.get(LOGIN).content.decode()


def test_wrong_words_are_refused_and_limited(cast: Cast, client: Client) -> None:
    wrong = {"login": "owner@example.org", "password": "wrong"}
    answers = [client.post(LOGIN, wrong) for _ in range(7)]
    assert all(answer.status_code == 200 for answer in answers[:5])
    right = client.post(LOGIN, {"login": "owner@example.org", "password": PASSWORD})
    assert right.status_code == 200  # too many attempts: even the right one has to wait
    assert "problem" in right.content.decode()


def test_a_reset_goes_through_the_outbox_only_and_tells_nothing(cast: Cast, client: Client) -> None:
    for address in ("owner@example.org", "nobody@example.org"):
        assert client.post(RESET, {"email": address})["Location"] == f"{RESET}done/"
    assert [(one.kind, one.to) for one in OutgoingMail.objects.all()] == [("password_reset", "owner@example.org")]
    assert mail.outbox == []


def test_asking_for_many_resets_is_limited(cast: Cast, client: Client) -> None:
    codes = [client.post(RESET, {"email": "owner@example.org"}).status_code for _ in range(6)]
    assert codes == [302] * 5 + [429]


def test_changing_the_password_is_recorded_without_it(cast: Cast, client_of: SignIn) -> None:
    client = client_of(cast.owner)
    new = {"password1": "one more long word", "password2": "one more long word"}
    page = client.post("/accounts/password/change/", {"oldpassword": "wrong", **new})
    assert "现密码不对" in page.content.decode()
    assert client.post("/accounts/password/change/", {"oldpassword": PASSWORD, **new})["Location"] == "/me/"
    assert client.get("/").status_code == 200  # still signed in
    entry = ChangeEntry.objects.filter(verb="person.set_password").latest("id")
    assert "one more" not in str(entry.changes)


def test_my_settings_change_language_hour_and_digest(cast: Cast, client_of: SignIn) -> None:
    client = client_of(cast.owner)
    typed = {**MINE, "digest_muted": "on", "muted_steps": ["before-30", "overdue-3"]}
    page = client.post("/me/", typed, follow=True)
    assert "Your settings are saved." in page.content.decode()
    owner = Person.objects.get(pk=cast.owner.pk)
    assert (owner.language, owner.send_hour, owner.digest_muted) == ("en", 7, True)
    assert (owner.time_zone, owner.digest_frequency) == ("Europe/London", "immediate")
    assert owner.muted_steps == ["before-30", "overdue-3"]


def test_my_settings_offer_what_can_be_muted_and_no_notice(cast: Cast, client_of: SignIn) -> None:
    page = client_of(cast.owner).get("/me/").content.decode()
    assert 'value="before-30"' in page
    assert 'value="before-7"' not in page  # a blue notice
    assert 'value="due"' not in page


def test_a_setting_that_is_none_is_refused_at_its_field_with_all_that_was_typed(cast: Cast, client_of: SignIn) -> None:
    client = client_of(cast.owner)
    page = client.post("/me/", {**MINE, "time_zone": "Mars/Olympus"})
    assert "Mars/Olympus" in page.content.decode()
    assert page.context["form"].errors["time_zone"]
    assert page.context["form"]["send_hour"].value() == "7"
    assert Person.objects.get(pk=cast.owner.pk).send_hour != 7


def test_language_is_chosen_without_an_account(db: None, client: Client) -> None:
    client.post("/language/", {"language": "en", "next": LOGIN})
    assert "Forgotten your password?" in client.get(LOGIN).content.decode()


def test_a_new_browser_speaks_the_persons_language(cast: Cast, client: Client) -> None:
    Person.objects.filter(pk=cast.owner.pk).update(language="en")
    client.post(LOGIN, {"login": "owner@example.org", "password": PASSWORD})
    assert "My work" in client.get("/").content.decode()


def test_signing_out_is_a_post(cast: Cast, client_of: SignIn) -> None:
    client = client_of(cast.owner)
    assert client.get("/accounts/logout/").status_code == 200
    assert client.get("/").status_code == 200
    assert client.post("/accounts/logout/").status_code == 302
    assert client.get("/").status_code == 302
