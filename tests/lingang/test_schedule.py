"""Does everything on the schedule exist, and can none of it pile up?"""

from __future__ import annotations

from typing import Any

import pytest

from lingang import celery_app
from lingang.schedule import ENTRIES, QUEUES


@pytest.fixture(scope="module")
def tasks() -> Any:
    celery_app.loader.import_default_modules()
    return celery_app.tasks


@pytest.mark.parametrize("name", ENTRIES)
def test_every_entry_names_a_registered_task(name: str, tasks: Any) -> None:
    assert ENTRIES[name]["task"] in tasks


@pytest.mark.parametrize("name", ENTRIES)
def test_an_entry_dies_before_the_next_is_sent(name: str) -> None:
    assert ENTRIES[name]["options"]["expires"] < ENTRIES[name]["schedule"]


def test_every_task_goes_to_a_queue_that_the_worker_reads(tasks: Any) -> None:
    ours = [name for name in tasks if name.startswith("milestones.")]
    assert ours
    assert {queue(name) for name in ours} <= {"default", "mail", "webhooks", "jobs"}


def test_mails_have_a_queue_of_their_own(tasks: Any) -> None:
    assert [name for name in tasks if queue(name) == "mail"] == ["milestones.tasks.deliver_mail"]


def test_so_have_webhooks(tasks: Any) -> None:
    theirs = {"milestones.tasks.deliver_webhooks", "milestones.tasks.send_webhooks"}
    assert {name for name in tasks if queue(name) == "webhooks"} == theirs


def test_so_has_long_work(tasks: Any) -> None:
    theirs = {"milestones.tasks.run_job", "milestones.tasks.run_waiting_jobs"}
    assert {name for name in tasks if queue(name) == "jobs"} == theirs


def test_every_route_is_of_a_registered_task(tasks: Any) -> None:
    assert set(QUEUES) <= set(tasks)


def queue(name: str) -> str:
    return celery_app.amqp.router.route({}, name)["queue"].name
