"""Does long work run once, tell how far it is, survive its worker, and end with words people understand?"""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from django.utils import timezone

from milestones.errors import RuleBroken
from milestones.jobs import queue, running
from milestones.jobs.progress import Progress, Taken
from milestones.models import Job, JobState, Person
from tests.cast import NOW, person

pytestmark = pytest.mark.django_db


@pytest.fixture
def asked(settings, tmp_path: Path) -> Job:
    settings.VAR_DIR = tmp_path
    return queue.ask("count", {"up_to": 3}, person=who(), now=NOW)


def who() -> Person:
    return person("clerk", "office")


def count(job: Job, progress: Progress) -> tuple[dict[str, int], str]:
    progress.of(job.params["up_to"])
    for _each in range(job.params["up_to"]):
        progress.step()
    progress.file().write_text("1 2 3")
    return {"counted": job.done}, "numbers.txt"


def run(job: Job, work=count, at: datetime = NOW) -> Job:
    running.run(job.pk, {"count": work}, lambda: at)
    job.refresh_from_db()
    return job


def test_it_is_done_with_a_result_and_a_file(asked: Job) -> None:
    job = run(asked)
    assert (job.state, job.done, job.total, job.result) == (JobState.DONE, 3, 3, {"counted": 3})
    assert queue.file_of(job).read_text() == "1 2 3"
    assert job.file_name == "numbers.txt"


def test_a_second_message_for_it_does_nothing(asked: Job) -> None:
    run(asked)
    job = run(asked, work=lambda job, progress: ({"again": True}, ""))
    assert job.result == {"counted": 3}


def test_a_refusal_ends_it_in_the_language_of_who_asked(asked: Job) -> None:
    def refuse(job: Job, progress: Progress) -> tuple[dict[str, int], str]:
        progress.file().write_text("half")
        raise RuleBroken("第 3 行：日期不对。", field="due")

    job = run(asked, work=refuse)
    assert (job.state, job.message) == (JobState.FAILED, "第 3 行：日期不对。")
    assert not queue.file_of(job).exists()


def test_a_fault_of_ours_is_told_and_goes_on_to_the_log(asked: Job) -> None:
    def fall(job: Job, progress: Progress) -> tuple[dict[str, int], str]:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        run(asked, work=fall)
    asked.refresh_from_db()
    assert asked.state == JobState.FAILED
    assert asked.message


def test_what_a_dead_worker_left_is_taken_by_another_and_the_dead_one_writes_nothing_more(asked: Job) -> None:
    first = queue.claim(asked.pk, NOW)
    assert first is not None
    assert queue.claim(asked.pk, NOW) is None, "it is being run"
    later = NOW + queue.LEASE + timedelta(seconds=1)
    assert queue.look(later) == [asked.pk]
    run(asked, at=later)
    with pytest.raises(Taken):
        Progress(first, lambda: later).finish({"counted": -1})
    asked.refresh_from_db()
    assert asked.result == {"counted": 3}


def test_after_three_deaths_it_is_given_up(asked: Job) -> None:
    at = NOW
    for _time in range(queue.ATTEMPTS):
        assert queue.claim(asked.pk, at)
        at += queue.LEASE + timedelta(seconds=1)
    assert queue.look(at) == []
    asked.refresh_from_db()
    assert asked.state == JobState.FAILED


def test_old_ones_go_with_their_files(asked: Job) -> None:
    job = run(asked)
    with time_machine.travel(NOW + queue.KEPT + timedelta(days=1)):
        assert queue.forget(timezone.now()) == 1
    assert not queue.file_of(job).exists()
    assert not Job.objects.exists()
