"""How is everything that is new at a source brought to a target, in one run that may be killed at any point?

The source's change feed says what may have moved; `bringing` compares and writes. What could not be brought over is
noted, tried again at the end of the run and at the begin of the next one, and told.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager, nullcontext
from typing import Any

from django.db import transaction

from milestones.models import Direction, SyncTrouble

from . import together
from .bringing import Bringer
from .left import PASSING, Left
from .nouns import NOUNS, Data, Noun, in_plan
from .sides import Unreachable, query
from .summary import Summary
from .writing import ACTIVATING, ASIDE, CLOSING, Writer

PAGE = 500
PASSES = 50  # of what is left, while each of them brings something over
Told = Callable[[Summary], None]


class Mirror:
    """`sees_all`: the source hides nothing from this reader, so what it does not find was deleted."""

    def __init__(self, writer: Writer, *, sees_all: bool, told: Told) -> None:
        self.writer, self.bringer, self.sees_all, self.told = writer, Bringer(writer), sees_all, told
        self.link, self.source = writer.link, writer.source
        self.summary = Summary()
        self._seen: dict[str, set[str]] = {}
        self._made: set[str] = set()

    def run(self) -> Summary:
        """Raises Unreachable; what was done until then is kept."""
        troubles = list(self.link.troubles.all())
        begun = [one for one in troubles if one.code == "begun"]
        self.bringer.begun = {(one.entity, str(one.source_id)): json.loads(one.detail) for one in begun}
        self._troubled = {(one.entity, str(one.source_id)) for one in troubles}
        self._again(troubles)
        while self._page():
            self.told(self.summary)
        self._look_for_deletions()
        self._settle()
        self.summary.troubles = list(self.link.troubles.all())
        return self.summary

    # --- the source's feed --------------------------------------------------------------------------------------------
    def _page(self) -> bool:
        """Bring over one page; whether there is more."""
        if not self.link.cursor and not self.link.unchecked:
            self._remember("", unchecked=True)
        values = {"limit": str(PAGE)} | ({"cursor": self.link.cursor} if self.link.cursor else {})
        answer = self.source.ask("GET", query("/changes", **values))
        if answer.status == 410 and self.link.cursor:
            self._remember("", unchecked=True)  # what is agreed on already is passed over
            return True
        if not answer.ok:
            raise Unreachable(answer.words)
        self._make_together(answer.data["results"])
        for row in answer.data["results"]:
            self._row(row)
        self._remember(answer.data["cursor"], unchecked=self.link.unchecked)
        return bool(answer.data["has_more"])

    def _make_together(self, rows: Iterable[dict[str, Any]]) -> None:
        """Those below others once these are there."""
        new = {
            row["id"]: row["data"]
            for row in rows
            if row["entity"] == together.MILESTONE.entity
            and row["op"] != "delete"
            and in_plan(together.MILESTONE, row["data"], self.link.plan)
        }
        self._made = set()
        with self._all_or_nothing():
            while made := together.make(self.writer, new.values()):
                self._made |= made

    def _remember(self, cursor: str, *, unchecked: bool) -> None:
        self.link.cursor, self.link.unchecked = cursor, unchecked
        self.link.save(update_fields=["cursor", "unchecked"])

    def _row(self, row: dict[str, Any]) -> None:
        noun = NOUNS.get(row["entity"])
        if noun is None:
            self.summary.passed.update([row["entity"]] if row["op"] != "delete" else ())
            return
        if noun.entity == "person" and not self.bringer.pairs.people:
            return
        self.summary.seen += 1
        self.summary.entity = noun.entity
        if self.link.unchecked:
            self._seen.setdefault(noun.entity, set()).add(row["id"])
        if row["op"] == "delete":
            self._remove(noun, row["id"])
        elif in_plan(noun, row["data"], self.link.plan):
            self._bring(noun, row["data"])

    def _look_for_deletions(self) -> None:
        """What went while nobody listened: at the end of a crawl, each pair that it did not meet is asked for."""
        if not self.link.unchecked:
            return
        for noun in reversed(list(NOUNS.values())):
            unmet = [] if noun.matched else self.bringer.pairs.all_but(noun.entity, self._seen.get(noun.entity, set()))
            for pk in unmet:
                if self.source.ask("GET", f"/{noun.path}/{pk}").status == 404:
                    self._remove(noun, pk)
        self._remember(self.link.cursor, unchecked=False)

    # --- what was left ------------------------------------------------------------------------------------------------
    def _settle(self) -> None:
        """What waited for something that has come since: plans run when all that lies in them is there, are closed when
        that is as it was, and codes change places last."""
        for self.writer.stage in (ACTIVATING, CLOSING, ASIDE):
            for _pass in range(PASSES):
                passing = list(self.link.troubles.filter(code__in=PASSING))
                before = self.writer.writes
                self._again(passing)
                self.told(self.summary)
                if self.writer.writes == before and len(passing) == self.link.troubles.filter(code__in=PASSING).count():
                    break

    def _again(self, troubles: Iterable[SyncTrouble]) -> None:
        for trouble in troubles:
            noun = NOUNS[trouble.entity]
            answer = self.source.ask("GET", f"/{noun.path}/{trouble.source_id}")
            if answer.ok:
                self._bring(noun, answer.data)
            elif answer.status == 404:
                self._remove(noun, str(trouble.source_id))

    # --- one object ---------------------------------------------------------------------------------------------------
    def _bring(self, noun: Noun, data: Data) -> None:
        self._do(noun, data["id"], noun.name(data), lambda: self._brought(noun, data))

    def _brought(self, noun: Noun, data: Data) -> str:
        done = self.bringer.bring(noun, data)
        return "created" if data["id"] in self._made else done

    def _remove(self, noun: Noun, source_id: str) -> None:
        self._do(noun, source_id, "", lambda: self._removed(noun, source_id))

    def _removed(self, noun: Noun, source_id: str) -> str:
        return "deleted" if self.bringer.remove(noun, source_id, certain=self.sees_all) else ""

    def _do(self, noun: Noun, source_id: str, name: str, work: Callable[[], str]) -> None:
        """Here, all of it is stored or nothing; there, what was done is agreed on at once."""
        about: dict[str, Any] = {"link": self.link, "entity": noun.entity, "source_id": source_id}
        writes = self.writer.writes
        with self._all_or_nothing():
            try:
                if done := work():
                    self.summary.count(done)
            except Left as left:
                known = {"name": name[:200]} if name else {}
                values = {"code": left.code, "detail": str(left), **known}
                SyncTrouble.objects.update_or_create(**about, defaults=values)
                self._troubled.add((noun.entity, source_id))
            else:
                if self.writer.writes > writes or (noun.entity, source_id) in self._troubled:
                    SyncTrouble.objects.filter(**about).delete()
                    self._troubled.discard((noun.entity, source_id))

    def _all_or_nothing(self) -> AbstractContextManager[Any]:
        """Of what is written here; there, what was done is agreed on at once."""
        return transaction.atomic() if self.link.direction == Direction.PULL else nullcontext()
