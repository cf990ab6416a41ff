"""How does the office let other systems in, see whether they come, and shut them out?"""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from milestones.clients import activity, operations, tokens
from milestones.errors import DomainError
from milestones.models import ApiClient, ApiToken, ChangeEntry, Plan
from tests.admin.forms import Desk, errors
from tests.cast import SYSTEM, Cast
from tests.clients.cast import client

LIST = "/admin/milestones/apiclient/"
TOKEN = re.compile(r"lgx_[0-9A-Za-z]{8}_[0-9A-Za-z]{43}")


@pytest.fixture(autouse=True)
def _nothing_waits() -> None:
    activity._waiting.clear()
    activity._written.clear()


@pytest.fixture
def erp(cast: Cast) -> ApiClient:
    return client("erp", "write", plans=[cast.plan], now=timezone.now()).client


def page(obj: ApiClient, what: str = "change") -> str:
    return f"{LIST}{obj.pk}/{what}/"


def opens(token: str) -> str:
    try:
        return tokens.find(token, now=timezone.now(), address="127.0.0.1").client.name
    except DomainError as error:
        return error.code


# Making ---------------------------------------------------------------------------------------------------------------
def test_a_client_is_made_and_its_token_shown_this_once(cast: Cast, desk: Desk) -> None:
    typed = {"name": "erp", "scopes": ["write"], "plans": [str(cast.plan.pk)], "organisations": ["*"]}
    typed |= {"networks": "10.0.0.0/8\r\n\r\n2001:db8::/32", "rate": "600/min", "expected_every": "30"}
    answer = desk.save(f"{LIST}add/", owner=str(cast.office.pk), expires_at="2099-12-31", **typed)
    (token,) = TOKEN.findall(answer.content.decode())
    assert "no-store" in answer["Cache-Control"]
    made = ApiClient.objects.get()
    assert (made.name, made.scopes, made.plans) == ("erp", ["read", "write"], [str(cast.plan.pk)])
    assert (made.organisations, made.networks, made.rate) == (None, ["10.0.0.0/8", "2001:db8::/32"], "600/min")
    assert (made.owner, made.expected_every) == (cast.office, 30)
    assert opens(token) == "network"
    entry = ChangeEntry.objects.of(made).get()
    assert (entry.verb, entry.via, entry.actor_id) == ("client.create", "admin", cast.office.pk)
    for url in (LIST, page(made), page(made, "history")):
        assert token not in desk.text(url)
        assert token[:12] in desk.text(url)


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"name": "erp"}, "name"),
        ({"scopes": []}, "scopes"),
        ({"plans": []}, "plans"),
        ({"plans": ["*", "own"]}, "plans"),
        ({"organisations": []}, "organisations"),
        ({"networks": "intranet"}, "networks"),
        ({"rate": "fast"}, "rate"),
        ({"expected_every": "0"}, "expected_every"),
        ({"expires_at": "2020-01-01"}, "expires_at"),
    ],
)
def test_what_cannot_be_is_said_at_its_field(
    cast: Cast, desk: Desk, erp: ApiClient, typed: dict[str, Any], field: str
) -> None:
    typed = {name: [str(cast.plan.pk) if one == "own" else one for one in v] if isinstance(v, list) else v
             for name, v in typed.items()}  # fmt: skip
    good: dict[str, Any] = {"name": "new", "scopes": ["read"], "plans": ["*"], "organisations": ["*"]}
    answer = desk.save(f"{LIST}add/", **{**good, **typed})
    assert field in errors(answer)
    assert ApiClient.objects.get() == erp


# Changing -------------------------------------------------------------------------------------------------------------
def test_a_client_is_changed_by_its_verb(cast: Cast, desk: Desk, erp: ApiClient) -> None:
    desk.save(page(erp), scopes=["read"], plans=["*"], organisations=[str(cast.bureau.pk)], networks="10.0.0.0/8")
    erp.refresh_from_db()
    assert (erp.scopes, erp.plans, erp.organisations) == (["read"], None, [str(cast.bureau.pk)])
    assert erp.version == 2
    text = desk.text(page(erp, "history"))
    assert "client changed" in text
    assert str(cast.bureau) in text


def test_saving_untouched_changes_nothing(cast: Cast, desk: Desk, erp: ApiClient) -> None:
    operations.edit(erp, {"networks": ["10.0.0.0/8"]}, actor=SYSTEM, now=timezone.now())
    assert desk.save(page(erp)).status_code == 302
    assert ApiClient.objects.get().version == 2


def test_who_saves_later_sees_both_values(cast: Cast, desk: Desk, next_desk: Desk, erp: ApiClient) -> None:
    opened = desk.open(page(erp))
    next_desk.save(page(erp), plans=["*"])
    answer = desk.send(page(erp), opened, rate="1/s")
    assert "nothing was saved" in answer.content.decode()
    assert desk.send(page(erp), _shown(answer)).status_code == 302
    erp.refresh_from_db()
    assert (erp.plans, erp.rate) == (None, "1/s")


def _shown(answer: Any) -> dict[str, Any]:
    from tests.admin.forms import fields

    return fields(answer.context)


def test_a_reach_whose_plan_is_gone_is_never_widened_in_silence(cast: Cast, desk: Desk) -> None:
    from milestones.planning import plans
    from tests import cast as casting

    gone = casting.plan("p-0")
    made = client("narrow", plans=[gone]).client
    plans.delete(Plan.objects.get(pk=gone.pk), actor=SYSTEM, now=timezone.now())
    answer = desk.save(page(made), rate="1/s")
    assert "plans" in errors(answer)
    made.refresh_from_db()
    assert made.plans == [str(gone.pk)]


# Tokens ---------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("others", "old"), [("7", "erp"), ("0", "token_revoked"), ("keep", "erp")])
def test_a_new_token_says_what_becomes_of_the_others(cast: Cast, desk: Desk, others: str, old: str) -> None:
    first = client(now=timezone.now())
    answer = desk.client.post(page(first.client, "token"), {"others": others, "version": 1, "expires_at": ""})
    (new,) = TOKEN.findall(answer.content.decode())
    assert [opens(first.token), opens(new)] == [old, "erp"]
    ends = ApiToken.objects.earliest("id").expires_at
    assert (ends is not None) == (others == "7")
    assert "no-store" in answer["Cache-Control"]


def test_two_who_make_a_token_at_once_make_one(cast: Cast, desk: Desk, next_desk: Desk, erp: ApiClient) -> None:
    for each in (desk, next_desk):
        answer = each.client.post(page(erp, "token"), {"others": "7", "version": 1})
    assert "nothing was saved" in answer.content.decode()
    assert erp.tokens.count() == 2


def test_a_token_is_revoked(cast: Cast, desk: Desk) -> None:
    made = client(now=timezone.now())
    url = page(made.client, f"token/{ApiToken.objects.get().pk}/revoke")
    assert ApiToken.objects.get().prefix in desk.text(url)
    assert "Revoked" in desk.client.post(url, {"version": 1}, follow=True).content.decode()
    assert opens(made.token) == "token_revoked"
    other = client("other").client
    assert desk.client.get(page(other, f"token/{ApiToken.objects.earliest('id').pk}/revoke")).status_code == 404


def test_a_client_is_switched_off_and_on(cast: Cast, desk: Desk) -> None:
    made = client(now=timezone.now())
    desk.client.post(page(made.client, "do/deactivate"), {"version": 1})
    assert opens(made.token) == "client_inactive"
    assert "switched off" in desk.text(page(made.client))
    desk.client.post(page(made.client, "do/reactivate"), {"version": 2})
    assert opens(made.token) == "erp"
    assert desk.client.get(page(made.client, "do/delete")).status_code == 404


# Health ---------------------------------------------------------------------------------------------------------------
def test_the_pages_say_who_is_silent_behind_and_refused(cast: Cast, desk: Desk, erp: ApiClient) -> None:
    now = timezone.now()
    client("quiet", expected_every=30, now=now - timedelta(hours=2))
    activity.pulled("erp", 0, now)
    activity.refused(erp.pk, 404, now)
    text = desk.text(f"{LIST}health/")
    assert text.index("quiet") < text.index(">erp<")
    assert "■" in text
    assert "404 × 1" in text
    assert "404 × 1" in desk.text(page(erp))
    found = desk.client.get(f"{LIST}?silent=yes").context["cl"].result_list
    assert [one.name for one in found] == ["quiet"]
    matter = desk.client.get("/admin/").context["matters"][-1]
    assert (matter.count, matter.urgent, matter.url) == (1, True, f"{LIST}?silent=yes")


def test_a_list_of_many_costs_no_more_queries(cast: Cast, desk: Desk) -> None:
    def price(url: str) -> int:
        with CaptureQueriesContext(connection) as queries:
            assert desk.client.get(url).status_code == 200
        return len(queries)

    client("c0", plans=[cast.plan], organisations=[cast.bureau], owner=cast.office)
    desk.client.get(LIST)
    few = [price(LIST), price(f"{LIST}health/")]
    for number in range(1, 20):
        client(f"c{number}", plans=[cast.plan], organisations=[cast.bureau], owner=cast.office)
    assert [price(LIST), price(f"{LIST}health/")] == few


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_page_opens_in_both_languages(cast: Cast, client_of: Any, erp: ApiClient, language: str) -> None:
    desk = Desk(client_of(cast.office), language)
    token = erp.tokens.get()
    for url in (
        *(LIST, f"{LIST}add/", f"{LIST}health/", page(erp), page(erp, "history"), page(erp, "token")),
        *(page(erp, f"token/{token.pk}/revoke"), page(erp, "do/deactivate"), page(erp, "do/reactivate")),
    ):
        assert desk.client.get(url).status_code == 200, url
    assert reverse("admin:milestones_apiclient_health") in desk.text(LIST)


@pytest.mark.parametrize("who", ["owner", "coordinator", "leader", "viewer"])
def test_other_systems_are_the_offices(cast: Cast, client_of: Any, erp: ApiClient, who: str) -> None:
    browser = client_of(getattr(cast, who))
    for url in (LIST, f"{LIST}add/", f"{LIST}health/", page(erp), page(erp, "token"), page(erp, "do/deactivate")):
        assert browser.post(url, {"version": 1, "others": "7"}).status_code == 403, url
    erp.refresh_from_db()
    assert (erp.is_active, erp.tokens.count()) == (True, 1)
