"""Does everything on the schedule exist, and can none of it pile up?"""

from __future__ import annotations

from typing import Any

import pytest

from lingang import celery_app
from lingang.schedule import ENTRIES


@pytest.fixture(scope="module")
def tasks() -> Any:
    celery_app.loader.import_default_modules()
    return celery_app.tasks


@pytest.mark.parametrize("name", ENTRIES)
def test_every_entry_names_a_registered_task(name: str, tasks: Any) -> None:
    assert ENTRIES[name]["task"] in tasks


@pytest.mark.parametrize("name", ENTRIES)
def test_an_entry_goes_to_the_queue_that_its_task_names(name: str, tasks: Any) -> None:
    assert ENTRIES[name]["options"]["queue"] == tasks[ENTRIES[name]["task"]].queue


@pytest.mark.parametrize("name", ENTRIES)
def test_an_entry_dies_before_the_next_is_sent(name: str) -> None:
    assert ENTRIES[name]["options"]["expires"] < ENTRIES[name]["schedule"]


def test_every_task_names_a_queue_that_the_worker_reads(tasks: Any) -> None:
    ours = {name: task.queue for name, task in tasks.items() if name.startswith("milestones.")}
    assert ours
    assert set(ours.values()) <= {"default", "mail"}
