"""Is an organisation's channel told once a working morning what it leads, whatever its receiver does?"""

from __future__ import annotations

import ipaddress
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client

from lingang.addresses import MailTransport
from milestones.models import (
    Channel,
    Heartbeat,
    Milestone,
    OrganisationWebhook,
    OutgoingMail,
    Person,
    Reminder,
    StepVersion,
)
from milestones.people import bouncing, organisations, webhooks
from milestones.planning import lifecycle, operations
from milestones.planning.calendars import calendar
from milestones.reminders import delivery, engine, posts
from milestones.workdays.periods import FuzzyDate
from tests.reminders.world import START, SYSTEM, World, at, mails
from tests.servers.receiver import Answer, Receiver
from tests.servers.smtp import SmtpSink
from tests.two_at_once import alone, together

DUE = date(2023, 6, 30)  # a Friday
THREE_BEFORE = date(2023, 6, 27)
ONE_BEFORE = date(2023, 6, 29)
HOW: dict[str, Any] = {"actor": SYSTEM, "now": START}


@pytest.fixture
def receiver(settings: Any) -> Iterator[Receiver]:
    settings.WEBHOOK_ALLOWED_NETWORKS = (ipaddress.ip_network("127.0.0.0/8"),)
    settings.LANGUAGE_CODE = "en"
    with Receiver() as one:
        yield one


@dataclass
class Chat:
    """A world whose bureau has a webhook, and whose steps all go over it."""

    world: World
    receiver: Receiver
    webhook: OrganisationWebhook

    def milestone(self, code: str = "M-1", **values: Any) -> Milestone:
        return self.world.milestone(code, DUE, **{"now": at(THREE_BEFORE, 0, 0), **values})

    def deliver(self, now: datetime, channel: str = "webhook") -> delivery.Delivered:
        return delivery.deliver(lambda: now, channel=channel)

    @property
    def post(self) -> OutgoingMail:
        (only,) = mails(kind="post")
        return only


def opened(world: World, receiver: Receiver) -> Chat:
    StepVersion.objects.update(channels=["mail", "webhook"])
    return Chat(world, receiver, webhooks.create(world.bureau, receiver.url, **HOW))


@pytest.fixture
def chat(world: World, receiver: Receiver) -> Chat:
    return opened(world, receiver)


@pytest.fixture
def smtp_chat(smtp_world: World, receiver: Receiver) -> Chat:
    return opened(smtp_world, receiver)


def ledger() -> list[tuple[str, str]]:
    rows = Reminder.objects.filter(channel=Channel.WEBHOOK).select_related("milestone").order_by("day", "id")
    return [(row.milestone.code, row.reason or row.state) for row in rows]


def test_a_post_tells_all_that_the_organisation_leads_in_one_message(chat: Chat) -> None:
    chat.milestone("M-1")
    chat.milestone("M-2", accountable=chat.world.person("second", "owner"), title_en="Roof")
    engine.sweep(at(THREE_BEFORE, 8))
    assert chat.deliver(at(THREE_BEFORE, 9, 1)).sent == 1
    (request,) = chat.receiver.requests
    told = request.json
    assert told["id"] == request.headers["Idempotency-Key"] == str(chat.post.pk)
    assert (told["organisation"], told["day"]) == ("FTB", "2023-06-27")
    assert told["title"] == "Finance and Trade Bureau, today's milestones: 2 coming up"
    assert told["items"][1] == {
        "code": "M-2",
        "title": "Roof",
        "url": "http://localhost:8000/plans/p-2023/milestones/M-2/",
        "line": "due June 30, 3 working days left",
        "level": "",
    }
    assert told["text"] == chat.post.text
    assert all(item["url"] in told["text"] and item["line"] in told["text"] for item in told["items"])
    assert ledger() == [("M-1", "sent"), ("M-2", "sent")]
    assert (chat.post.recipient, chat.post.html, chat.post.server_reply) == (None, "", "200 OK ok")


def test_the_outbox_says_to_whom_a_post_goes(chat: Chat, client: Client) -> None:
    chat.milestone()
    engine.sweep(at(THREE_BEFORE, 8))
    client.force_login(chat.world.office)
    assert "Finance and Trade Bureau" in client.get("/admin/milestones/outgoingmail/").content.decode()
    page = client.get(f"/admin/milestones/outgoingmail/{chat.post.pk}/change/").content.decode()
    assert "M-1" in page
    assert "iframe" not in page


def test_a_post_is_in_the_language_of_the_installation(chat: Chat, settings: Any) -> None:
    settings.LANGUAGE_CODE = "zh-hans"
    chat.milestone()
    engine.sweep(at(THREE_BEFORE, 8))
    assert chat.post.language == "zh-hans"
    assert "3 个工作日" in chat.post.text


def test_a_post_names_the_level_and_no_person(chat: Chat) -> None:
    StepVersion.objects.filter(step__code="before-3").update(level="yellow")
    chat.milestone()
    engine.sweep(at(THREE_BEFORE, 8))
    assert "Level: yellow notice" in chat.post.text
    assert "owner" not in chat.post.text


@pytest.mark.parametrize("hour", [0, 7])
def test_nothing_is_posted_before_the_morning(chat: Chat, hour: int) -> None:
    chat.milestone()
    engine.sweep(at(THREE_BEFORE, hour))
    assert mails(kind="post") == []
    assert ledger() == [("M-1", "planned")]


def test_nothing_is_posted_on_a_day_off(chat: Chat) -> None:
    chat.milestone("M-9", now=START)
    Milestone.objects.filter(code="M-9").update(due_on=date(2023, 6, 26))
    engine.sweep(at(date(2023, 6, 24), 23))  # a Saturday
    assert mails(kind="post") == []


def test_what_falls_due_after_the_post_waits_for_the_next_working_morning(chat: Chat) -> None:
    chat.milestone("M-1")
    engine.sweep(at(THREE_BEFORE, 8))
    chat.milestone("M-2", now=at(THREE_BEFORE, 10))
    engine.sweep(at(THREE_BEFORE, 11))
    assert len(mails(kind="post")) == 1
    engine.sweep(at(THREE_BEFORE + timedelta(days=1), 8))
    assert [mail.day for mail in mails(kind="post")] == [THREE_BEFORE, THREE_BEFORE + timedelta(days=1)]
    assert ledger() == [("M-1", "claimed"), ("M-2", "claimed")]


def test_the_deadline_and_notices_do_not_wait(chat: Chat) -> None:
    StepVersion.objects.filter(step__code="before-1").update(level="blue")
    chat.milestone("M-1")
    engine.sweep(at(ONE_BEFORE - timedelta(days=2), 8))
    chat.world.milestone("M-2", THREE_BEFORE, now=at(THREE_BEFORE, 10))
    chat.world.milestone("M-3", date(2023, 6, 28), now=at(THREE_BEFORE, 10))
    chat.world.milestone("M-4", DUE, now=at(THREE_BEFORE, 10))
    engine.sweep(at(THREE_BEFORE, 11))
    engine.sweep(at(THREE_BEFORE, 12))
    posted = mails(kind="post")
    assert [mail.milestone and mail.milestone.code for mail in posted] == [None, "M-2", "M-3"]
    assert ledger() == [("M-1", "claimed"), ("M-2", "claimed"), ("M-3", "claimed"), ("M-4", "planned")]
    chat.deliver(at(THREE_BEFORE, 12))
    assert [[item["code"] for item in one.json["items"]] for one in chat.receiver.requests] == [
        ["M-1"],
        ["M-2"],
        ["M-3"],
    ]


def test_what_was_done_meanwhile_drops_out_and_the_rest_is_said_anew(chat: Chat) -> None:
    gone = chat.milestone("M-1")
    chat.milestone("M-2")
    engine.sweep(at(THREE_BEFORE, 8))
    lifecycle.cancel(gone, reason="not built", actor=SYSTEM, now=at(THREE_BEFORE, 9))
    chat.deliver(at(THREE_BEFORE, 10))
    told = chat.receiver.requests[0].json
    assert [item["code"] for item in told["items"]] == ["M-2"]
    assert "M-1" not in told["text"]
    assert "1 coming up" in told["title"]
    assert ledger() == [("M-1", "cancelled"), ("M-2", "sent")]


def test_what_is_led_by_another_by_now_is_not_told_to_the_first(chat: Chat) -> None:
    moved = chat.milestone("M-1")
    other = organisations.create({"code": "HBR", "name": "Harbour"}, **HOW)
    engine.sweep(at(THREE_BEFORE, 8))
    operations.change(moved, {"lead": other}, actor=SYSTEM, now=at(THREE_BEFORE, 9))
    assert chat.deliver(at(THREE_BEFORE, 10)).suppressed == 1
    assert chat.receiver.requests == []
    assert ledger() == [("M-1", "handed_over")]


@pytest.mark.parametrize("end", ["switched off", "removed"])
def test_a_channel_that_was_closed_meanwhile_is_told_nothing(chat: Chat, end: str) -> None:
    chat.milestone()
    engine.sweep(at(THREE_BEFORE, 8))
    later: dict[str, Any] = {"actor": SYSTEM, "now": at(THREE_BEFORE, 9)}
    if end == "removed":
        webhooks.delete(chat.webhook, **later)
    else:
        webhooks.edit(chat.webhook, {"is_active": False}, **later)
    assert chat.deliver(at(THREE_BEFORE, 10)).suppressed == 1
    assert chat.receiver.requests == []
    assert ledger() == [("M-1", "no_channel")]


def test_what_was_planned_for_a_closed_channel_is_held_back(chat: Chat) -> None:
    chat.milestone()
    engine.sweep(at(THREE_BEFORE, 1))
    webhooks.delete(chat.webhook, actor=SYSTEM, now=at(THREE_BEFORE, 2))
    engine.sweep(at(THREE_BEFORE, 8))
    assert ledger() == [("M-1", "no_channel")]
    assert mails(kind="post") == []


def test_who_opens_a_channel_is_not_told_of_what_was_before(world: World, receiver: Receiver) -> None:
    StepVersion.objects.update(channels=["mail", "webhook"])
    world.milestone("M-1", DUE)
    engine.sweep(at(THREE_BEFORE, 8))
    webhooks.create(world.bureau, receiver.url, actor=SYSTEM, now=at(date(2023, 6, 28), 9))
    engine.sweep(at(date(2023, 6, 28), 10))
    assert mails(kind="post") == []
    engine.sweep(at(ONE_BEFORE, 8))
    assert len(mails(kind="post")) == 1


def test_errors_of_the_receiver_are_tried_again_with_growing_waits_and_then_accepted_once(chat: Chat) -> None:
    chat.milestone()
    engine.sweep(at(THREE_BEFORE, 8))
    chat.receiver.answer(500, Answer(503, headers=[("Retry-After", "600")]), 200)
    first, second, third = at(THREE_BEFORE, 9, 1), at(THREE_BEFORE, 9, 3), at(THREE_BEFORE, 9, 14)
    assert chat.deliver(first).retry == 1
    assert chat.post.due_at - first < timedelta(seconds=73)
    assert chat.deliver(second).retry == 1
    assert chat.post.due_at - second == timedelta(minutes=10)
    assert chat.deliver(third).sent == 1
    assert chat.deliver(third + timedelta(hours=3)).sent == 0
    assert len(chat.receiver.requests) == 3
    assert len({(request.body, request.headers["Idempotency-Key"]) for request in chat.receiver.requests}) == 1
    assert ledger() == [("M-1", "sent")]


def test_a_refusal_fails_with_the_receivers_words_and_blocks_no_other(chat: Chat) -> None:
    other = organisations.create({"code": "HBR", "name": "Harbour"}, **HOW)
    chat.milestone("M-1")
    with Receiver() as second:
        webhooks.create(other, second.url, **HOW)
        chat.milestone("M-2", lead=other)
        engine.sweep(at(THREE_BEFORE, 8))
        chat.receiver.answer(Answer(404, "no such hook: very-secret-token"))
        done = chat.deliver(at(THREE_BEFORE, 9, 1))
        assert (done.failed, done.sent) == (1, 1)
        assert len(second.requests) == 1
    assert mails(state="failed")[0].server_reply == "404 Not Found no such hook: •••"
    assert sorted(ledger()) == [("M-1", "failed"), ("M-2", "sent")]


def test_a_receiver_that_may_have_taken_it_gets_the_same_again(chat: Chat, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("milestones.reminders.ways.Webhook", _hasty)
    chat.milestone()
    engine.sweep(at(THREE_BEFORE, 8))
    chat.receiver.silent = True
    assert chat.deliver(at(THREE_BEFORE, 9, 1)).retry == 1
    assert chat.post.handed_over
    chat.receiver.silent = False
    assert chat.deliver(at(THREE_BEFORE, 9, 5)).sent == 1
    assert chat.receiver.requests[0].body == chat.receiver.requests[1].body


@pytest.mark.django_db(transaction=True)
def test_mail_goes_on_while_a_receiver_says_nothing(smtp_chat: Chat, settings: Any, smtp_sink: SmtpSink) -> None:
    settings.MAIL_TRANSPORT = MailTransport("smtp", host=smtp_sink.host, port=smtp_sink.port)
    smtp_chat.milestone()
    engine.sweep(at(THREE_BEFORE, 8))
    asked = threading.Event()
    smtp_chat.receiver.silent, smtp_chat.receiver.on_request = True, asked.set
    with ThreadPoolExecutor(1) as threads:
        hanging = threads.submit(alone, lambda: smtp_chat.deliver(at(THREE_BEFORE, 9, 1)))
        assert asked.wait(20)
        assert smtp_chat.deliver(at(THREE_BEFORE, 9, 1), "mail").sent == 1
        assert len(smtp_sink.received) == 1
        assert not hanging.done()
        smtp_chat.receiver.released.set()
        assert getattr(hanging.result(20), "retry", hanging.result()) == 1


def test_posts_go_on_while_the_mail_server_is_down(chat: Chat, settings: Any, smtp_sink: SmtpSink) -> None:
    settings.MAIL_TRANSPORT = MailTransport("smtp", host=smtp_sink.host, port=smtp_sink.port)
    smtp_sink.down()
    chat.milestone()
    engine.sweep(at(THREE_BEFORE, 8))
    assert chat.deliver(at(THREE_BEFORE, 9, 1), "mail").unavailable
    assert chat.deliver(at(THREE_BEFORE, 9, 1)).sent == 1
    assert len(chat.receiver.requests) == 1
    assert dict(Heartbeat.objects.filter(name__startswith="delivery").values_list("name", "at")) == {
        "delivery": at(THREE_BEFORE, 9, 1),
        "delivery:webhook": at(THREE_BEFORE, 9, 1),
    }


def test_without_celery_posts_leave_after_the_mails(chat: Chat, settings: Any, tmp_path: Path) -> None:
    settings.MAIL_TRANSPORT = MailTransport("file", path=tmp_path)
    chat.milestone()
    engine.sweep(at(THREE_BEFORE, 8))
    out = StringIO()
    call_command("deliver-mail", as_of=THREE_BEFORE, stdout=out)
    assert out.getvalue().splitlines() == [
        "sent 1  failed 0  retry 0  suppressed 0",
        "webhooks: sent 1  failed 0  retry 0  suppressed 0",
    ]
    assert len(chat.receiver.requests) == 1


def test_a_person_without_a_working_address_keeps_the_channel_open(chat: Chat) -> None:
    """The channel is the organisation's: that its owner's address returns mail is no matter of its."""
    chat.milestone()
    engine.sweep(at(THREE_BEFORE, 1))
    chat.world.owner.bouncing_since = at(THREE_BEFORE, 2)
    chat.world.owner.save(update_fields=["bouncing_since"])
    engine.sweep(at(THREE_BEFORE, 8))
    assert chat.deliver(at(THREE_BEFORE, 9, 1)).sent == 1


@pytest.mark.django_db(transaction=True)
def test_two_sweeps_at_once_post_once(smtp_chat: Chat) -> None:
    smtp_chat.milestone("M-1")
    smtp_chat.milestone("M-2")
    engine.sweep(at(THREE_BEFORE, 1))
    now, days = at(THREE_BEFORE, 8), calendar()
    made = together(*(lambda: posts.compose(now, days) for _ in range(4)))
    assert sorted(map(str, made)) == ["0", "0", "0", "1"]
    assert ledger() == [("M-1", "claimed"), ("M-2", "claimed")]


@pytest.mark.django_db(transaction=True)
def test_four_workers_at_once_post_each_message_once(smtp_chat: Chat) -> None:
    for number in range(6):
        unit = organisations.create({"code": f"U{number}", "name": f"Unit {number}"}, **HOW)
        webhooks.create(unit, smtp_chat.receiver.url, **HOW)
        smtp_chat.milestone(f"N-{number}", lead=unit)
    engine.sweep(at(THREE_BEFORE, 8))
    now = at(THREE_BEFORE, 9, 1)
    done = together(*(lambda: delivery.deliver(lambda: now, channel="webhook") for _ in range(4)))
    assert sum(one.sent for one in done if isinstance(one, delivery.Delivered)) == 6
    keys = [request.headers["Idempotency-Key"] for request in smtp_chat.receiver.requests]
    assert len(keys) == len(set(keys)) == 6


def _hasty(allowed: Any) -> Any:
    from milestones.mail.webhook import Webhook

    return Webhook(allowed, seconds=0.3)


def test_a_milestone_that_nobody_leads_is_told_to_nobody(chat: Chat) -> None:
    operations.create(
        chat.world.plan,
        {"workstream": chat.world.stream, "code": "X", "title": "x", "kind": "other", "due": FuzzyDate(DUE)},
        actor=SYSTEM,
        now=START,
    )
    engine.sweep(at(THREE_BEFORE, 8))
    assert ledger() == []


def test_a_step_is_told_once_in_whoevers_name(chat: Chat) -> None:
    """The owner's address comes back after the post: the coordinator is reminded, the organisation not again."""
    chat.milestone("M-1")
    chat.world.sweep(date(2023, 6, 27))
    owner = Person.objects.get(pk=chat.world.owner.pk)
    bouncing.mark_bouncing(owner, "550 5.1.1 no", address=owner.email, now=at(date(2023, 6, 27)))
    chat.world.sweep(date(2023, 6, 28))
    rows = Reminder.objects.filter(channel="webhook", step__code="before-3")
    assert [row.state for row in rows] == ["claimed"]
