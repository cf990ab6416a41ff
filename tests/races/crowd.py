"""What does a crowd do to a handful of milestones at once, and what must hold when it is gone?

Each thread looks at a random thing and does a random verb to it, on a connection of its own, while the recurring jobs
run beside it. Every act has an instant of its own: the entries of an act are found by it.
"""

from __future__ import annotations

import random
import threading
import traceback
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import count
from typing import Any

from django.db import connection

from milestones.changes import publish
from milestones.errors import DomainError
from milestones.extensions import asking as decisions
from milestones.models import Milestone, Organisation, Person, Plan
from milestones.people import organisations
from milestones.planning import assessing, dependencies, plans
from milestones.reminders import delivery, engine
from milestones.status_reports import asking as reports
from milestones.workdays.periods import FuzzyDate
from tests import cast as casting
from tests.cast import NOW, SYSTEM, Cast

from . import doings

STEP = timedelta(minutes=2)


@dataclass
class Crowd:
    """Two plans of three and four milestones, tied together; five who do things besides the office and a leader."""

    cast: Cast
    plans: list[Plan]
    milestones: list[Milestone]
    people: dict[str, Person]
    units: list[Organisation]
    done: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)
    acts: dict[datetime, tuple[str, bool | None]] = field(default_factory=dict)
    _ticks: Any = field(default_factory=lambda: count(1))

    def tick(self) -> datetime:
        """An instant that is nobody else's."""
        return NOW + next(self._ticks) * STEP

    def play(self, seed: int, threads: int, acts: int) -> None:
        """`acts` in each of `threads`, the jobs beside them until all are through."""
        over = threading.Event()
        doers = [threading.Thread(target=self._act, args=(random.Random(f"{seed}/{n}"), acts)) for n in range(threads)]
        beside = [threading.Thread(target=self._work, args=(job, over)) for job in self._jobs()]
        for thread in [*doers, *beside]:
            thread.start()
        for thread in doers:
            thread.join()
        over.set()
        for thread in beside:
            thread.join()

    def settle(self) -> datetime:
        """What the jobs do when nobody acts any more; the instant of it."""
        now = self.tick()
        engine.sweep(now)
        assessing.assess(now)
        delivery.deliver(lambda: now)
        publish.publish_all()
        return now

    def _jobs(self) -> list[Callable[[], object]]:
        return [
            lambda: engine.sweep(self.tick()),
            lambda: assessing.assess(self.tick()),
            publish.publish_all,
            lambda: (reports.ask(self.tick()), decisions.ask(self.tick())),
            lambda: delivery.deliver(self.tick),
        ]

    def _work(self, job: Callable[[], object], over: threading.Event) -> None:
        try:
            while not over.is_set() and not self.faults:
                job()
                over.wait(0.05)
        except Exception:  # a fault of ours, whatever it is; the test shows it
            self.faults.append(traceback.format_exc())
        finally:
            connection.close()

    def _act(self, chance: random.Random, acts: int) -> None:
        try:
            for _act in range(acts):
                if self.faults:
                    return
                self._one(chance, chance.choice(doings.NAMES))
        except Exception:
            self.faults.append(traceback.format_exc())
        finally:
            connection.close()

    def _one(self, chance: random.Random, name: str) -> None:
        now = self.tick()
        try:
            result = doings.DO[name](self, chance, now)
        except DomainError as refusal:
            str(refusal)
            self.refused[name] += 1
            self.acts[now] = (name, False)
        except Exception as error:
            error.add_note(f"in {name}")
            raise
        else:
            self.done[name] += result is not doings.NOTHING
            self.acts[now] = (name, None if result is doings.UNTOLD else result is not doings.NOTHING)


def gather(cast: Cast) -> Crowd:
    """In an active plan of the cast's and a second one."""
    leader = casting.person("chief", "leader")
    speaker = casting.person("speaker", "coordinator", organisation=cast.bureau)
    for unit, coordinator in ((cast.bureau, speaker), (cast.harbour, cast.stranger)):
        values = {"supervising_leader": leader, "coordinator": coordinator}
        organisations.edit(unit, values, actor=SYSTEM, now=NOW)
    second = casting.plan("q-2023")
    stream = casting.workstream(second, "ENG")
    due = [FuzzyDate(date(2023, month, 15)) for month in (1, 2, 6, 11)]
    rows = [
        casting.milestone(second, stream, f"ENG-{n}", day, accountable=who, lead=lead, kind=kind)
        for n, (day, who, lead, kind) in enumerate(
            zip(
                due,
                (cast.owner, cast.other, None, cast.owner),
                (cast.bureau, cast.harbour, cast.bureau, None),
                ("construction", "other", "policy", "other"),
                strict=True,
            )
        )
    ]
    plans.activate(cast.plan, actor=SYSTEM, now=NOW)
    plans.activate(second, actor=SYSTEM, now=NOW)
    milestones = [*rows, cast.roof, cast.school, cast.rules]
    for one in milestones:
        one.refresh_from_db()
    for before, after in ((0, 4), (1, 2), (4, 5)):
        dependencies.add(milestones[before], milestones[after], actor=SYSTEM, now=NOW)
    names = ("office", "colleague", "owner", "other", "coordinator", "stranger", "viewer")
    people = {name: getattr(cast, name) for name in names} | {"leader": leader, "speaker": speaker}
    return Crowd(cast, [cast.plan, second], milestones, people, [cast.bureau, cast.harbour])
