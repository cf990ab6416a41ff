"""What do real workers do when they are killed between claim and answer, and when there are several?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import pytest
from django.db import connection
from django.utils import timezone

from milestones.models import WebhookDelivery
from milestones.tasks import send_webhooks
from milestones.webhooks.claims import LEASE
from tests.cast import Cast
from tests.servers.installation import Installation
from tests.servers.processes import wait_until
from tests.servers.receiver import Receiver
from tests.servers.valkey import Valkey
from tests.webhooks.desk import Desk

pytestmark = pytest.mark.django_db(transaction=True)

Make = Callable[..., Installation]


@pytest.fixture
def site(installation: Make, broker: Valkey) -> Installation:
    return installation(REDIS_URL=broker.url, WEBHOOK_ALLOWED_NETWORKS="127.0.0.0/8")


def changed(running: Cast, receiver: Receiver, count: int) -> Desk:
    """Real processes have the real clock."""
    desk = Desk(running, receiver, now=timezone.now())
    for _each in range(count):
        desk.change()
    return desk


def are(state: str, count: int) -> bool:
    connection.close()  # a test process's snapshot must not stand still
    return WebhookDelivery.objects.filter(state=state).count() == count


def lease_over() -> None:
    """Two minutes later, as the worker that comes next sees it."""
    long_ago = timezone.now() - LEASE
    WebhookDelivery.objects.filter(state="sending").update(lease_until=long_ago, next_at=long_ago)


def test_a_worker_killed_between_claim_and_answer(running: Cast, receiver: Receiver, site: Installation) -> None:
    """kill -9: what was on its way comes again with its id, what was claimed with it comes once."""
    changed(running, receiver, 5)
    receiver.silent = True
    worker = site.worker(queues="webhooks", concurrency=2, pool="threads")
    send_webhooks.delay()
    wait_until(lambda: len(receiver.requests) == 1, "the first has arrived")
    site.kill(worker)
    assert are("sending", 5)
    receiver.silent = False
    site.manage("deliver-webhooks")
    assert are("sending", 5)  # the lease goes on
    lease_over()
    site.manage("deliver-webhooks")
    assert are("sent", 5)
    ids = Counter(request.headers["webhook-id"] for request in receiver.requests)
    assert sorted(ids.values()) == [1, 1, 1, 1, 2]
    assert ids[receiver.requests[0].headers["webhook-id"]] == 2


def test_several_workers_and_a_beat_send_everything_once(running: Cast, receiver: Receiver, site: Installation) -> None:
    changed(running, receiver, 40)
    for _each in range(2):
        site.worker(queues="webhooks", concurrency=2, pool="threads")
    site.beat()
    for _each in range(4):
        send_webhooks.delay()
    wait_until(lambda: are("sent", 40), "all are sent")
    ids = Counter(request.headers["webhook-id"] for request in receiver.requests)
    assert len(ids) == 40
    assert set(ids.values()) == {1}
