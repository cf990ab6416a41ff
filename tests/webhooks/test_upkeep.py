"""Is it noticed when nobody tells other systems any more, and does the log not grow for ever?"""

from __future__ import annotations

from datetime import timedelta

import pytest

from milestones.changes.heartbeat import beat
from milestones.models import WebhookAttempt, WebhookDelivery
from milestones.upkeep import retention
from milestones.upkeep.condition import condition
from milestones.upkeep.faults import Fault
from milestones.webhooks import operations
from milestones.webhooks.fan_out import fan_out
from tests.webhooks.desk import Desk

pytestmark = pytest.mark.django_db


def faults(desk: Desk) -> list[Fault]:
    """Mails leave, as far as anybody knows."""
    for job in ("sweep", "delivery"):
        beat(job, desk.now)
    return [problem.fault for problem in condition(now=desk.now, started=None).problems()]


def test_a_dead_worker_is_noticed_when_something_waits(desk: Desk) -> None:
    desk.run()
    desk.later(hours=1)
    assert Fault.WEBHOOKS not in faults(desk)  # nothing is due
    desk.change()
    fan_out(now=desk.now)
    desk.later(minutes=14)
    assert Fault.WEBHOOKS not in faults(desk)
    desk.later(minutes=2)
    assert faults(desk) == [Fault.WEBHOOKS]
    assert "queue webhooks" in condition(now=desk.now, started=None).problems()[0].plain(desk.now)
    assert condition(now=desk.now, started=desk.now).problems() == []  # it may have only just come up
    desk.run()
    assert faults(desk) == []


def test_a_receiver_that_refuses_is_no_dead_worker(desk: Desk) -> None:
    desk.receiver.answer(500)
    for _each in range(3):
        desk.change()
    desk.run()
    desk.later(minutes=20)
    beat("webhooks", desk.now)
    assert faults(desk) == []


def test_what_is_held_waits_for_nobody(desk: Desk) -> None:
    desk.change()
    fan_out(now=desk.now)
    operations.disable(desk.endpoint, **desk.how)
    desk.later(hours=2)
    assert faults(desk) == []


def test_what_arrived_goes_after_thirty_days_and_what_was_given_up_with_the_feed(desk: Desk) -> None:
    desk.change()
    desk.run()
    desk.change()
    desk.run()
    _first, second = desk.deliveries()
    WebhookDelivery.objects.filter(pk=second.pk).update(state="failed")
    desk.later(days=29)
    assert retention.forget(desk.now)["told"] == 0
    desk.later(days=2)
    assert retention.forget(desk.now)["told"] == 1
    assert desk.the_only == second
    assert WebhookAttempt.objects.get().delivery == second
    desk.later(days=60)
    assert retention.forget(desk.now + timedelta(days=1))["told"] == 1
