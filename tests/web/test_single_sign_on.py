"""Whom does another system's sign-in let in? A small issuer on this machine says who somebody is."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from allauth.socialaccount.models import SocialAccount
from django.test import Client

from lingang.addresses import SingleSignOn
from milestones.models import Person, SignIn
from tests.web.cast import Cast

START, BACK = "/accounts/sso/login/", "/accounts/sso/login/callback/"


class Issuer:
    """`claims` are what it says of whoever comes next."""

    def __init__(self) -> None:
        self.claims: dict[str, Any] = {}
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        issuer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                found = {"/.well-known/openid-configuration": issuer.configuration(), "/me": issuer.claims}[self.path]
                self._say(found)

            def do_POST(self) -> None:
                self.rfile.read(int(self.headers["Content-Length"]))
                self._say({"access_token": "opens the door", "token_type": "Bearer"})

            def _say(self, found: dict[str, Any]) -> None:
                body = json.dumps(found).encode()
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *args: object) -> None:
                """Nothing."""

        return Handler

    def configuration(self) -> dict[str, str]:
        names = {"authorization": "authorize", "token": "token", "userinfo": "me"}
        return {"issuer": self.url, **{f"{name}_endpoint": f"{self.url}/{path}" for name, path in names.items()}}


@pytest.fixture
def issuer(settings: Any) -> Iterator[Issuer]:
    issuer = Issuer()
    settings.SINGLE_SIGN_ON = SingleSignOn(issuer.url, "lingang", "a secret", "统一身份认证")
    settings.SOCIALACCOUNT_PROVIDERS = settings.SINGLE_SIGN_ON.providers()
    yield issuer
    issuer.close()


def come(issuer: Issuer, client: Client | None = None, query: str = "", **claims: Any) -> tuple[Client, Any]:
    """Away to the issuer and back, as whom it says."""
    client, claims = client or Client(), {"sub": "4711", "email_verified": True, **claims}
    issuer.claims = {name: said for name, said in claims.items() if said is not None}
    away = urlsplit(client.get(START + query)["Location"])
    assert f"{away.scheme}://{away.netloc}" == issuer.url
    asked = parse_qs(away.query)
    assert asked["code_challenge_method"] == ["S256"]
    return client, client.get(BACK, {"code": "c", "state": asked["state"][0]})


def test_without_settings_there_is_none(cast: Cast, client: Client) -> None:
    assert client.get(START).status_code == 404
    assert "sso" not in client.get("/accounts/login/").content.decode()


def test_whoever_has_an_account_with_the_verified_address_is_let_in_and_known_from_then_on(
    cast: Cast, issuer: Issuer, client: Client
) -> None:
    assert "统一身份认证" in client.get("/accounts/login/").content.decode()
    client, answer = come(issuer, query="?next=/plans/", email="Owner@Example.org", name="not kept")
    assert answer["Location"] == "/plans/"
    assert client.get("/plans/").status_code == 200
    linked = SocialAccount.objects.get()
    assert (linked.user, linked.uid, linked.extra_data) == (cast.owner, "4711", {})
    before = Person.objects.get(pk=cast.owner.pk).password
    _client, answer = come(issuer, email="moved@example.org", email_verified=False)  # the same person there
    assert answer["Location"] == "/"
    assert Person.objects.get(pk=cast.owner.pk).password == before
    assert [(row.happening, row.method) for row in SignIn.objects.order_by("id")] == [
        ("linked", "single_sign_on"), ("succeeded", "single_sign_on"), ("succeeded", "single_sign_on"),
    ]  # fmt: skip


def test_nobody_else_is_and_no_account_is_made(cast: Cast, issuer: Issuer) -> None:
    people = Person.objects.count()
    Person.objects.filter(pk=cast.viewer.pk).update(is_active=False)
    stranger = {"email": "stranger@example.org"}
    unverified = {"email": "owner@example.org", "email_verified": False}
    nearly = {"email": "owner@example.org", "email_verified": "no"}
    for claims in (stranger, unverified, nearly, {"email": "viewer@example.org"}, {}):
        client, answer = come(issuer, **claims)
        assert answer.status_code == 403, claims
        assert client.get("/plans/").status_code == 302, claims
    assert (Person.objects.count(), SocialAccount.objects.count()) == (people, 0)
    assert set(SignIn.objects.values_list("happening", flat=True)) == {"refused"}


def test_an_issuer_that_never_says_whether_is_believed_only_where_the_setting_says_so(
    cast: Cast, issuer: Issuer, settings: Any
) -> None:
    silent: dict[str, Any] = {"email": "owner@example.org", "email_verified": None}
    assert come(issuer, **silent)[1].status_code == 403
    settings.SINGLE_SIGN_ON = replace(settings.SINGLE_SIGN_ON, trusts_email=True)
    for said in (False, "no"):
        assert come(issuer, **{**silent, "email_verified": said})[1].status_code == 403, said
    assert come(issuer, **silent)[1].status_code == 302
    assert SocialAccount.objects.get().user == cast.owner


def test_nobody_links_their_account_to_one_of_the_issuer_by_being_signed_in(
    cast: Cast, issuer: Issuer, client_of: Any
) -> None:
    """Else whoever leads a signed-in person to such an address, with a session of their own there, gets in as them."""
    _client, answer = come(issuer, client_of(cast.office), "?process=connect", email="stranger@example.org")
    assert answer.status_code == 403
    assert not SocialAccount.objects.exists()


def test_an_answer_that_nobody_asked_for_opens_nothing(cast: Cast, issuer: Issuer, client: Client) -> None:
    issuer.claims = {"sub": "1", "email": "owner@example.org", "email_verified": True}
    assert client.get(BACK, {"code": "c", "state": "guessed"}).status_code == 401
    assert client.get("/plans/").status_code == 302
