"""Does a message reach a real receiver, and is every answer understood, without a secret of the address staying?"""

from __future__ import annotations

import ipaddress
import ssl
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from milestones import urlguard
from milestones.calling import masked, wait
from milestones.mail.transport import Fate, Outcome
from milestones.mail.webhook import Webhook
from tests.servers.processes import free_port
from tests.servers.receiver import Answer, Receiver

LOOPBACK = (ipaddress.ip_network("127.0.0.0/8"),)
BODY = '{"text": "节点"}'.encode()
KEY = "0190e6a8-0000-7000-8000-000000000001"


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver() as one:
        yield one


def send(receiver: Receiver, *, seconds: float = 5.0, attempt: int = 1, url: str = "") -> Outcome:
    return Webhook(LOOPBACK, seconds=seconds).send(f"{KEY}-{attempt}", "", url or receiver.url, BODY)


def test_the_body_arrives_with_a_key_that_is_the_same_at_every_attempt(receiver: Receiver) -> None:
    assert send(receiver) == Outcome(Fate.ACCEPTED, "200 OK ok")
    send(receiver, attempt=2)
    first, second = receiver.requests
    assert first.body == BODY
    assert first.path == "/hook/very-secret-token?key=another-secret"
    assert first.headers["Content-Type"] == "application/json; charset=utf-8"
    assert first.headers["Host"] == f"127.0.0.1:{receiver.port}"
    assert first.headers["Idempotency-Key"] == second.headers["Idempotency-Key"] == KEY


@pytest.mark.parametrize(
    ("status", "fate"),
    [
        (200, Fate.ACCEPTED),
        (201, Fate.ACCEPTED),
        (204, Fate.ACCEPTED),
        (301, Fate.REFUSED),
        (307, Fate.REFUSED),
        (400, Fate.REFUSED),
        (401, Fate.REFUSED),
        (404, Fate.REFUSED),
        (410, Fate.REFUSED),
        (408, Fate.DEFERRED),
        (425, Fate.DEFERRED),
        (429, Fate.DEFERRED),
        (500, Fate.DEFERRED),
        (503, Fate.DEFERRED),
    ],
)
def test_what_an_answer_means(receiver: Receiver, status: int, fate: Fate) -> None:
    receiver.answer(Answer(status, "" if status == 204 else "words"))
    assert send(receiver).fate is fate


def test_no_redirect_is_followed(receiver: Receiver) -> None:
    receiver.answer(Answer(302, headers=[("Location", f"http://127.0.0.1:{receiver.port}/elsewhere")]))
    assert "not followed" in send(receiver).reply
    assert len(receiver.requests) == 1


def test_retry_after_is_heard(receiver: Receiver) -> None:
    receiver.answer(Answer(429, headers=[("Retry-After", "300")]))
    assert send(receiver).wait == timedelta(minutes=5)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("120", 120), ("", 0), ("soon", 0), ("-5", 0), ("Tue, 27 Jun 2023 02:01:00 GMT", 60), ("Mon, 26 Jun 2023", 0)],
)
def test_retry_after_in_both_forms(text: str, seconds: int) -> None:
    assert wait(text, datetime(2023, 6, 27, 2, tzinfo=UTC)) == timedelta(seconds=seconds)


def test_an_answer_is_cut_and_holds_no_secret_of_the_address(receiver: Receiver) -> None:
    receiver.answer(
        Answer(404, "no hook very-secret-token\nat /hook/very-secret-token?key=another-secret\x00" + "长" * 900)
    )
    reply = send(receiver).reply
    assert reply.startswith("404 Not Found no hook ••• at •••")
    assert len(reply) <= 300
    assert "secret" not in reply
    assert reply.isprintable()


def test_a_secret_is_masked_encoded_or_not() -> None:
    target = urlguard.read("https://chat.example.org/h/abc%2Fdef0?k=tok%3Den12")
    assert masked("abc/def0 abc%2Fdef0 tok=en12 of chat.example.org/h", target) == "••• ••• ••• of chat.example.org/h"


def test_a_receiver_that_is_down_is_tried_later() -> None:
    outcome = Webhook(LOOPBACK).send(f"{KEY}-1", "", f"http://127.0.0.1:{free_port()}/very-secret-token", BODY)
    assert outcome.fate is Fate.DEFERRED
    assert "secret" not in outcome.reply


def test_a_receiver_that_says_nothing_is_left_when_the_time_is_up(receiver: Receiver) -> None:
    """It has the body: it may have shown it."""
    receiver.silent = True
    began = time.monotonic()
    assert send(receiver, seconds=0.3).fate is Fate.UNKNOWN
    assert time.monotonic() - began < 3


def test_a_receiver_that_dribbles_gains_no_time(receiver: Receiver) -> None:
    receiver.dribbles = True
    began = time.monotonic()
    assert send(receiver, seconds=0.5).fate is Fate.UNKNOWN
    assert time.monotonic() - began < 3


def test_a_certificate_is_asked_for_the_name(receiver: Receiver) -> None:
    """What speaks no TLS never sees the body."""
    url = f"https://127.0.0.1:{receiver.port}/"
    outcome = send(receiver, url=url)
    assert outcome.fate is Fate.DEFERRED
    assert ssl.SSLError.__name__ in outcome.reply
    assert receiver.requests == []


@pytest.mark.parametrize("url", ["http://127.0.0.1:8080/very-secret-token", "http://[::1]:8080/very-secret-token"])
def test_what_leads_inside_is_not_called(url: str) -> None:
    outcome = Webhook().send(f"{KEY}-1", "", url, BODY)
    assert outcome.fate is Fate.REFUSED
    assert "not public" in outcome.reply
    assert "secret" not in outcome.reply


def test_a_name_that_has_come_to_lead_inside_is_not_called(receiver: Receiver) -> None:
    transport = Webhook((), resolve=lambda host, port: ["127.0.0.1"])
    outcome = transport.send(f"{KEY}-1", "", f"http://chat.example.org:{receiver.port}/x", BODY)
    assert outcome.reply == "not sent: chat.example.org leads to an address that is not public"
    assert receiver.requests == []


def test_a_name_that_is_not_found_may_be_found_later() -> None:
    transport = Webhook((), resolve=lambda host, port: [])
    assert transport.send(f"{KEY}-1", "", "https://chat.example.org/x", BODY).fate is Fate.DEFERRED


@pytest.mark.parametrize(
    "text", ["Mon, 01 Jan 2024 00:00:00 +99999999999999999999", "Mon, 01 Jan 999999 00:00:00 GMT", "-5"]
)
def test_what_a_receiver_asks_to_wait_for_never_breaks_a_run(text: str) -> None:
    assert wait(text, datetime(2023, 6, 27, tzinfo=UTC)) >= timedelta()
