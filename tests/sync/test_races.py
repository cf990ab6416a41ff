"""Does every reader end with what is there, whatever commits beside it and when?"""

from __future__ import annotations

import threading
from functools import partial

import pytest
from django.db import connection, transaction

from milestones.changes.publish import LOCK, publish
from milestones.models import Milestone
from milestones.planning import operations
from tests.cast import LATER, SYSTEM, Cast
from tests.sync.busy import Busy
from tests.sync.replica import Replica, following, reader
from tests.two_at_once import together, while_uncommitted

pytestmark = pytest.mark.django_db(transaction=True)

SECONDS = 5


def several_writers() -> bool:
    return connection.vendor == "postgresql"


def crowd(cast: Cast, seconds: float, seed: int) -> Busy:
    """Eight write and three follow; on SQLite, where one writes at a time, nobody keeps the others waiting."""
    busy = Busy(cast, held=1 if several_writers() else 0)
    replicas = [
        Replica(reader("write", "people:read"), limit=100),
        Replica(reader("write"), limit=3),
        Replica(reader("write", organisations=[cast.harbour]), limit=10),
    ]
    busy.run(replicas, writers=8, seconds=seconds, seed=seed)
    return busy


def test_eight_write_while_three_follow(cast: Cast) -> None:
    busy = crowd(cast, SECONDS, seed=1)
    assert busy.done["committed"] > 20
    assert busy.done["rolled back"] > 2


def test_an_older_transaction_that_changes_an_object_after_a_younger_one(cast: Cast) -> None:
    """The entry of the younger one has the greater id; the older one wrote its first entry before."""
    replica = following("write")

    def older() -> None:
        edit(cast.school, "老")
        if several_writers():
            together(partial(edit, cast.roof, "少"))
            replica.pull()
        edit(cast.roof, "老")

    with transaction.atomic():
        older()
    replica.follow().check()
    last = 3 if several_writers() else 2
    assert replica.versions["milestone", str(cast.roof.pk)] == last


def test_what_is_committed_late_is_not_missed(cast: Cast) -> None:
    replica = following("write")

    def read_and_edit() -> None:
        edit(cast.school, "晚写早交")
        replica.pull()

    assert while_uncommitted(lambda: edit(cast.roof, "早写晚交"), read_and_edit) == (None, None)
    replica.follow().check()


def test_two_readers_of_whom_none_finds_the_publisher_free(cast: Cast) -> None:
    """They go on with what has a number, and miss nothing later."""
    one, other = following("write"), following("write", limit=1)
    edit(cast.roof, "一")
    if several_writers():
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
            found = together(one.pull, other.pull)
        assert [answer["results"] for answer in found if isinstance(answer, dict)] == [[], []]
    assert not [error for error in together(one.pull, other.pull) if isinstance(error, Exception)]
    one.follow().check()
    other.follow().check()
    assert publish() == 0


def test_readers_who_come_at_once_begin_one_epoch(cast: Cast) -> None:
    replicas = [Replica(reader("write"), limit=1000) for _ in range(4)]
    assert not [error for error in together(*(one.pull for one in replicas)) if isinstance(error, Exception)]
    for one in replicas:
        one.follow().check()


def test_a_reader_is_not_held_up_by_who_writes(cast: Cast) -> None:
    replica = following("write")
    written, finish = threading.Event(), threading.Event()

    def hold() -> None:
        with transaction.atomic():
            edit(cast.roof, "久")
            written.set()
            finish.wait(20)

    def look() -> dict[str, object]:
        written.wait(20)
        try:
            return replica.pull()
        finally:
            finish.set()

    held, looked = together(hold, look)
    assert held is None
    assert isinstance(looked, dict)
    assert looked["results"] == []


def edit(milestone: Milestone, title: str) -> None:
    operations.change(Milestone.objects.get(pk=milestone.pk), {"title": title}, actor=SYSTEM, now=LATER)
