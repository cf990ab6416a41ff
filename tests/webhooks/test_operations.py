"""How is an endpoint looked after, and by whom?"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from milestones import access
from milestones.clients.tokens import acting
from milestones.errors import Conflict, DomainError, Forbidden, RuleBroken, StateConflict
from milestones.models import ApiClient, ChangeEntry, WebhookDelivery, WebhookEndpoint
from milestones.webhooks import operations
from tests import cast as casting
from tests.cast import NOW, SYSTEM, Cast
from tests.webhooks.desk import Desk

pytestmark = pytest.mark.django_db

PUBLIC = "https://1.1.1.1/hook"
HOW: Any = {"actor": SYSTEM, "now": NOW}


def made(url: str = PUBLIC, **values: Any) -> WebhookEndpoint:
    return operations.create({"url": url, **values}, **HOW).endpoint


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("http://10.0.0.8/x", "not_public"),
        ("http://192.168.1.1/x", "not_public"),
        ("http://169.254.169.254/latest/meta-data", "not_public"),
        ("http://[::1]/x", "not_public"),
        ("http://[::ffff:10.0.0.1]/x", "not_public"),
        ("http://[fe80::1]/x", "not_public"),
        ("http://[fd00::1]/x", "not_public"),
        ("http://0.0.0.0/x", "not_public"),
        ("http://2130706433/x", "host"),
        ("ftp://1.1.1.1/x", "scheme"),
        ("https://user:word@1.1.1.1/x", "userinfo"),
        ("https://1.1.1.1:22/x", "port"),
        ("", "unreadable"),
    ],
)
def test_an_address_that_may_not_be_called_is_refused_at_its_field(
    db: None, settings: Any, url: str, code: str
) -> None:
    with pytest.raises(RuleBroken) as refusal:
        made(url)
    assert (refusal.value.field, refusal.value.code) == ("url", code)
    there = made()
    with pytest.raises(RuleBroken):
        operations.edit(there, {"url": url}, **HOW)


def test_loopback_is_refused_unless_its_network_is_allowed(db: None, settings: Any) -> None:
    made("http://127.0.0.1:8080/x")
    settings.WEBHOOK_ALLOWED_NETWORKS = ()
    with pytest.raises(RuleBroken):
        made("http://127.0.0.1:8080/x")


@pytest.mark.parametrize("events", [["milestone"], ["milestone.*", "x.*"], ["webhook.*"], ["reminder.created"], []])
def test_an_unknown_event_is_refused_at_its_field(db: None, events: list[str]) -> None:
    with pytest.raises(RuleBroken) as refusal:
        made(events=events)
    assert refusal.value.field == "events"


def test_without_events_it_hears_everything(db: None) -> None:
    assert made().events == ["*"]
    assert made(events=["status_report.created", "milestone.*", "milestone.*"]).events == [
        "milestone.*",
        "status_report.created",
    ]


def test_every_verb_leaves_one_entry(db: None) -> None:
    endpoint = made(description="  ERP ")
    told = ChangeEntry.objects.of(endpoint)
    assert endpoint.description == "ERP"
    assert operations.edit(endpoint, {"events": ["milestone.*"]}, **HOW)
    assert not operations.edit(endpoint, {"events": ["milestone.*"]}, **HOW)
    operations.rotate_secret(endpoint, **HOW)
    assert operations.disable(endpoint, **HOW)
    assert not operations.disable(endpoint, **HOW)
    assert endpoint.disabled_why == "by_hand"
    assert operations.enable(endpoint, **HOW)
    assert not operations.enable(endpoint, **HOW)
    operations.delete(endpoint, **HOW)
    words = ["create", "edit", "rotate_secret", "disable", "enable", "delete"]
    assert list(told.values_list("verb", flat=True)) == [f"endpoint.{word}" for word in words]


def test_whoever_saw_an_older_version_changes_nothing(db: None) -> None:
    endpoint = made()
    operations.edit(endpoint, {"description": "new"}, **HOW)
    for verb in (
        lambda: operations.edit(endpoint, {"description": "other"}, version=1, **HOW),
        lambda: operations.delete(endpoint, version=1, **HOW),
        lambda: operations.rotate_secret(endpoint, version=1, **HOW),
    ):
        with pytest.raises(Conflict):
            verb()


def test_what_is_switched_off_is_neither_pinged_nor_replayed(desk: Desk) -> None:
    desk.change()
    desk.run()
    operations.disable(desk.endpoint, **desk.how)
    for verb in (
        lambda: operations.ping(desk.endpoint, **desk.how),
        lambda: operations.replay(desk.the_only, **desk.how),
        lambda: operations.replay_failed(desk.endpoint, since=NOW, **desk.how),
    ):
        with pytest.raises(StateConflict):
            verb()


def test_a_client_looks_after_its_own_and_nobody_elses(desk: Desk, client_of: Callable[..., ApiClient]) -> None:
    one, other = client_of("read", name="one"), client_of("write", name="other")
    mine, theirs = acting(one, NOW), acting(other, NOW)
    hook = operations.create({"url": PUBLIC}, client=one, actor=mine, now=NOW).endpoint
    assert list(access.visible(WebhookEndpoint.objects.all(), mine)) == [hook]
    assert list(access.visible(WebhookEndpoint.objects.all(), theirs)) == []
    assert list(access.visible(WebhookDelivery.objects.all(), theirs)) == []
    for endpoint in (hook, desk.endpoint):
        with pytest.raises(Forbidden):
            operations.delete(endpoint, actor=theirs, now=NOW)
    with pytest.raises(Forbidden):
        operations.create({"url": PUBLIC}, client=one, actor=theirs, now=NOW)
    with pytest.raises(Forbidden):
        operations.create({"url": PUBLIC}, actor=mine, now=NOW)  # the office's own, which sees all
    operations.delete(hook, actor=mine, now=NOW)


def test_without_the_scope_there_are_none(desk: Desk, client_of: Callable[..., ApiClient]) -> None:
    client = client_of("write")
    hook = operations.create({"url": PUBLIC}, client=client, **HOW).endpoint
    client.scopes = ["read", "write"]
    actor = acting(client, NOW)
    assert not access.may(actor, "endpoint.edit", hook)
    assert list(access.visible(WebhookEndpoint.objects.all(), actor)) == []


def test_the_office_sees_all_and_others_nothing(running: Cast) -> None:
    hook = made()
    assert list(access.visible(WebhookEndpoint.objects.all(), running.office)) == [hook]
    for person in (running.coordinator, running.owner, running.leader, running.viewer):
        assert list(access.visible(WebhookEndpoint.objects.all(), person)) == []
        assert not access.may(casting.acting(person), "endpoint.create")


def test_there_are_not_more_than_so_many(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(operations, "MOST", 2)
    made(), made()
    with pytest.raises(DomainError) as refusal:
        made()
    assert refusal.value.code == "too_many"
