"""What does a receiver get, whatever it does, and what does the log say of it?"""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

import pytest

from milestones.models import DeliveryState, Heartbeat, OutgoingMail, WebhookDelivery
from milestones.webhooks import operations, retries
from milestones.webhooks.calls import Caller
from milestones.webhooks.claims import LEASE, claim
from milestones.webhooks.delivery import NAME, deliver
from milestones.webhooks.fan_out import fan_out
from tests.cast import SYSTEM
from tests.servers.receiver import Answer
from tests.webhooks.desk import LOOPBACK, Desk

pytestmark = pytest.mark.django_db


def waits(desk: Desk) -> float:
    """Seconds until the next attempt."""
    at = desk.the_only.next_at
    assert at is not None
    return (at - desk.now).total_seconds()


def test_a_change_arrives_thin_and_once(desk: Desk) -> None:
    desk.change()
    assert desk.run() == {"sent": 1}
    assert desk.run(hours=1) == {}
    (told,) = desk.got()
    delivery = desk.the_only
    assert datetime.fromisoformat(told.pop("timestamp")) == delivery.created_at
    assert told == {
        "type": "milestone.updated",
        "entity": "milestone",
        "id": str(desk.cast.roof.pk),
        "seq": delivery.seq,
    }
    assert (delivery.state, delivery.attempts, delivery.next_at) == ("sent", 1, None)
    (attempt,) = delivery.attempt_rows.all()
    assert (attempt.status, attempt.failure, attempt.said) == (200, "", "200 OK ok")
    assert Heartbeat.objects.get(name=NAME).at == desk.now


@pytest.mark.parametrize("status", [301, 302, 400, 401, 404, 408, 429, 500, 503])
def test_only_2xx_is_success(desk: Desk, status: int) -> None:
    desk.change()
    desk.receiver.answer(Answer(status, headers=[("Location", desk.receiver.url)]), 204)
    assert desk.run() == {"refused": 1}
    assert len(desk.receiver.requests) == 1  # no redirect is followed
    assert 5 <= waits(desk) <= 6
    assert desk.run(seconds=4) == {}
    assert desk.run(seconds=2) == {"sent": 1}
    assert desk.log() == [(status, ""), (204, "")]
    first, second = desk.receiver.requests
    assert first.headers["webhook-id"] == second.headers["webhook-id"] == str(desk.the_only.pk)
    assert first.body == second.body


def test_the_pauses_grow_and_after_three_days_it_is_given_up_and_the_endpoint_off(desk: Desk) -> None:
    desk.receiver.answer(500)
    desk.change()
    began, pauses = desk.now, []
    desk.run()
    while desk.the_only.state == DeliveryState.WAITING:
        pauses.append(waits(desk))
        desk.run(seconds=pauses[-1])
    for pause, usual in zip(pauses, [5, 30, 120, 600, 1800, 3600, 7200, 7200], strict=False):
        assert usual <= pause <= usual * 1.2 + 1
    assert timedelta(days=3) <= desk.now - began <= timedelta(days=3, hours=3)
    assert desk.the_only.state == DeliveryState.FAILED
    assert 35 <= len(desk.log()) <= 45
    assert (desk.refresh().is_active, desk.endpoint.disabled_why) == (False, "failing")
    mails = OutgoingMail.objects.filter(kind="webhook_off")
    assert {mail.to for mail in mails} == {"office@example.org", "colleague@example.org"}


def test_gone_is_gone_at_once_and_the_rest_is_held_until_it_is_on_again(desk: Desk) -> None:
    desk.receiver.answer(410)
    for _each in range(3):
        desk.change()
    desk.run()
    assert len(desk.receiver.requests) == 1
    assert (desk.refresh().is_active, desk.endpoint.disabled_why) == (False, "gone")
    assert {(one.state, one.next_at) for one in desk.deliveries()} == {("waiting", None)}
    assert OutgoingMail.objects.filter(kind="webhook_off").count() == 2
    desk.change()  # nobody is told of what happens meanwhile
    desk.run(hours=1)
    desk.receiver.answer(200)
    operations.enable(desk.endpoint, **desk.how)
    assert desk.run() == {"sent": 3}
    assert [one["seq"] for one in desk.got()[1:]] == [one.seq for one in desk.deliveries()]


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize(("asked", "seconds"), [("300", 300), ("date", 600), ("999999", 86400), ("soon", 5)])
def test_retry_after_is_heard(desk: Desk, status: int, asked: str, seconds: int) -> None:
    desk.change()
    until = (desk.now + timedelta(minutes=10)).astimezone(UTC)
    text = f"{until:%a, %d %b %Y %H:%M:%S} GMT" if asked == "date" else asked
    desk.receiver.answer(Answer(status, headers=[("Retry-After", text)]), 200)
    desk.run()
    assert seconds - 2 <= waits(desk) <= seconds * 1.2 + 1
    assert desk.run(seconds=seconds - 3) == {}
    assert desk.run(seconds=5) == {"sent": 1}


def test_a_receiver_that_is_down_for_a_minute_misses_nothing(desk: Desk) -> None:
    desk.receiver.down()
    for _each in range(5):
        desk.change()
    for _each in range(12):
        desk.run(seconds=5)
    desk.receiver.up()
    for _each in range(30):
        desk.run(seconds=5)
    assert sorted(one["seq"] for one in desk.got()) == [one.seq for one in desk.deliveries()]
    assert {one.state for one in desk.deliveries()} == {"sent"}
    logs = [desk.log(one) for one in desk.deliveries()]
    assert all(log[:-1] == [(None, "unreachable")] * (len(log) - 1) and log[-1] == (200, "") for log in logs)
    assert desk.refresh().failing_since is None


def test_a_receiver_that_says_nothing_is_left_after_its_seconds(desk: Desk) -> None:
    desk.receiver.silent, desk.seconds = True, 0.3
    desk.change()
    began = time.monotonic()
    desk.run()
    assert time.monotonic() - began < 3
    assert desk.log() == [(None, "timeout")]
    assert desk.the_only.attempt_rows.get().milliseconds >= 250
    desk.receiver.silent = False
    assert desk.run(seconds=6) == {"sent": 1}


def test_one_that_dribbles_gains_no_time(desk: Desk) -> None:
    desk.receiver.dribbles, desk.seconds = True, 0.4
    desk.change()
    desk.run()
    assert desk.log() == [(None, "timeout")]


def test_one_that_hangs_up_is_tried_again(desk: Desk) -> None:
    desk.receiver.hangs_up = True
    desk.change()
    desk.run()
    assert desk.log() == [(None, "closed")]


def test_the_status_decides_even_when_the_answer_breaks_off(desk: Desk) -> None:
    desk.receiver.breaks_off = True
    desk.change()
    assert desk.run() == {"sent": 1}


def test_of_a_gigabyte_only_the_beginning_is_taken(desk: Desk) -> None:
    desk.receiver.gigabytes = 1
    desk.change()
    assert desk.run() == {"sent": 1}
    assert desk.receiver.sent < 20_000_000  # what the sockets' buffers hold
    assert len(desk.the_only.attempt_rows.get().said) <= 500


def test_the_log_holds_the_beginning_of_an_answer_and_no_secret_of_the_address(desk: Desk) -> None:
    desk.receiver.answer(Answer(404, "no very-secret-token\x00here " + "长" * 900))
    desk.change()
    desk.run()
    said = desk.the_only.attempt_rows.get().said
    assert said.startswith("404 Not Found no ••• here 长")
    assert len(said) == 500


def test_one_that_refuses_is_tried_once_a_run_and_then_the_next_in_turn(desk: Desk) -> None:
    desk.receiver.answer(500, 200)
    for _each in range(3):
        desk.change()
    assert desk.run() == {"refused": 1}
    assert desk.run() == {"sent": 2}  # the first waits for its retry, the others for nothing
    assert desk.run(seconds=6) == {"sent": 1}
    first, second, third = (one.seq for one in desk.deliveries())
    assert [one["seq"] for one in desk.got()] == [first, second, third, first]


def test_messages_to_an_endpoint_leave_in_the_order_of_the_changes(desk: Desk) -> None:
    for _each in range(50):
        desk.change()
    assert desk.run() == {"sent": 50}
    seqs = [one["seq"] for one in desk.got()]
    assert seqs == sorted(seqs)


def test_a_slow_endpoint_holds_up_no_other(desk: Desk) -> None:
    from tests.servers.receiver import Receiver

    desk.receiver.silent, desk.seconds = True, 2
    with Receiver() as quick:
        other, _secret = desk.make(url=quick.url)
        for _each in range(20):
            desk.change()
        fan_out(now=desk.now)
        began = time.monotonic()
        done = deliver(lambda: desk.now, caller=Caller(LOOPBACK, seconds=desk.seconds))
        assert done == {"sent": 20, "refused": 1}
        assert time.monotonic() - began < 2 * desk.seconds
        assert len(quick.requests) == 20
    assert {one.state for one in desk.deliveries(other)} == {"sent"}


def test_a_worker_that_died_between_claim_and_answer_loses_nothing(desk: Desk) -> None:
    """It may have sent the message: it comes again with the same id."""
    desk.change()
    fan_out(now=desk.now)
    (line,) = claim(8, desk.now)
    assert [one.pk for one in line.rest] == [desk.the_only.pk]
    assert desk.the_only.state == DeliveryState.SENDING
    assert desk.run(seconds=60) == {}  # it may still be at it
    assert desk.run(seconds=LEASE.total_seconds()) == {"sent": 1}
    assert desk.receiver.requests[0].headers["webhook-id"] == str(desk.the_only.pk)


def test_one_whose_lease_ran_out_marks_nothing(desk: Desk) -> None:
    """It stood still for long; somebody else has sent the message since."""
    from milestones.webhooks import marks
    from milestones.webhooks.calls import Result

    desk.change()
    fan_out(now=desk.now)
    (line,) = claim(8, desk.now)
    desk.run(seconds=LEASE.total_seconds() + 1)
    late = line.rest[0]
    assert not marks.taken(late, Result(1, status=200), desk.now, desk.now)
    assert not marks.refused(late, Result(1, status=500), desk.now, desk.now)
    assert desk.log() == [(200, "")]


def test_a_ping_arrives_and_is_no_change(desk: Desk) -> None:
    first = operations.ping(desk.endpoint, **desk.how)
    assert operations.ping(desk.endpoint, **desk.how) == first  # one that waits is enough
    desk.run()
    (told,) = desk.got()
    assert set(told) == {"type", "timestamp"}
    assert told["type"] == "ping"


def test_a_ping_that_does_not_arrive_is_given_up_soon_and_says_nothing_of_the_endpoint(desk: Desk) -> None:
    desk.receiver.answer(500)
    operations.ping(desk.endpoint, **desk.how)
    for _each in range(400):
        desk.run(seconds=5)
    assert desk.the_only.state == DeliveryState.FAILED
    assert desk.refresh().failing_since is None


def test_what_was_given_up_or_sent_is_sent_again_with_its_id(desk: Desk) -> None:
    desk.change()
    desk.run()
    operations.replay(desk.the_only, **desk.how)
    assert desk.run() == {"sent": 1}
    assert desk.log() == [(200, ""), (200, "")]
    assert len({request.headers["webhook-id"] for request in desk.receiver.requests}) == 1


def test_everything_that_failed_since_is_sent_again(desk: Desk) -> None:
    desk.receiver.answer(500)
    desk.change()
    desk.run()
    WebhookDelivery.objects.update(state=DeliveryState.FAILED, next_at=None)
    since = desk.now
    desk.receiver.answer(200)
    assert operations.replay_failed(desk.endpoint, since=since + timedelta(seconds=1), **desk.how) == 0
    assert operations.replay_failed(desk.endpoint, since=since, actor=SYSTEM, now=desk.now) == 1
    assert desk.run() == {"sent": 1}


def test_what_is_replayed_has_its_three_days_anew(desk: Desk) -> None:
    desk.receiver.answer(500)
    desk.change()
    desk.run()
    WebhookDelivery.objects.update(state=DeliveryState.FAILED, next_at=None)
    desk.later(days=10)
    desk.refresh().failing_since = None
    desk.endpoint.save()
    operations.replay(desk.the_only, **desk.how)
    desk.run()
    assert desk.the_only.state == DeliveryState.WAITING
    assert 5 <= waits(desk) <= 6


def test_a_pause_is_never_shorter_than_asked_for() -> None:
    assert all(retries.pause(1, timedelta(minutes=5)) == timedelta(minutes=5) for _each in range(20))
    assert all(timedelta(hours=2) <= retries.pause(n) <= timedelta(hours=2.4) for n in range(7, 50))
