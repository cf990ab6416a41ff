"""What do we and the broker expect of one another?"""

from __future__ import annotations

import time

import pytest
from kombu.exceptions import OperationalError

from lingang import celery_app
from tests.servers.processes import free_port
from tests.servers.valkey import Valkey


def test_messages_reach_the_queue_that_is_named(broker: Valkey) -> None:
    celery_app.send_task("milestones.tasks.deliver_mail")
    with celery_app.connection_for_read() as connection:
        assert connection.SimpleQueue("mail").qsize() == 1


def test_publishing_to_a_dead_broker_fails_at_once(broker: Valkey) -> None:
    celery_app.send_task("milestones.tasks.sweep")
    broker.kill()
    began = time.monotonic()
    with pytest.raises(OperationalError):
        celery_app.send_task("milestones.tasks.sweep")
    assert time.monotonic() - began < 2


def test_publishing_to_a_broker_that_never_was_fails_at_once(broker: Valkey) -> None:
    broker.kill()
    broker.port = free_port()
    began = time.monotonic()
    with pytest.raises(OperationalError):
        celery_app.send_task("milestones.tasks.sweep")
    assert time.monotonic() - began < 2


def test_a_restarted_broker_has_kept_its_queue(broker: Valkey) -> None:
    celery_app.send_task("milestones.tasks.sweep")
    broker.kill()
    broker.start()
    with celery_app.connection_for_read() as connection:
        assert connection.SimpleQueue("default").qsize() == 1
