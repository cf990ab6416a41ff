"""Who is let in, as whom, and what is answered to all others?"""

from __future__ import annotations

import ipaddress
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from milestones.clients import operations
from milestones.models import ApiClient, ApiToken, ClientHour, Person
from tests.api.http import Api
from tests.cast import NOW, SYSTEM, Cast
from tests.clients.cast import client

pytestmark = pytest.mark.django_db
ME = "/me"


@pytest.fixture
def token(cast: Cast) -> str:
    return client("erp", "write").token


def bare(**headers: str) -> Any:
    return Api().get(ME, **headers)


def kind(answer: Any) -> str:
    assert answer["Content-Type"] == "application/problem+json"
    return str(answer.json()["type"].rpartition("/")[2])


def test_a_token_says_who_asks(token: str) -> None:
    answer = bare(Authorization=f"Bearer {token}")
    assert (answer.status_code, answer.json()["name"]) == (200, "erp")
    assert bare(Authorization=f"bearer   {token} ").status_code == 200
    assert ApiToken.objects.get().last_used_at is not None


@pytest.mark.parametrize(
    "header",
    [
        "",
        "Bearer",
        "Bearer ",
        "Bearer x",
        "Bearer {token}x",
        "Bearer {token} {token}",
        "Bearer {token}, Bearer {token}",
        "Basic {token}",
        "Token {token}",
        "{token}",
        "Bearer \u0000",
        "Bearer \u00fc\u00fc",
        "Bearer " + "a" * 5_000,
    ],
)
def test_everything_else_is_unknown(token: str, header: str) -> None:
    answer = bare(Authorization=header.format(token=token))
    assert (answer.status_code, kind(answer)) == (401, "unauthenticated")
    assert answer["WWW-Authenticate"].startswith("Bearer")


def test_whoever_says_nothing_is_unknown(cast: Cast) -> None:
    answer = bare()
    assert (answer.status_code, kind(answer)) == (401, "unauthenticated")
    assert answer["WWW-Authenticate"].startswith("Bearer")


@pytest.mark.parametrize("name", ["token", "access_token", "api_key", "Authorization"])
def test_a_token_in_the_address_is_never_read(token: str, name: str) -> None:
    assert Api().get(f"{ME}?{name}={token}").status_code == 401
    assert Client().post(f"/api/v1{ME}", {name: token}).status_code == 401


def _expire() -> None:
    ApiToken.objects.update(expires_at=timezone.now())


def _revoke() -> None:
    operations.revoke_token(ApiToken.objects.get(), actor=SYSTEM, now=NOW)


def _switch_off() -> None:
    operations.deactivate(ApiClient.objects.get(), actor=SYSTEM, now=NOW)


@pytest.mark.parametrize(("act", "word"), [(_expire, "expired"), (_revoke, "revoked"), (_switch_off, "switched off")])
def test_a_token_that_opens_nothing_any_more_says_why(token: str, act: Callable[[], None], word: str) -> None:
    act()
    answer = bare(Authorization=f"Bearer {token}", Accept_Language="en")
    assert (answer.status_code, kind(answer)) == (401, "unauthenticated")
    assert word in answer.json()["detail"]
    assert answer["WWW-Authenticate"].startswith("Bearer")
    assert list(ClientHour.objects.values_list("client__name", "status", "count")) == [("erp", 401, 1)]


def test_a_good_token_from_elsewhere_is_a_refusal_of_its_own(cast: Cast) -> None:
    made = client(networks=["10.20.0.0/16"])
    answer = bare(Authorization=f"Bearer {made.token}")
    assert (answer.status_code, kind(answer)) == (403, "wrong-address")
    assert list(ClientHour.objects.values_list("status", flat=True)) == [403]


@pytest.mark.parametrize(
    ("peer", "forwarded", "status"),
    [
        ("10.20.0.9", "", 200),
        ("8.8.8.8", "10.20.0.9", 403),
        ("127.0.0.1", "10.20.0.9", 200),
        ("127.0.0.1", "10.20.0.9, 8.8.8.8", 403),
        ("127.0.0.1", "8.8.8.8, 10.20.0.9", 200),
        ("127.0.0.1", "10.20.0.9, 192.0.2.1", 200),
        ("127.0.0.1", "nonsense", 403),
        ("127.0.0.1", "", 403),
        ("", "10.20.0.9", 403),
    ],
)
def test_only_our_proxies_say_for_whom_they_ask(
    cast: Cast, settings: Any, peer: str, forwarded: str, status: int
) -> None:
    settings.TRUSTED_PROXIES = (*settings.TRUSTED_PROXIES, ipaddress.ip_network("192.0.2.0/24"))
    made = client(networks=["10.20.0.0/16"])
    headers = {"Authorization": f"Bearer {made.token}"} | ({"X-Forwarded-For": forwarded} if forwarded else {})
    assert Client(REMOTE_ADDR=peer).get(f"/api/v1{ME}", headers=headers).status_code == status


# Sessions -------------------------------------------------------------------------------------------------------------
def signed_in(person: Person) -> Client:
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(person)
    return browser


def test_signed_in_people_read_with_their_session(cast: Cast) -> None:
    assert Api(session=signed_in(cast.viewer)).get(ME).status_code == 200


def test_who_left_is_unknown(cast: Cast) -> None:
    browser = signed_in(cast.viewer)
    Person.objects.filter(pk=cast.viewer.pk).update(is_active=False)
    assert Api(session=browser).get(ME).status_code == 401


def test_accounts_of_the_demonstration_stay_outside_in_production(cast: Cast, settings: Any) -> None:
    browser = signed_in(cast.viewer)
    Person.objects.filter(pk=cast.viewer.pk).update(is_demo=True)
    settings.PRODUCTION = True
    assert Api(session=browser).get(ME).status_code == 401


def test_a_session_writes_with_a_csrf_token_only(cast: Cast) -> None:
    cast.activate()
    browser, path = signed_in(cast.office), f"/milestones/{cast.roof.pk}/start"
    answer = Api(session=browser).post(path)
    assert (answer.status_code, kind(answer)) == (403, "forbidden")
    cast.refresh()
    assert cast.roof.state == "planned"
    browser.get("/")
    secret = browser.cookies["csrftoken"].value
    assert Api(session=browser).post(path, X_CSRFToken=secret).status_code == 200


def test_a_bad_token_is_refused_whatever_session_comes_with_it(cast: Cast) -> None:
    browser = signed_in(cast.office)
    for header in ("Bearer nonsense", "Basic eDp5", ""):
        assert Api(session=browser).get(ME, Authorization=header).status_code == 401


def test_a_token_acts_for_its_client_even_in_a_signed_in_browser(cast: Cast, token: str) -> None:
    answer = Api(session=signed_in(cast.office)).get(ME, Authorization=f"Bearer {token}")
    assert answer.json()["name"] == "erp"


def test_a_token_opens_the_api_and_nothing_else(cast: Cast, token: str) -> None:
    for page in ("/", "/admin/", "/milestones/"):
        assert Client().get(page, headers={"Authorization": f"Bearer {token}"}).status_code in (302, 404), page


def test_a_token_works_until_the_moment_it_expires(cast: Cast) -> None:
    made = client(now=timezone.now(), expires_at=timezone.now() + timedelta(hours=1))
    assert bare(Authorization=f"Bearer {made.token}").status_code == 200
