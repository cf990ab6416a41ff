"""Was it told already that the database does not answer? A file knows: no row can be written then."""

from __future__ import annotations

import fcntl
import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import IO, Any

import structlog
from django.conf import settings

from . import alarm
from .faults import Fault, Problem

log = structlog.get_logger(__name__)


def attend(*, answers: bool, now: datetime) -> None:
    """Tell it once when the database goes, and once when it is back. Each machine tells for itself."""
    file: Path = settings.VAR_DIR / "no-database.json"
    if answers and not file.exists():
        return
    try:
        with _alone(file) as held:
            if held is not None:
                _attend(held, answers, now)
    except OSError as error:  # a full disk may be what the database died of
        log.error("alarm_without_memory", error=str(error))
        if not answers and alarm.wanted():
            alarm.raise_([Problem(Fault.DATABASE)], now, now)


def _attend(held: IO[str], answers: bool, now: datetime) -> None:
    known = _read(held, now)
    told, since = bool(known.get("told")), datetime.fromisoformat(known.get("since") or now.isoformat())
    problem = Problem(Fault.DATABASE, since if since < now else None)
    if not answers:
        _write(held, {"since": since.isoformat(), "told": told})  # before the call: the disk must take it
        told = told or not alarm.wanted() or alarm.raise_([problem], since, now).ok
        _write(held, {"since": since.isoformat(), "told": told})
    elif not told or not alarm.wanted() or alarm.resolve([problem], since, now).ok:
        _write(held, {})


@contextmanager
def _alone(file: Path) -> Iterator[IO[str] | None]:
    """The file for one process at a time, None while another has it; given back by the kernel when that one dies."""
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with file.open("a+", encoding="utf-8") as held:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield None
        else:
            yield held


def _read(held: IO[str], now: datetime) -> dict[str, Any]:
    held.seek(0)
    try:
        found = json.loads(held.read() or "{}")
    except ValueError:  # cut off when the disk was full: it had begun, and may have been told
        return {"since": now.isoformat(), "told": False}
    return found if isinstance(found, dict) else {}


def _write(held: IO[str], known: dict[str, Any]) -> None:
    held.seek(0)
    held.truncate()
    held.write(json.dumps(known) if known else "")
    held.flush()
