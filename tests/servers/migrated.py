"""Where is an SQLite database that has all its tables already? To make them takes as long as a hundred tests."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from functools import cache
from hashlib import sha256
from os import getpid
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "var" / "tests"


def copy_to(target: Path) -> bool:
    """An empty database as the migrations of this moment leave it; False when none is kept yet."""
    if there := kept().exists():
        _copy(kept(), target, "WAL")  # as every connection of ours leaves it
    return there


def keep(migrated: Path) -> None:
    """For the next one. Several may do it at once: the last one stays."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    own = kept().with_suffix(f".{getpid()}")
    _copy(migrated, own, "DELETE")  # one file, without a log beside it
    own.replace(kept())
    for old in FOLDER.glob("migrated-*.sqlite3"):
        if old != kept():
            old.unlink(missing_ok=True)


@cache
def kept() -> Path:
    """Another name whenever anything changes that migrating depends on."""
    content = b"".join(path.read_bytes() for path in _sources())
    return FOLDER / f"migrated-{sha256(content).hexdigest()[:16]}.sqlite3"


def _sources() -> Iterator[Path]:
    yield ROOT / "requirements.lock"
    yield from sorted((ROOT / "lingang").glob("*.py"))
    for package in ("migrations", "models"):
        yield from sorted((ROOT / "milestones" / package).rglob("*.py"))


def _copy(source: Path, target: Path, journal: str) -> None:
    """With SQLite's own locks, so it may be open elsewhere."""
    with (
        closing(sqlite3.connect(f"{source.as_uri()}?mode=ro", uri=True)) as one,
        closing(sqlite3.connect(target, timeout=20)) as two,
    ):
        one.backup(two)
        two.execute(f"PRAGMA journal_mode = {journal}")
