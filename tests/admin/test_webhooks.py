"""How does the office give an organisation a webhook, try it and take it away, without anybody reading its secret?"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from milestones.models import ChangeEntry, OrganisationWebhook, OutgoingMail
from milestones.people import webhooks
from tests.admin.forms import Desk
from tests.cast import NOW, SYSTEM, Cast
from tests.servers.receiver import Answer, Receiver

SECRET = "https://1.1.1.1/hook/very-secret-token"


@pytest.fixture
def receiver(settings: Any) -> Iterator[Receiver]:
    settings.WEBHOOK_ALLOWED_NETWORKS = (ipaddress.ip_network("127.0.0.0/8"),)
    with Receiver() as one:
        yield one


@pytest.fixture
def hook(cast: Cast, receiver: Receiver) -> OrganisationWebhook:
    return webhooks.create(cast.bureau, receiver.url, actor=SYSTEM, now=NOW)


def page(cast: Cast, what: str = "") -> str:
    name = "admin:milestones_organisation_webhook" + (f"_{what}" if what else "")
    return reverse(name, args=[cast.bureau.pk])


def test_an_address_is_typed_and_never_shown_again(cast: Cast, desk: Desk) -> None:
    assert reverse("admin:milestones_organisation_webhook", args=[cast.bureau.pk]) in desk.text(
        reverse("admin:milestones_organisation_change", args=[cast.bureau.pk])
    )
    answer = desk.client.post(page(cast), {"url": SECRET, "is_active": "on"}, follow=True)
    assert "Saved." in answer.content.decode()
    assert OrganisationWebhook.objects.get().url == SECRET
    history = reverse("admin:milestones_organisation_history", args=[cast.bureau.pk])
    for url in (page(cast), history, reverse("admin:milestones_organisation_changelist")):
        assert "very-secret" not in desk.text(url)
    assert "https://1.1.1.1/•••" in desk.text(page(cast))
    assert "webhook set up" in desk.text(history)
    assert "secret" not in str(list(ChangeEntry.objects.values_list("changes", flat=True)))


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("http://127.0.0.1/hook", "not public"),
        ("http://169.254.169.254/latest/meta-data", "not public"),
        ("http://2130706433/", "spelling"),
        ("https://user:secret@1.1.1.1/", "before the @"),
        ("ftp://1.1.1.1/", "must begin with"),
        ("https://1.1.1.1:22/", "port"),
    ],
)
def test_an_address_that_may_not_be_called_is_refused_at_its_field(
    cast: Cast, desk: Desk, url: str, words: str
) -> None:
    answer = desk.client.post(page(cast), {"url": url, "is_active": "on"})
    assert words in str(answer.context["form"].errors["url"])
    assert not OrganisationWebhook.objects.exists()


def test_what_is_left_empty_stays(cast: Cast, desk: Desk, hook: OrganisationWebhook) -> None:
    desk.client.post(page(cast), {"url": "", "seen": hook.version})
    kept = OrganisationWebhook.objects.get()
    assert (kept.url, kept.is_active, kept.version) == (hook.url, False, 2)


def test_who_saves_later_is_told_of_who_saved_first(cast: Cast, desk: Desk, hook: OrganisationWebhook) -> None:
    webhooks.edit(hook, {"is_active": False}, actor=SYSTEM, now=NOW)
    answer = desk.client.post(page(cast), {"url": SECRET, "is_active": "on", "seen": 1})
    assert "nothing was saved" in answer.content.decode()
    assert not OrganisationWebhook.objects.get().is_active


def test_a_test_message_is_sent_now_and_keeps_no_row(
    cast: Cast, desk: Desk, hook: OrganisationWebhook, receiver: Receiver
) -> None:
    answer = desk.client.post(page(cast, "test"), follow=True)
    assert "The receiver took the test message." in answer.content.decode()
    (request,) = receiver.requests
    assert request.json["organisation"] == cast.bureau.code
    assert request.json["items"] == []
    assert not OutgoingMail.objects.filter(kind="post").exists()


def test_a_receiver_that_refuses_is_quoted(
    cast: Cast, desk: Desk, hook: OrganisationWebhook, receiver: Receiver
) -> None:
    receiver.answer(Answer(403, "no such hook very-secret-token"))
    text = desk.client.post(page(cast, "test")).content.decode()
    assert "403 Forbidden no such hook •••" in text


def test_one_that_is_switched_off_is_not_tried(cast: Cast, desk: Desk, hook: OrganisationWebhook) -> None:
    webhooks.edit(hook, {"is_active": False}, actor=SYSTEM, now=NOW)
    assert "switched off" in desk.client.post(page(cast, "test")).content.decode()


def test_a_webhook_is_removed(cast: Cast, desk: Desk, hook: OrganisationWebhook) -> None:
    answer = desk.client.post(page(cast, "remove"), follow=True)
    assert "told by mail only" in answer.content.decode()
    assert not OrganisationWebhook.objects.exists()
    assert "webhook removed" in desk.text(reverse("admin:milestones_organisation_history", args=[cast.bureau.pk]))
    assert desk.client.get(page(cast, "remove")).status_code == 404


def test_the_list_shows_who_has_one(cast: Cast, desk: Desk, hook: OrganisationWebhook) -> None:
    text = desk.text(reverse("admin:milestones_organisation_changelist") + "?webhook=yes")
    assert cast.bureau.name in text
    assert cast.harbour.name not in text


@pytest.mark.parametrize("who", ["owner", "coordinator", "leader", "viewer"])
@pytest.mark.parametrize("what", ["", "test", "remove"])
def test_webhooks_are_the_offices(cast: Cast, client_of: Any, hook: OrganisationWebhook, who: str, what: str) -> None:
    client: Client = client_of(getattr(cast, who))
    assert client.post(page(cast, what)).status_code == 403
    assert OrganisationWebhook.objects.exists()
