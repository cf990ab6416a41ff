"""Does a calendar program show what we serve? khal, as people run it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from milestones.models import Plan
from milestones.planning import lifecycle, operations
from tests.cast import NOW, Q3, SYSTEM, Cast
from tests.feeds.reading import make, written

pytestmark = [pytest.mark.django_db, pytest.mark.one_database("what other programs read in a feed")]

CONFIG = """
[calendars]
[[ours]]
path = {folder}/calendar
[locale]
local_timezone = {zone}
default_timezone = {zone}
timeformat = %H:%M
dateformat = %Y-%m-%d
longdateformat = %Y-%m-%d
datetimeformat = %Y-%m-%d %H:%M
longdatetimeformat = %Y-%m-%d %H:%M
[sqlite]
path = {folder}/khal.db
"""
Khal = Callable[..., str]


@pytest.fixture(params=["Asia/Shanghai", "America/Los_Angeles", "Pacific/Auckland"])
def khal(request: pytest.FixtureRequest, tmp_path: Path) -> Khal:
    """The program, on a machine in that time zone, with a home of its own."""
    (tmp_path / "calendar").mkdir()
    config = tmp_path / "config"
    config.write_text(CONFIG.format(folder=tmp_path, zone=request.param))
    places = dict.fromkeys(("HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME"), str(tmp_path))
    environment = {**os.environ, **places, "TZ": request.param, "LC_ALL": "C.UTF-8", "PYTHONWARNINGS": "ignore"}

    def run(*words: str) -> str:
        command = [str(Path(sys.executable).parent / "khal"), "-c", str(config), *words]
        done = subprocess.run(command, check=False, env=environment, capture_output=True, text=True, timeout=120)
        assert done.returncode == 0, done.stderr
        return done.stdout

    return run


def imported(khal: Khal, folder: Path, content: bytes) -> None:
    file = folder / "feed.ics"
    file.write_bytes(content)
    khal("import", "--batch", "-a", "ours", str(file))


def listed(khal: Khal, first: str, last: str) -> list[str]:
    return khal("list", "--day-format", "", "--format", "{start-long} {end-long} {title}", first, last).split("\n")


def test_khal_shows_each_due_day_on_that_day(running: Cast, khal: Khal, tmp_path: Path) -> None:
    Plan.objects.update(time_zone="Asia/Shanghai")
    lifecycle.cancel(running.rules, reason="不再印发", actor=SYSTEM, now=NOW)
    feed = make(running.viewer, running.plan)
    imported(khal, tmp_path, written(feed))
    lines = [line.strip() for line in listed(khal, "2023-01-01", "2024-02-01") if line.strip()]
    shown = [line for line in lines if "节点" in line]
    assert [line.split(" ", 1) for line in shown] == [
        ["2023-03-15", "2023-03-15 已取消：节点 FIN-03"],
        ["2023-06-30", "2023-06-30 节点 FIN-02 · 6月底前（按6月30日计）"],
        ["2023-12-31", "2023-12-31 节点 FIN-01 · 年内（按12月31日计）"],
    ]


def test_khal_moves_what_was_rescheduled(running: Cast, khal: Khal, tmp_path: Path) -> None:
    feed = make(running.owner)
    imported(khal, tmp_path, written(feed))
    operations.reschedule(running.roof, Q3, reason="提前", actor=SYSTEM, now=NOW)
    imported(khal, tmp_path, written(feed))
    lines = [line.strip() for line in listed(khal, "2023-01-01", "2024-02-01") if "节点" in line]
    assert [line[:10] for line in lines] == ["2023-09-30"]
