"""How is one object at the target brought to what the source has, so that nothing is overwritten unseen?

Field by field three values are compared: the source's, the target's, and what both agreed on last. What only the source
changed is written, what only the target changed waits for the run in the other direction, what both changed is a
conflict and left. So a row that comes again, after a kill or as an echo of what was just written, changes nothing.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from milestones.models import Direction, SyncLink, SyncPair, SyncTrouble

from . import moves
from .left import Left
from .marks import Marks, marks, state_mark
from .nouns import Data, Noun, in_plan
from .pairs import Pairs
from .sides import Answer, Side, query

ACTIVATING, CLOSING, ASIDE = 1, 2, 3  # stages of a run, after 0: all rows of the feed


@dataclass
class Bringer:
    """`source_page` is the address of the source's pages, for the evidence of what was completed there. `verifier` is
    the target as a second one, who may verify what this one submitted. `people`: both sides see addresses. `begun`
    holds, by entity and id, the marks of earlier writes whose answer was not seen.
    """

    link: SyncLink
    source: Side
    target: Side
    source_page: str
    people: bool
    verifier: Side | None = None
    stage: int = 0
    writes: int = 0
    begun: dict[tuple[str, str], Marks] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.pairs = Pairs(self.link.remote, self.target, pulls=self.link.direction == Direction.PULL)

    # --- one object ---------------------------------------------------------------------------------------------------
    def bring(self, noun: Noun, data: Data) -> str:
        """Bring the target to `data`; what was done. Raises Left, after all that could be done."""
        pair = self.pairs.of(noun.entity, data["id"])
        wanted = self._source_marks(noun, data)
        if pair is not None and wanted.items() <= pair.agreed.items():
            return "unchanged"
        present, pair = self._counterpart(noun, data, pair)
        done = "changed" if pair is not None else "matched"
        if present is None:
            present, pair = self._make(noun, data, wanted)
            done = "created"
        before = self.writes
        self._merge(noun, data, wanted, present, pair)
        return "unchanged" if done == "changed" and self.writes == before else done

    def remove(self, noun: Noun, source_id: str, *, certain: bool) -> bool:
        """What the source has no more; False when it was not there either. Raises Left, also where the source may only
        have hidden it (not `certain`)."""
        pair = self.pairs.of(noun.entity, source_id)
        if pair is None:
            return False
        path = self._path(noun, self.pairs.at_target(pair))
        present = self.target.ask("GET", path)
        if present.ok:
            if not in_plan(noun, present.data, self.link.plan):
                return False
            if not certain:
                raise Left(
                    "vanished", _("The source has it no more, or the token may not see it. Nothing was deleted.")
                )
            self._check_untouched(noun, present.data, pair)
            self._write("DELETE", path, None, present.data, refused="deleted")
        pair.delete()
        return present.ok

    def _check_untouched(self, noun: Noun, present: Data, pair: SyncPair) -> None:
        held = self._target_marks(noun, present)
        if changed := [name for name, value in held.items() if pair.agreed.get(name, "") != value]:
            words = _("It was deleted at the source and changed at the target (%(fields)s).")
            raise Left("conflict", words % {"fields": ", ".join(changed)})

    # --- finding and making -------------------------------------------------------------------------------------------
    def _counterpart(self, noun: Noun, data: Data, pair: SyncPair | None) -> tuple[Data | None, SyncPair | None]:
        if pair is None:
            return self._named(noun, data), None
        answer = self.target.ask("GET", self._path(noun, self.pairs.at_target(pair)))
        if answer.ok:
            return answer.data, pair
        if (found := self._named(noun, data)) is not None:  # somebody made it anew
            return found, None
        raise Left("gone", _("It was changed at the source and deleted at the target."))

    def _named(self, noun: Noun, data: Data) -> Data | None:
        """That at the target which has its natural name, unless another object of the source is tied to it."""
        asked = {name: str(self._as_target_says(noun, one, data)) for name, one in noun.key.items()}
        answer = self.target.ask("GET", query(f"/{noun.path}", **asked))
        if not answer.ok:
            raise Left("refused", answer.words)
        found = [one for one in answer.data["results"] if self._is_free(noun, one, data)]
        if noun.entity == "reading":  # a day may have several
            wanted = self._source_marks(noun, data)
            return next((one for one in found if self._target_marks(noun, one) == wanted), None)
        if answer.data["results"] and not found:
            raise Left("taken", _("Another object at the target has this name."))
        return found[0] if found else None

    def _is_free(self, noun: Noun, found: Data, data: Data) -> bool:
        return self.pairs.holder(noun.entity, found["id"]) in (None, data["id"])

    def _make(self, noun: Noun, data: Data, wanted: Marks) -> tuple[Data, SyncPair]:
        """With its baseline as its date, which is moved when the plan runs, as it was at the source."""
        names = (*noun.fixed, *noun.shown(self.people))
        body = {name: self._as_target_says(noun, name, data) for name in names}
        if "due" in body:
            body["due"] = data["baseline"]
        body = {name: value for name, value in body.items() if value not in (None, "", [])}
        expected = wanted | ({"state": ""} if noun.initial else {})
        self._begin(noun, data, expected)
        present = self._write("POST", f"/{noun.path}", body).data
        return present, self.pairs.tie(noun.entity, data["id"], present["id"], self._target_marks(noun, present))

    # --- comparing ----------------------------------------------------------------------------------------------------
    def _merge(self, noun: Noun, data: Data, wanted: Marks, present: Data, pair: SyncPair | None) -> None:
        held, agreed = self._target_marks(noun, present), dict(pair.agreed if pair else {})
        begun = self.begun.get((noun.entity, data["id"]), {})
        news, clashes = [], []
        for name, mark in wanted.items():
            known = agreed.get(name, "")
            if held[name] == mark:
                agreed[name] = mark
            elif held[name] in (known, begun.get(name)):
                news.append(name)
            elif mark != known and not (noun.matched and name not in agreed):
                clashes.append(name)
        if pair is None:
            pair = self.pairs.tie(noun.entity, data["id"], present["id"], agreed)
        self.pairs.agree(pair, agreed)
        if news:
            present = self._carry(noun, data, wanted, present, pair, set(news))
        if clashes:
            raise self._conflict(noun, data, present, clashes)

    def _conflict(self, noun: Noun, data: Data, present: Data, names: Iterable[str]) -> Left:
        """Field by field, with both values."""
        words = _("%(field)s: %(source)s at the source, %(target)s at the target")
        said = [words % {"field": one, "source": data[one], "target": present[one]} for one in names]
        return Left("conflict", "; ".join(said))

    # --- writing ------------------------------------------------------------------------------------------------------
    def _carry(self, noun: Noun, data: Data, wanted: Marks, present: Data, pair: SyncPair, news: set[str]) -> Data:
        """Write the fields in `news`: what needs a step back first after that, then the rest of the way."""
        way = self._way(noun, data, present, news)
        moved = news - {"state"}
        while way and way[0] in moves.AFTER_A_STEP_BACK:
            present = self._step(noun, data, present, pair, way.pop(0))
        if moved:
            present = self._change(noun, data, wanted, present, pair, moved)
        for verb in way:
            present = self._step(noun, data, present, pair, verb)
        held = self._target_marks(noun, present)
        if lost := sorted(name for name in news if held[name] != wanted[name]):
            raise Left("differs", _("The target has not taken it as it is: %(fields)s.") % {"fields": ", ".join(lost)})
        return present

    def _way(self, noun: Noun, data: Data, present: Data, news: set[str]) -> list[str]:
        if not noun.initial:
            return []
        found = moves.way(noun.entity, present, data, news)
        if found is None:
            words = _("No verb leads from “%(now)s” to “%(wanted)s”.")
            raise Left("state", words % {"now": present["state"], "wanted": data["state"]})
        return found

    def _change(self, noun: Noun, data: Data, wanted: Marks, present: Data, pair: SyncPair, moved: set[str]) -> Data:
        if not noun.writable:
            raise Left("fixed", _("It is never changed once it is recorded; record a correction."))
        self._check_can_move(data, present, moved)
        body = {name: self._as_target_says(noun, name, data) for name in sorted(moved)}
        if "parties" in moved and not self.people:
            body["parties"] = self._with_their_people(body["parties"], present)
        if {"due", "forecast"} & moved:
            body["reason"] = self._reason()
        self._begin(noun, data, {name: wanted[name] for name in moved})
        if "code" in moved and self.stage == ASIDE:
            present = self._step_aside(noun, data, present, pair)
        present = self._write("PATCH", self._path(noun, present["id"]), body, present).data
        self.pairs.forget_name(noun.entity, present["id"])
        held = self._target_marks(noun, present)
        self.pairs.agree(pair, pair.agreed | {name: held[name] for name in moved if held[name] == wanted[name]})
        return present

    def _check_can_move(self, data: Data, present: Data, moved: set[str]) -> None:
        """In a draft a date that moves takes the baseline along: what was moved later waits until the plan runs."""
        if "due" not in moved or data["due"] == data["baseline"]:
            return
        plan = self.target.ask("GET", f"/plans/{present['plan_id']}")
        if plan.ok and plan.data["state"] == "draft":
            raise Left("waits", _("Its plan is still a draft at the target."))

    def _step_aside(self, noun: Noun, data: Data, present: Data, pair: SyncPair) -> Data:
        """Two that swap their codes: this one leaves its own for a moment, when who has the other one moves on too."""
        if (holder := self._holder_of_code(noun, data)) is None or holder == data["id"]:
            return present
        there = self.source.ask("GET", self._path(noun, holder))
        if not there.ok or there.data["code"] == data["code"]:
            raise Left("taken", _("Another object at the target has the code “%(code)s”.") % {"code": data["code"]})
        aside = {"code": f"~{present['id'].replace('-', '')[-12:]}"}
        present = self._write("PATCH", self._path(noun, present["id"]), aside, present).data
        self.pairs.agree(pair, pair.agreed | {"code": self._target_marks(noun, present)["code"]})
        self.pairs.forget_name(noun.entity, present["id"])
        return present

    def _holder_of_code(self, noun: Noun, data: Data) -> str | None:
        asked = {name: str(self._as_target_says(noun, one, data)) for name, one in noun.key.items()}
        found = self.target.ask("GET", query(f"/{noun.path}", **asked))
        results = found.data["results"] if found.ok else []
        return self.pairs.holder(noun.entity, results[0]["id"]) if results else None

    def _step(self, noun: Noun, data: Data, present: Data, pair: SyncPair, verb: str) -> Data:
        needed = {"activate": ACTIVATING, "close": CLOSING}.get(verb, 0)
        if self.stage < needed:
            raise Left("waits", _("It follows when all that lies in it is there."))
        if verb == "close" and self._unsettled(data["code"]):
            raise Left("waits", _("It is closed when all that lies in it is settled."))
        self._begin(noun, data, {"state": state_mark(noun, data, moves.LEADS_TO[verb])})
        side = self.verifier if verb == "verify" and self.verifier else self.target
        body = moves.body(verb, data, self._page(data), self._reason())
        present = self._write("POST", f"{self._path(noun, present['id'])}/{verb}", body, present, side, "state").data
        self.pairs.agree(pair, pair.agreed | {"state": state_mark(noun, present)})
        return present

    def _write(
        self,
        method: str,
        path: str,
        body: Any,
        present: Data | None = None,
        side: Side | None = None,
        refused: str = "refused",
    ) -> Answer:
        """Raises Left when it is refused; `present` is what it must still be."""
        match: Mapping[str, str] = {"If-Match": f'"v{present["version"]}"'} if present else {}
        answer = (side or self.target).ask(method, path, body, match)
        if answer.ok:
            self.writes += 1
            return answer
        if answer.status == 412:
            raise Left("moment", _("Somebody changed it at the target at this very moment; the next run looks again."))
        raise Left("taken" if answer.kind == "duplicate" else refused, answer.words)

    def _begin(self, noun: Noun, data: Data, expected: Marks) -> None:
        """So that, after a kill, it is known whose write it was that the target has. What is written here is written
        together with what is agreed, or not at all."""
        if self.link.direction == Direction.PUSH:
            about = {"link": self.link, "entity": noun.entity, "source_id": data["id"]}
            values = {"name": noun.name(data)[:200], "code": "begun", "detail": json.dumps(expected)}
            SyncTrouble.objects.update_or_create(**about, defaults=values)

    def _unsettled(self, plan: str) -> bool:
        return self.link.troubles.filter(name__startswith=f"{plan}/").exists()

    # --- how it is said -----------------------------------------------------------------------------------------------
    def _as_target_says(self, noun: Noun, name: str, data: Data) -> Any:
        """A field's value, with references by the names that they have at the target. Raises Left."""
        if name in noun.refs:
            found = data[name] if name == "revises" else data[f"{name}_id"]
            return found and self.pairs.name(noun.refs[name], found)
        if name == "parties":
            return [self._party(one) for one in data["parties"]]
        return data[name]

    def _party(self, one: Data) -> dict[str, Any]:
        found = {"role": one["role"], "organisation": self.pairs.name("organisation", one["organisation_id"])}
        if self.people and one["person_id"]:
            found["person"] = self.pairs.name("person", one["person_id"])
        return found

    def _with_their_people(self, parties: list[dict[str, Any]], present: Data) -> list[dict[str, Any]]:
        """Nobody is lost from the target because the source may not be asked for people."""
        held = {(one["role"], one["organisation"]): one for one in present["parties"]}
        for party in parties:
            there = held.get((party["role"], party["organisation"]))
            if there and there["person"]:
                party["person"] = there["person"]
            elif there and there["person_id"]:
                raise Left("fixed", _("Its parties name people, which the token may not see."))
        return parties

    def _source_marks(self, noun: Noun, data: Data) -> Marks:
        return marks(noun, data, self.pairs.source_here, people=self.people)

    def _target_marks(self, noun: Noun, data: Data) -> Marks:
        return marks(noun, data, self.pairs.target_here, people=self.people)

    def _path(self, noun: Noun, pk: str) -> str:
        return f"/{noun.path}/{pk}"

    def _page(self, data: Data) -> str:
        return f"{self.source_page}/plans/{data['plan']}/milestones/{data['code']}/" if "plan" in data else ""

    def _reason(self) -> str:
        return _("As in the other installation") + f" ({self.source_page})"
