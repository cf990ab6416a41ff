"""How is what a source has written to a target: made, changed, and moved through its states?"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from milestones.models import Direction, SyncLink, SyncPair, SyncTrouble

from . import moves
from .left import Left
from .marks import Marks, state_mark
from .nouns import Data, Noun
from .pairs import Pairs
from .sides import Answer, Side, query

MOST_LINKS = 40  # of one submission
ACTIVATING, CLOSING, ASIDE = 1, 2, 3  # stages of a run, after 0: all rows of the feed


@dataclass
class Writer:
    """`source_page` is the address of the source's pages, for the evidence of what was completed there. `verifier` is
    the target as a second one, who may verify what this one submitted. `writes` counts what was written."""

    link: SyncLink
    pairs: Pairs
    source: Side
    target: Side
    source_page: str
    verifier: Side | None = None
    stage: int = 0
    writes: int = 0

    # --- making and removing ------------------------------------------------------------------------------------------
    def make(self, noun: Noun, data: Data, wanted: Marks) -> tuple[Data, SyncPair]:
        body = self.body(noun, data)
        self._begin(noun, data, wanted | ({"state": ""} if noun.initial else {}))
        present = self._write("POST", f"/{noun.path}", body).data
        agreed = self.pairs.target_marks(noun, present)
        return present, self.pairs.tie(noun.entity, data["id"], present["id"], agreed)

    def body(self, noun: Noun, data: Data) -> dict[str, Any]:
        """With its baseline as its date, which is moved when the plan runs, as it was at the source. Raises Left."""
        names = (*noun.fixed, *noun.shown(self.pairs.people))
        body = {name: self.says(noun, name, data) for name in names}
        if "due" in body:
            body["due"] = data["baseline"]
        return {name: value for name, value in body.items() if value not in (None, "", [])}

    def delete(self, noun: Noun, present: Data) -> None:
        self._write("DELETE", path(noun, present["id"]), None, present, refused="deleted")

    # --- changing -----------------------------------------------------------------------------------------------------
    def carry(self, noun: Noun, data: Data, wanted: Marks, present: Data, pair: SyncPair, news: set[str]) -> Data:
        """Write the fields in `news`: what needs a step back first after that, then the rest of the way."""
        way = self._way(noun, data, present, news)
        moved = news - {"state"}
        while way and way[0] in moves.AFTER_A_STEP_BACK:
            present = self._step(noun, data, present, pair, way.pop(0))
        if moved:
            present = self._change(noun, data, wanted, present, pair, moved)
        for verb in way:
            present = self._step(noun, data, present, pair, verb)
        held = self.pairs.target_marks(noun, present)
        if lost := sorted(name for name in news if held[name] != wanted[name]):
            raise Left("differs", _("The target has not taken it as it is: %(fields)s.") % {"fields": ", ".join(lost)})
        return present

    def _way(self, noun: Noun, data: Data, present: Data, news: set[str]) -> list[str]:
        """Raises Left when no verbs lead there, or when they would undo a step that only the target took."""
        if not noun.initial:
            return []
        found = moves.way(noun.entity, present, data, news)
        if found is None:
            words = _("No verb leads from “%(now)s” to “%(wanted)s”.")
            raise Left("state", words % {"now": present["state"], "wanted": data["state"]})
        if found and "state" not in news and state_mark(noun, present) != state_mark(noun, data):
            raise Left(
                "waits", _("Its state at the target has changed too; the run in the other direction comes first.")
            )
        return found

    def _change(self, noun: Noun, data: Data, wanted: Marks, present: Data, pair: SyncPair, moved: set[str]) -> Data:
        if not noun.writable:
            raise Left("fixed", _("It is never changed once it is recorded; record a correction."))
        self._check_can_move(data, present, moved)
        body = {name: self.says(noun, name, data) for name in sorted(moved)}
        if "parties" in moved and not self.pairs.people:
            body["parties"] = _with_their_people(body["parties"], present)
        if {"due", "forecast"} & moved:
            body["reason"] = self._reason()
        self._begin(noun, data, {name: wanted[name] for name in moved})
        if "code" in moved and self.stage == ASIDE:
            present = self._step_aside(noun, data, present, pair)
        present = self._write("PATCH", path(noun, present["id"]), body, present).data
        self.pairs.forget_name(noun.entity, data["id"])
        held = self.pairs.target_marks(noun, present)
        self.pairs.agree(pair, pair.agreed | {name: held[name] for name in moved if held[name] == wanted[name]})
        return present

    def _check_can_move(self, data: Data, present: Data, moved: set[str]) -> None:
        """In a draft a date that moves takes the baseline along: what was moved later waits until the plan runs."""
        if "due" not in moved or data["due"] == data["baseline"]:
            return
        plan = self.target.ask("GET", f"/plans/{present['plan_id']}")
        if plan.ok and plan.data["state"] == "draft":
            raise Left("waits", _("Its plan is still a draft at the target."))

    # --- codes that change places -------------------------------------------------------------------------------------
    def _step_aside(self, noun: Noun, data: Data, present: Data, pair: SyncPair) -> Data:
        """Two that swap their codes: this one leaves its own for a moment, when who has the other one moves on too."""
        if (holder := self._holder_of_code(noun, data)) is None or holder == data["id"]:
            return present
        there = self.source.ask("GET", path(noun, holder))
        if not there.ok or there.data["code"] == data["code"]:
            raise Left("taken", _("Another object at the target has the code “%(code)s”.") % {"code": data["code"]})
        aside = {"code": f"~{present['id'].replace('-', '')[-12:]}"}
        present = self._write("PATCH", path(noun, present["id"]), aside, present).data
        self.pairs.agree(pair, pair.agreed | {"code": self.pairs.target_marks(noun, present)["code"]})
        self.pairs.forget_name(noun.entity, data["id"])
        return present

    def _holder_of_code(self, noun: Noun, data: Data) -> str | None:
        found = self.named(noun, data)
        return self.pairs.holder(noun.entity, found[0]) if found else None

    # --- states -------------------------------------------------------------------------------------------------------
    def _step(self, noun: Noun, data: Data, present: Data, pair: SyncPair, verb: str) -> Data:
        needed = {"activate": ACTIVATING, "close": CLOSING}.get(verb, 0)
        if self.stage < needed:
            raise Left("waits", _("It follows when all that lies in it is there."))
        if verb == "close" and self._unsettled(data["code"]):
            raise Left("waits", _("It is closed when all that lies in it is settled."))
        self._begin(noun, data, {"state": state_mark(noun, data, moves.LEADS_TO[verb])})
        side = self.verifier if verb == "verify" and self.verifier else self.target
        links = self._links(data, present) if verb == "submit" else ()
        body = moves.body(verb, data, self._page(data), self._reason(), links)
        present = self._write("POST", f"{path(noun, present['id'])}/{verb}", body, present, side, "state").data
        self.pairs.agree(pair, pair.agreed | {"state": state_mark(noun, present)})
        return present

    def _links(self, data: Data, present: Data) -> list[dict[str, str]]:
        """The standing evidence of the source that is a link, unless the target has it already. A token that may not
        see it brings none."""
        there, here = (
            side.ask("GET", query("/evidence", milestone=f"{of['plan']}/{of['code']}", limit=str(MOST_LINKS)))
            for side, of in ((self.source, data), (self.target, present))
        )
        known = {one["url"] for one in here.data["results"]} if here.ok else set()
        found = {one["url"]: one for one in there.data["results"] if one["url"]} if there.ok else {}
        return [
            {"url": url, "title": one["title"]}
            for url, one in found.items()
            if url not in known and one["state"] in ("pending", "verified")
        ]

    def _unsettled(self, plan: str) -> bool:
        return self.link.troubles.filter(name__startswith=f"{plan}/").exists()

    # --- one request --------------------------------------------------------------------------------------------------
    def _write(
        self,
        method: str,
        where: str,
        body: Any,
        present: Data | None = None,
        side: Side | None = None,
        refused: str = "refused",
    ) -> Answer:
        """Raises Left when it is refused; `present` is what it must still be."""
        match: Mapping[str, str] = {"If-Match": f'"v{present["version"]}"'} if present else {}
        answer = (side or self.target).ask(method, where, body, match)
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

    # --- how it is said -----------------------------------------------------------------------------------------------
    def says(self, noun: Noun, name: str, data: Data) -> Any:
        """A field's value, with references by the names that they have at the target. Raises Left."""
        if name in noun.refs:
            found = data[name] if name == "revises" else data[f"{name}_id"]
            return found and self.pairs.name(noun.refs[name], found)
        if name == "parties":
            return [self._party(one) for one in data["parties"]]
        return data[name]

    def named(self, noun: Noun, data: Data) -> list[str]:
        """The ids of what the target has under this natural name."""
        asked = {name: str(self.says(noun, one, data)) for name, one in noun.key.items()}
        answer = self.target.ask("GET", query(f"/{noun.path}", **asked, fields="id"))
        if not answer.ok:
            raise Left("refused", answer.words)
        return [one["id"] for one in answer.data["results"]]

    def _party(self, one: Data) -> dict[str, Any]:
        found = {"role": one["role"], "organisation": self.pairs.name("organisation", one["organisation_id"])}
        if self.pairs.people and one["person_id"]:
            found["person"] = self.pairs.name("person", one["person_id"])
        return found

    def _page(self, data: Data) -> str:
        return f"{self.source_page}/plans/{data['plan']}/milestones/{data['code']}/" if "plan" in data else ""

    def _reason(self) -> str:
        return _("As in the other installation") + f" ({self.source_page})"


def path(noun: Noun, pk: str) -> str:
    return f"/{noun.path}/{pk}"


def _with_their_people(parties: list[dict[str, Any]], present: Data) -> list[dict[str, Any]]:
    """Nobody is lost from the target because the source may not be asked for people."""
    held = {(one["role"], one["organisation"]): one for one in present["parties"]}
    for party in parties:
        there = held.get((party["role"], party["organisation"]))
        if there and there["person"]:
            party["person"] = there["person"]
        elif there and there["person_id"]:
            raise Left("fixed", _("Its parties name people, which the token may not see."))
    return parties
