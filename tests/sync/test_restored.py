"""Does the feed of a restored installation go on, and do its old readers begin anew?"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from milestones.models import FeedEpoch
from milestones.upkeep.backups import back_up, tables
from tests.operations.data import NOW, milestone, plan_with_history
from tests.operations.test_backup import elsewhere, new_database
from tests.servers.installation import Installation
from tests.sync.replica import Replica, following

__all__ = ["elsewhere", "new_database"]

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)

ANOTHER_KEY = "another-" * 8

PAGE = """
from datetime import UTC, datetime
from milestones.sync import feed
from milestones.sync.cursor import Gone
from tests.operations.data import NOW
from tests.sync.replica import Replica, reader
try:
    feed.page(reader("read"), now=NOW, limit=10, cursor={cursor!r})
    print("went on")
except Gone:
    print("gone")
replica = Replica(reader("read"), now=NOW).follow()
replica.check()
begun = replica.seq
from milestones.models import Milestone
from milestones.planning import operations
from milestones.actors import Actor
operations.change(Milestone.objects.get(code="FIN-02"), {{"title": "新"}}, actor=Actor.system(), now=NOW)
(row,) = replica.pull()["results"]
replica.check()
print(len(replica.rows), "rows, then", row["seq"] - begun)
"""


def ask(elsewhere: Installation, cursor: str, key: str = "") -> str:
    variables: Any = {"SECRET_KEY": key} if key else {}
    return elsewhere.manage("shell", "-c", PAGE.format(cursor=cursor), **variables).stdout


def cursor_of(replica: Replica) -> str:
    assert replica.cursor is not None
    return replica.cursor


def test_a_restored_feed_goes_on_and_old_cursors_are_gone(elsewhere: Installation, tmp_path: Path) -> None:
    plan_with_history()
    replica = following("read", now=NOW)
    back_up(tmp_path / "a.backup", now=NOW)
    elsewhere.manage("restore", str(tmp_path / "a.backup"))
    said = ask(elsewhere, cursor_of(replica))
    assert "gone" in said
    assert f"{len(replica.rows)} rows, then 1" in said


def test_so_it_is_with_another_key(elsewhere: Installation, tmp_path: Path) -> None:
    """Of a new machine: what was signed on the old one cannot be verified there, and yet is no fault of the client."""
    plan_with_history()
    replica = following("read", now=NOW)
    back_up(tmp_path / "a.backup", now=NOW)
    elsewhere.manage("restore", str(tmp_path / "a.backup"), SECRET_KEY=ANOTHER_KEY)
    assert "gone" in ask(elsewhere, cursor_of(replica), ANOTHER_KEY)


def test_an_older_backup_never_goes_on_from_numbers_that_mean_something_else(
    elsewhere: Installation, tmp_path: Path
) -> None:
    """The reader is further than the backup: what was numbered between is not, and will be something else."""
    plan = plan_with_history()
    replica = following("read", now=NOW)
    back_up(tmp_path / "older.backup", now=NOW)
    milestone(plan, plan.workstreams.get(), 7)
    replica.follow()
    elsewhere.manage("restore", str(tmp_path / "older.backup"))
    assert "gone" in ask(elsewhere, cursor_of(replica))


def test_the_epoch_stays_behind_even_where_the_restore_dies_at_its_end(db: None) -> None:
    """Its table does not travel: whoever asks first begins another epoch."""
    following("read", now=NOW)
    assert FeedEpoch._meta.db_table not in tables.travelling()
    assert FeedEpoch._meta.db_table not in tables.filled()
