"""How do many write at once, in transactions that are held open, rolled back and committed in any order, while others
follow the feed?"""

from __future__ import annotations

import random
import threading
import time
import traceback
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count
from typing import Any

from django.db import OperationalError, connection, transaction

from milestones.conversation import comments
from milestones.errors import DomainError
from milestones.models import Comment, Milestone
from milestones.planning import operations
from tests import cast as casting
from tests.cast import NOW, SYSTEM, Cast
from tests.sync.replica import Replica

Act = Callable[["Busy", random.Random, dict[str, Any]], object]


@dataclass
class Busy:
    """`held` is for how long a transaction may be kept open, in seconds."""

    cast: Cast
    held: float
    done: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)
    over: threading.Event = field(default_factory=threading.Event)
    _ticks: Any = field(default_factory=lambda: count(1))

    def run(self, replicas: list[Replica], *, writers: int, seconds: float, seed: int) -> None:
        """The replicas are full and compared in the end."""
        threads = [threading.Thread(target=self._guarded, args=(self._follow, one)) for one in replicas]
        hands = [threading.Thread(target=self._guarded, args=(self._write, f"{seed}/{n}")) for n in range(writers)]
        for thread in [*threads, *hands]:
            thread.start()
        self.over.wait(seconds)  # set early by a fault
        self.over.set()
        for thread in [*hands, *threads]:
            thread.join()
        assert not self.faults, self.faults[0]
        for replica in replicas:
            replica.follow().check()

    def _guarded(self, act: Callable[[Any], None], argument: object) -> None:
        try:
            act(argument)
        except Exception:  # a fault of ours, whatever it is; the test shows it
            self.faults.append(traceback.format_exc())
            self.over.set()
        finally:
            connection.close()

    def _follow(self, replica: Replica) -> None:
        while not self.over.is_set():
            replica.pull()

    def _write(self, seed: str) -> None:
        chance = random.Random(seed)
        while not self.over.is_set():
            try:
                with transaction.atomic():
                    self._transaction(chance)
                self.done["committed"] += 1
            except _Undone:
                self.done["rolled back"] += 1
            except DomainError:
                self.done["refused"] += 1
            except OperationalError as error:  # two waited for one another
                self.done[f"refused by the database: {str(error)[:20]}"] += 1

    def _transaction(self, chance: random.Random) -> None:
        """One to three verbs, of whose objects nobody else may have theirs until the end; sometimes for nothing."""
        for _verb in range(chance.choice((1, 1, 2, 3))):
            how = {"actor": SYSTEM, "now": NOW + timedelta(seconds=next(self._ticks))}
            act = chance.choice(ACTS)
            act(self, chance, how)
            self.done[act.__name__] += 1
        if self.held and chance.random() < 0.3:
            time.sleep(chance.random() * self.held)
        if chance.random() < 0.2:
            raise _Undone


class _Undone(Exception):
    pass


def milestone(chance: random.Random) -> Milestone:
    pks = list(Milestone.objects.order_by("pk").values_list("pk", flat=True))
    return Milestone.objects.select_related("plan", "lead", "accountable").get(pk=chance.choice(pks))


def edit(busy: Busy, chance: random.Random, how: dict[str, Any]) -> None:
    operations.change(milestone(chance), {"title": f"题{chance.random()}"}, **how)


def lead(busy: Busy, chance: random.Random, how: dict[str, Any]) -> None:
    unit = chance.choice((busy.cast.bureau, busy.cast.harbour, None))
    operations.change(milestone(chance), {"lead": unit}, **how)


def create(busy: Busy, chance: random.Random, how: dict[str, Any]) -> None:
    values = {"kind": "other", "due": casting.JUNE, "workstream": busy.cast.stream, "title": "新节点"}
    code = f"N-{how['now']:%H%M%S}-{chance.randrange(10**9)}"
    operations.create(busy.cast.plan, {**values, "code": code, "lead": busy.cast.bureau}, **how)


def delete(busy: Busy, chance: random.Random, how: dict[str, Any]) -> None:
    found = milestone(chance)
    if found.code.startswith("N-"):
        operations.delete(found, **how)


def say(busy: Busy, chance: random.Random, how: dict[str, Any]) -> None:
    comments.add(milestone(chance), "请看", **{**how, "actor": casting.acting(busy.cast.office)})


def unsay(busy: Busy, chance: random.Random, how: dict[str, Any]) -> None:
    pks = list(Comment.objects.order_by("pk").values_list("pk", flat=True))
    if pks:
        comments.delete(Comment.objects.select_related("milestone__plan").get(pk=chance.choice(pks)), **how)


ACTS: tuple[Act, ...] = (edit, edit, lead, create, create, delete, say, unsay)
