"""Is nobody behind our walls reached through an address that was good when it was saved?"""

from __future__ import annotations

import pytest

from milestones.models import WebhookEndpoint
from milestones.webhooks.calls import Caller
from milestones.webhooks.delivery import deliver
from milestones.webhooks.fan_out import fan_out
from tests.webhooks.desk import Desk

pytestmark = pytest.mark.django_db


def run(desk: Desk, caller: Caller) -> None:
    desk.change()
    fan_out(now=desk.now)
    deliver(lambda: desk.now, caller=caller)


def lead_to(desk: Desk, url: str) -> None:
    WebhookEndpoint.objects.update(url=url)


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:{port}/x",
        "http://[::ffff:127.0.0.1]:{port}/x",
        "http://10.0.0.8:{port}/x",
        "http://169.254.169.254/x",
        "http://[::1]:{port}/x",
        "http://[fe80::1]:{port}/x",
    ],
)
def test_what_leads_inside_is_not_called(desk: Desk, url: str) -> None:
    lead_to(desk, url.format(port=desk.receiver.port))
    run(desk, Caller(()))
    assert desk.log() == [(None, "not_public")]
    assert desk.receiver.requests == []


def test_a_name_that_leads_elsewhere_by_now_is_not_called(desk: Desk) -> None:
    lead_to(desk, f"http://hook.example.org:{desk.receiver.port}/x")
    run(desk, Caller((), resolve=lambda host, port: ["127.0.0.1"]))
    assert desk.log() == [(None, "not_public")]
    assert desk.receiver.requests == []


def test_one_inner_address_among_public_ones_spoils_them(desk: Desk) -> None:
    lead_to(desk, f"http://hook.example.org:{desk.receiver.port}/x")
    run(desk, Caller((), resolve=lambda host, port: ["1.1.1.1", "10.0.0.1"]))
    assert desk.log() == [(None, "not_public")]


def test_a_name_is_looked_up_once_and_called_by_that_answer(desk: Desk) -> None:
    """A second look-up could lead elsewhere."""
    asked: list[str] = []

    def resolve(host: str, port: int) -> list[str]:
        asked.append(host)
        return ["127.0.0.1"] if len(asked) == 1 else ["10.0.0.1"]

    from tests.webhooks.desk import LOOPBACK

    lead_to(desk, f"http://hook.example.org:{desk.receiver.port}/x")
    run(desk, Caller(LOOPBACK, resolve=resolve))
    assert asked == ["hook.example.org"]
    assert desk.receiver.requests[0].headers["Host"] == f"hook.example.org:{desk.receiver.port}"
    assert desk.log() == [(200, "")]


def test_a_name_that_is_not_found_may_be_found_later(desk: Desk) -> None:
    lead_to(desk, "http://hook.example.org/x")
    run(desk, Caller((), resolve=lambda host, port: []))
    assert desk.log() == [(None, "unknown_name")]
    assert desk.the_only.state == "waiting"


def test_what_speaks_no_tls_never_sees_the_message(desk: Desk) -> None:
    lead_to(desk, f"https://127.0.0.1:{desk.receiver.port}/x")
    from tests.webhooks.desk import LOOPBACK

    run(desk, Caller(LOOPBACK))
    assert desk.log() == [(None, "tls")]
    assert desk.receiver.requests == []
