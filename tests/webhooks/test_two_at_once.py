"""Do several workers tell everything once?"""

from __future__ import annotations

from collections import Counter

import pytest

from milestones.models import WebhookAttempt
from milestones.webhooks.calls import Caller
from milestones.webhooks.delivery import deliver
from milestones.webhooks.fan_out import fan_out
from tests.cast import Cast
from tests.servers.receiver import Receiver
from tests.two_at_once import together
from tests.webhooks.desk import LOOPBACK, Desk

pytestmark = pytest.mark.django_db(transaction=True)


def test_workers_beside_one_another_double_nothing(running: Cast, receiver: Receiver) -> None:
    desk = Desk(running, receiver)
    with Receiver() as second:
        others = [desk.make(url=second.url)[0] for _each in range(3)]
        for _each in range(15):
            desk.change()
        now = desk.now

        def work() -> object:
            fan_out(now=now)
            return deliver(lambda: now, caller=Caller(LOOPBACK))

        done = [*together(work, work, work, work), work()]
        assert all(isinstance(one, Counter) for one in done), done
        ids = Counter(request.headers["webhook-id"] for request in (*receiver.requests, *second.requests))
    assert len(ids) == 60
    assert set(ids.values()) == {1}
    assert WebhookAttempt.objects.count() == 60
    for hook in (desk.endpoint, *others):
        assert {one.state for one in desk.deliveries(hook)} == {"sent"}
    seqs = [one["seq"] for one in desk.got()]
    assert seqs == sorted(seqs)
