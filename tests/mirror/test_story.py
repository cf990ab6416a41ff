"""Whatever both sides do, are they the same in the end wherever no conflict was listed?"""

from __future__ import annotations

import random

import pytest

from milestones.models import SyncTrouble
from tests.mirror.two import Office, Two

CODES = ("M1", "M2", "M3", "M4")
STEPS = {
    "planned": ("start", "submit", "cancel"),
    "in_progress": ("submit", "cancel"),
    "submitted": ("verify", "return", "cancel"),
    "completed": ("reopen",),
    "cancelled": ("reopen",),
}


def retitle(side: Office, chance: random.Random, number: int, path: str) -> None:
    side.ask("PATCH", path, {"title": f"标题 {number}"})


def weigh(side: Office, chance: random.Random, number: int, path: str) -> None:
    side.ask("PATCH", path, {"weight": chance.randrange(1, 4)})


def move_date(side: Office, chance: random.Random, number: int, path: str) -> None:
    due = {"on": f"2026-12-{chance.randrange(1, 29):02}", "precision": "day"}
    side.ask("PATCH", path, {"due": due, "reason": "情况有变"})


def step(side: Office, chance: random.Random, number: int, path: str) -> None:
    milestone = side.done("GET", path)
    side.move(milestone["code"], chance.choice(STEPS[milestone["state"]]))


def rename(side: Office, chance: random.Random, number: int, path: str) -> None:
    side.ask("PATCH", path, {"code": chance.choice(CODES)})


def read(side: Office, chance: random.Random, number: int, path: str) -> None:
    side.read(f"{number}")


def tie(side: Office, chance: random.Random, number: int, path: str) -> None:
    one, two = chance.sample([one["code"] for one in side.get("/milestones")], 2)
    side.ask("POST", "/dependencies", {"predecessor": f"p/{one}", "successor": f"p/{two}"})


def untie(side: Office, chance: random.Random, number: int, path: str) -> None:
    for found in side.get("/dependencies")[:1]:
        side.done("DELETE", f"/dependencies/{found['id']}")


ACTS = (retitle, weigh, move_date, step, step, rename, read, tie, untie)


def act(side: Office, chance: random.Random, number: int) -> None:
    """One thing that an office might do; what is not allowed just now is refused, and that is all right."""
    milestone = chance.choice(side.get("/milestones"))
    chance.choice(ACTS)(side, chance, number, f"/milestones/{milestone['id']}")


@pytest.mark.parametrize("seed", range(4))
def test_whatever_happens_both_end_the_same(two: Two, seed: int) -> None:
    chance = random.Random(seed)
    two.there.plan(milestones=4)
    two.pull()
    for number in range(30):
        act(chance.choice((two.here, two.there)), chance, number)
        if chance.random() < 0.3:
            chance.choice((two.pull, two.push))()
    for _turn in range(3):
        ends = two.pull(), two.push()

    if not SyncTrouble.objects.exists():
        assert [end.code for end in ends] == [0, 0]
        two.same()
        return
    disputed = {str(name) for name in SyncTrouble.objects.values_list("name", flat=True)}
    ours, theirs = two.here.state(), two.there.state()
    for row in ours["milestones"]:
        others = [one for one in theirs["milestones"] if one["code"] == row["code"]]
        assert row in others or f"p/{row['code']}" in disputed, (row, others, ends[0].said, ends[1].said)
