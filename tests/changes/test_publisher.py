"""Is the order in which changes become visible the order of their numbers, whatever commits when?"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from functools import partial

import pytest
from django.db import connection, transaction

from milestones.changes.publish import LOCK, publish, publish_all
from milestones.errors import Conflict
from milestones.models import ChangeEntry, Milestone
from milestones.planning import operations
from tests.cast import NOW, SYSTEM, Cast
from tests.two_at_once import alone, together

pytestmark = pytest.mark.django_db(transaction=True)


def edit(milestone: Milestone, title: str) -> None:
    fresh = Milestone.objects.get(pk=milestone.pk)
    operations.change(fresh, {"title": title}, actor=SYSTEM, now=NOW + timedelta(minutes=1))


def numbers(milestone: Milestone) -> list[tuple[int, int | None]]:
    """(version, seq) in the order of the versions."""
    return list(ChangeEntry.objects.of(milestone).order_by("version").values_list("version", "seq"))


def given() -> list[int]:
    numbered = ChangeEntry.objects.filter(seq__isnull=False).order_by("id")
    return [seq for seq in numbered.values_list("seq", flat=True) if seq]


@contextmanager
def uncommitted(milestone: Milestone, title: str) -> Iterator[None]:
    """A transaction on another connection that has changed `milestone`, and commits at the end of the block."""
    written, finish = threading.Event(), threading.Event()

    def write() -> None:
        with transaction.atomic():
            edit(milestone, title)
            written.set()
            finish.wait(20)

    with ThreadPoolExecutor(1) as thread:
        future = thread.submit(alone, write)
        assert written.wait(20)
        try:
            yield
        finally:
            finish.set()
            assert future.result(30) is None


def several_writers() -> bool:
    """SQLite's single writer leaves nothing uncommitted beside the publisher."""
    return connection.vendor == "postgresql"


def test_what_is_committed_is_numbered_in_the_order_it_was_written(cast: Cast) -> None:
    total = ChangeEntry.objects.count()
    assert publish() == total
    assert given() == list(range(1, total + 1))
    assert publish() == 0


def test_a_publisher_takes_no_more_than_it_is_told(cast: Cast) -> None:
    total = ChangeEntry.objects.count()
    assert (publish(limit=3), publish(limit=2)) == (3, 2)
    assert given() == [1, 2, 3, 4, 5]
    assert publish_all() == total - 5


def test_numbers_go_on_after_the_highest_one(cast: Cast) -> None:
    publish_all()
    highest = max(given())
    edit(cast.roof, "一")
    edit(cast.school, "二")
    publish_all()
    assert [numbers(m)[-1][1] for m in (cast.roof, cast.school)] == [highest + 1, highest + 2]


def test_what_can_still_be_rolled_back_has_no_number(cast: Cast) -> None:
    publish_all()
    with transaction.atomic():
        edit(cast.roof, "一")
        transaction.set_rollback(True)
    edit(cast.school, "二")
    publish_all()
    assert sorted(given()) == list(range(1, ChangeEntry.objects.count() + 1))


def test_a_transaction_that_commits_late_is_numbered_after_what_was_visible_before(cast: Cast) -> None:
    publish_all()
    highest = max(given())
    if several_writers():
        with uncommitted(cast.roof, "早写晚交"):
            edit(cast.school, "晚写早交")
            assert publish() == 1
            assert numbers(cast.school)[-1] == (2, highest + 1)
            assert publish() == 0
    else:
        edit(cast.school, "晚写早交")
        publish()
        edit(cast.roof, "早写晚交")
    assert publish() == 1
    assert numbers(cast.roof)[-1] == (2, highest + 2)


def test_the_versions_of_one_object_are_numbered_in_order_beside_writers(cast: Cast) -> None:
    """Four write to three milestones while two publish all the time."""
    writing = threading.Event()
    milestones = (cast.roof, cast.school, cast.rules)
    rounds = 6 if several_writers() else 2  # a single writer makes everybody queue

    def write(name: str) -> None:
        for round_ in range(rounds):
            for milestone in milestones:
                _until_it_succeeds(milestone, f"{name}{round_}")

    def keep_publishing() -> None:
        while not writing.wait(0.01):
            publish()

    with ThreadPoolExecutor(2) as publishers:
        running = [publishers.submit(alone, keep_publishing) for _ in range(2)]
        try:
            results = together(*[partial(write, name) for name in "甲乙丙丁"])
        finally:
            writing.set()
        assert [f.result(30) for f in running] == [None, None]
    assert results == [None] * 4
    publish_all()
    for milestone in milestones:
        versions, seqs = zip(*numbers(milestone), strict=True)
        assert versions == tuple(range(1, 2 + 4 * rounds))
        assert list(seqs) == sorted(seqs)
    assert sorted(given()) == list(range(1, ChangeEntry.objects.count() + 1))


def test_two_publishers_at_once_give_no_number_twice(cast: Cast) -> None:
    total = ChangeEntry.objects.count()
    results = together(*[publish_all] * 4)
    publish_all()
    assert not [r for r in results if isinstance(r, Exception)]
    assert sorted(given()) == list(range(1, total + 1))


def test_a_publisher_steps_aside_for_another_that_is_at_work(cast: Cast) -> None:
    if not several_writers():
        assert sum(r for r in together(publish, publish) if isinstance(r, int)) == ChangeEntry.objects.count()
        return
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
        assert together(publish) == [0]
    assert together(publish) == [ChangeEntry.objects.count()]


def _until_it_succeeds(milestone: Milestone, title: str) -> None:
    while True:
        try:
            return edit(milestone, title)
        except Conflict:
            continue
