"""How does the office look after the endpoints of other systems and their log?"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from milestones.clients import operations as clients
from milestones.models import WebhookAttempt, WebhookDelivery, WebhookEndpoint
from milestones.webhooks import operations
from tests.admin.forms import Desk
from tests.cast import NOW, SYSTEM, Cast

PUBLIC = "https://1.1.1.1/hook"


@pytest.fixture
def hook(cast: Cast) -> WebhookEndpoint:
    return operations.create({"url": PUBLIC, "description": "ERP"}, actor=SYSTEM, now=NOW).endpoint


@pytest.fixture
def given_up(hook: WebhookEndpoint) -> WebhookDelivery:
    at = timezone.now() - timedelta(hours=1)
    row = hook.deliveries.create(type="ping", state="failed", created_at=at, attempts=1)
    WebhookAttempt.objects.create(delivery=row, number=1, at=at, milliseconds=12, status=500, said="500 no such wind")
    return row


def url(page: str, *args: Any, of: str = "webhookendpoint") -> str:
    return reverse(f"admin:milestones_{of}_{page}", args=args)


def test_an_endpoint_is_made_and_its_secret_shown_once(cast: Cast, desk: Desk) -> None:
    erp = clients.create({"name": "erp", "scopes": ["webhooks"]}, actor=SYSTEM, now=NOW).client
    typed = {"client": erp.pk, "url": PUBLIC, "events": "milestone.*\ntarget.created", "description": "ERP"}
    answer = desk.client.post(url("add"), typed)
    made = WebhookEndpoint.objects.get()
    assert (made.client, made.events, made.created_by) == (erp, ["milestone.*", "target.created"], cast.office)
    assert re.findall("whsec_[^<]+", answer.content.decode()) == [made.secret]
    for page in (url("change", made.pk), url("history", made.pk), url("changelist")):
        assert "whsec_" not in desk.text(page)


@pytest.mark.parametrize(
    ("typed", "words"),
    [({"url": "http://10.0.0.1/x"}, "not public"), ({"url": PUBLIC, "events": "castle.*"}, "There is no event")],
)
def test_a_refusal_stands_in_the_form(cast: Cast, desk: Desk, typed: dict[str, str], words: str) -> None:
    answer = desk.client.post(url("add"), {"events": "*", "description": "", **typed})
    assert words in answer.content.decode()
    assert not WebhookEndpoint.objects.exists()


def test_its_events_are_changed(hook: WebhookEndpoint, desk: Desk) -> None:
    typed = {"seen": hook.version, "url": PUBLIC, "events": "milestone.*", "description": "ERP"}
    desk.client.post(url("change", hook.pk), typed)
    hook.refresh_from_db()
    assert hook.events == ["milestone.*"]


def test_it_is_pinged_switched_off_and_on_and_given_a_new_secret(hook: WebhookEndpoint, desk: Desk) -> None:
    version = {"version": hook.version}
    desk.client.post(url("do", hook.pk, "ping"), version)
    assert [row.type for row in hook.deliveries.all()] == ["ping"]
    desk.client.post(url("do", hook.pk, "disable"), version)
    assert "Switched off: by hand." in desk.text(url("change", hook.pk))
    desk.client.post(url("do", hook.pk, "enable"), {"version": hook.version + 1})
    answer = desk.client.post(url("secret", hook.pk), {"version": hook.version + 2, "overlap": "24"})
    before, hook = hook.secret, WebhookEndpoint.objects.get()
    assert hook.is_active
    assert hook.secret != before == hook.previous_secret
    assert hook.secret in answer.content.decode()
    assert desk.client.get(url("do", hook.pk, "explode")).status_code == 404


def test_the_log_tells_and_sends_again(given_up: WebhookDelivery, desk: Desk) -> None:
    page = url("change", given_up.pk, of="webhookdelivery")
    assert "500 no such wind" in desk.text(page)
    assert "ping" in desk.text(url("changelist", of="webhookdelivery"))
    assert url("replay", given_up.pk, of="webhookdelivery") in desk.text(page)
    desk.client.post(url("replay", given_up.pk, of="webhookdelivery"))
    given_up.refresh_from_db()
    assert given_up.state == "waiting"


def test_everything_that_was_given_up_is_sent_again(given_up: WebhookDelivery, desk: Desk) -> None:
    answer = desk.client.post(url("replay", given_up.endpoint_id), {"days": 3}, follow=True)
    assert "1 message is sent again." in answer.content.decode()
    given_up.refresh_from_db()
    assert given_up.state == "waiting"


def test_some_of_the_log_are_sent_again(given_up: WebhookDelivery, desk: Desk) -> None:
    rows = {"action": "replay", "_selected_action": [given_up.pk]}
    answer = desk.client.post(url("changelist", of="webhookdelivery"), rows, follow=True)
    assert "1 message is sent again." in answer.content.decode()
    operations.disable(WebhookEndpoint.objects.get(), actor=SYSTEM, now=NOW)
    answer = desk.client.post(url("changelist", of="webhookdelivery"), rows, follow=True)
    assert "switched off" in answer.content.decode()


def test_it_is_removed_with_its_log(given_up: WebhookDelivery, desk: Desk) -> None:
    page = url("delete", given_up.endpoint_id)
    assert "1 message of its log" in desk.text(page)
    desk.client.post(page, {"post": "yes"})
    assert not WebhookEndpoint.objects.exists()


@pytest.mark.parametrize("who", ["leader", "coordinator", "owner", "viewer"])
def test_endpoints_are_the_offices(
    cast: Cast, client_of: Callable[..., Client], hook: WebhookEndpoint, who: str
) -> None:
    assert client_of(getattr(cast, who)).get(url("change", hook.pk)).status_code == 403


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_page_opens(given_up: WebhookDelivery, desk: Desk, language: str) -> None:
    desk.client.cookies["django_language"] = language
    hook = given_up.endpoint_id
    pages = [url("changelist"), url("add"), url("changelist", of="webhookdelivery")]
    pages += [url(page, hook) for page in ("change", "history", "delete", "secret", "replay")]
    pages += [url("do", hook, verb) for verb in ("ping", "enable", "disable")]
    pages += [url(page, given_up.pk, of="webhookdelivery") for page in ("change", "replay")]
    pages += [f"{url('changelist', of='webhookdelivery')}?endpoint__id__exact={hook}"]
    assert {page: desk.client.get(page).status_code for page in pages} == dict.fromkeys(pages, 200)
