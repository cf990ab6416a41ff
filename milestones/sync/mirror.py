"""How is a target brought to what a source has, row by row, so that nothing is overwritten unseen?

The source's change feed says what may have moved. Of each object both sides are compared with what they agreed on last
(SyncPair.digest): what only the source changed is written, what both changed is a conflict and left, what only the
target changed waits for the run in the other direction. So a row that comes again, after a kill or as an echo of what
was just written, changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from milestones.models import Direction, SyncLink, SyncPair, SyncTrouble

from . import moves
from .nouns import NOUNS, Data, Noun, digest, wanted
from .sides import Answer, Side, Unreachable, query
from .summary import Summary

PAGE = 200
Told = Callable[[Summary], None]


class Left(Exception):
    """The row cannot be brought over now; `code` is a word for it."""

    def __init__(self, code: str, words: str) -> None:
        super().__init__(words)
        self.code = code


@dataclass(frozen=True)
class Mirror:
    """`source_page` is the address of the source's pages, for the evidence of what was completed there. `verifier` is
    the target as a second one, where it may verify what this one submitted."""

    link: SyncLink
    source: Side
    target: Side
    source_page: str
    people: bool
    verifier: Side | None = None

    def run(self, told: Told) -> Summary:
        """Everything that is new at the source. Raises Unreachable; what was done until then is kept."""
        summary = Summary()
        self._retry(summary)
        told(summary)
        while self._page(summary):
            told(summary)
        summary.troubles = list(self.link.troubles.all())
        return summary

    # --- the source's feed --------------------------------------------------------------------------------------------
    def _page(self, summary: Summary) -> bool:
        """Bring over one page; whether there is more."""
        values = {"limit": str(PAGE)} | ({"cursor": self.link.cursor} if self.link.cursor else {})
        answer = self.source.ask("GET", query("/changes", **values))
        if answer.status == 410 and self.link.cursor:
            self._remember("")  # begin anew: what is agreed on already is passed over
            return True
        if not answer.ok:
            raise Unreachable(answer.words)
        for row in answer.data["results"]:
            self._row(row, summary)
        self._remember(answer.data["cursor"])
        return bool(answer.data["has_more"])

    def _remember(self, cursor: str) -> None:
        self.link.cursor = cursor
        self.link.save(update_fields=["cursor"])

    def _retry(self, summary: Summary) -> None:
        """What earlier runs had to leave."""
        for trouble in self.link.troubles.all():
            noun = NOUNS[trouble.entity]
            answer = self.source.ask("GET", f"/{noun.path}/{trouble.source_id}")
            if answer.ok:
                self._upsert(noun, answer.data, summary)
            elif answer.status == 404:
                trouble.delete()

    def _row(self, row: dict[str, Any], summary: Summary) -> None:
        noun = NOUNS.get(row["entity"])
        if noun is None or (noun.entity == "person" and not self.people):
            return
        summary.seen += 1
        if row["op"] == "delete":
            self._delete(noun, row["id"], summary)
        elif wanted(noun, row["data"], self.link.plan):
            self._upsert(noun, row["data"], summary)

    # --- one object ---------------------------------------------------------------------------------------------------
    def _upsert(self, noun: Noun, data: Data, summary: Summary) -> None:
        about: dict[str, Any] = {"link": self.link, "entity": noun.entity, "source_id": data["id"]}
        try:
            with transaction.atomic():
                done = self._agree(noun, data)
                SyncTrouble.objects.filter(**about).delete()
            summary.count(done)
        except Left as left:
            values = {"name": noun.name(data)[:200], "code": left.code, "detail": str(left)}
            SyncTrouble.objects.update_or_create(**about, defaults=values)

    def _agree(self, noun: Noun, data: Data) -> str:
        """Bring the target to `data`; what was done. Raises Left."""
        pair = self._pair(noun, data["id"])
        present = self._target_object(noun, pair, data)
        if present is None:
            if pair is not None:
                raise Left("gone", _("It was deleted at the target; nobody made it again."))
            return self._create(noun, data)
        new, old = self._digest(noun, data), self._digest(noun, present)
        if pair is None:
            return self._meet(noun, data, present, equal=new == old)
        if new in (old, pair.digest):
            self._keep(noun, data, present, pair, old if new == old else pair.digest)
            return "unchanged"
        if old != pair.digest:
            raise self._conflict(noun, data, present)
        return self._change(noun, data, present, pair)

    def _meet(self, noun: Noun, data: Data, present: Data, *, equal: bool) -> str:
        """Both had it under one name before they knew each other."""
        if not equal and not noun.matched:
            raise self._conflict(noun, data, present)
        self._keep(noun, data, present, None, self._digest(noun, data))
        return "matched"

    def _create(self, noun: Noun, data: Data) -> str:
        body = {**noun.body(data, people=self.people), **{name: data[name] for name in noun.fixed}}
        body = {name: value for name, value in body.items() if value is not None}
        answer = self._write(noun, "POST", f"/{noun.path}", body)
        self._finish(noun, data, answer.data, None)
        return "created"

    def _change(self, noun: Noun, data: Data, present: Data, pair: SyncPair) -> str:
        body, now = noun.body(data, people=self.people), noun.body(present, people=self.people)
        moved = {name: value for name, value in body.items() if value != now[name]}
        if moved:
            if not noun.writable:
                raise Left("fixed", _("It is never changed once it is recorded; record a correction."))
            if {"due", "forecast"} & set(moved):
                moved["reason"] = self._reason()
            match = {"If-Match": f'"v{present["version"]}"'}
            present = self._write(noun, "PATCH", f"/{noun.path}/{present['id']}", moved, match).data
        self._finish(noun, data, present, pair)
        return "changed"

    def _finish(self, noun: Noun, data: Data, present: Data, pair: SyncPair | None) -> None:
        """Bring its state over, then note that both agree."""
        self._keep(noun, data, present, pair, self._digest(noun, present))
        if noun.stateful:
            present = self._move(noun, data, present)
        self._keep(noun, data, present, self._pair(noun, data["id"]), self._digest(noun, present))
        if self._digest(noun, present) != self._digest(noun, data):
            raise Left("differs", _("The target has not taken all of it."))

    def _move(self, noun: Noun, data: Data, present: Data) -> Data:
        page = f"{self.source_page}/plans/{data.get('plan', data['code'])}/"
        try:
            ways = list(moves.steps(noun.entity, present["state"], data["state"], data, page, self._reason()))
        except LookupError:
            words = _("No verb leads from “%(now)s” to “%(wanted)s”.")
            raise Left("state", words % {"now": present["state"], "wanted": data["state"]}) from None
        for verb, body in ways:
            side = self.verifier if verb == "verify" and self.verifier else self.target
            answer = side.ask("POST", f"/{noun.path}/{present['id']}/{verb}", body)
            if not answer.ok:
                raise Left("state", f"{verb}: {answer.words}")
            present = answer.data
        return present

    def _delete(self, noun: Noun, source_id: str, summary: Summary) -> None:
        pair = self._pair(noun, source_id)
        if pair is None:
            return
        target_id = pair.local_id if self._pulls else pair.remote_id
        about: dict[str, Any] = {"link": self.link, "entity": noun.entity, "source_id": source_id}
        present = self.target.ask("GET", f"/{noun.path}/{target_id}")
        if present.ok:
            match = {"If-Match": f'"v{present.data["version"]}"'}
            if self._digest(noun, present.data) != pair.digest:
                present = Answer(409, {"detail": _("It was deleted at the source and changed at the target.")})
            else:
                present = self.target.ask("DELETE", f"/{noun.path}/{target_id}", None, match)
        if present.ok or present.status == 404:
            pair.delete()
            SyncTrouble.objects.filter(**about).delete()
            summary.count("deleted")
        else:
            values = {"name": "", "code": "deleted", "detail": present.words}
            SyncTrouble.objects.update_or_create(**about, defaults=values)

    # --- helpers ------------------------------------------------------------------------------------------------------
    def _write(
        self, noun: Noun, method: str, path: str, body: dict[str, Any], headers: dict[str, str] | None = None
    ) -> Answer:
        answer = self.target.ask(method, path, body, headers)
        if answer.status == 412:
            raise Left(
                "conflict", _("Somebody changed it at the target at this very moment; the next run looks again.")
            )
        if not answer.ok:
            raise Left("refused", answer.words)
        return answer

    @property
    def _pulls(self) -> bool:
        return self.link.direction == Direction.PULL

    def _pair(self, noun: Noun, source_id: str) -> SyncPair | None:
        which = {"remote_id" if self._pulls else "local_id": source_id}
        return SyncPair.objects.filter(remote=self.link.remote, entity=noun.entity, **which).first()

    def _target_object(self, noun: Noun, pair: SyncPair | None, data: Data) -> Data | None:
        if pair is not None:
            answer = self.target.ask("GET", f"/{noun.path}/{pair.local_id if self._pulls else pair.remote_id}")
            return answer.data if answer.ok else None
        return next(self._named(noun, data), None)

    def _named(self, noun: Noun, data: Data) -> Iterator[Data]:
        """Those at the target that have its natural name."""
        answer = self.target.ask("GET", query(f"/{noun.path}", **{name: str(data[name]) for name in noun.key}))
        if not answer.ok:
            raise Left("refused", answer.words)
        for found in answer.data["results"]:
            if noun.entity != "reading" or self._digest(noun, found) == self._digest(noun, data):
                yield found

    def _keep(self, noun: Noun, data: Data, present: Data, pair: SyncPair | None, agreed: str) -> None:
        here, there = (present["id"], data["id"]) if self._pulls else (data["id"], present["id"])
        if pair is None:
            about = {"remote": self.link.remote, "entity": noun.entity}
            SyncPair.objects.create(**about, local_id=here, remote_id=there, digest=agreed)
        elif pair.digest != agreed:
            SyncPair.objects.filter(pk=pair.pk).update(digest=agreed)

    def _digest(self, noun: Noun, data: Data) -> str:
        return digest(noun, data, people=self.people)

    def _conflict(self, noun: Noun, data: Data, present: Data) -> Left:
        """Named field by field, with both values."""
        ours, theirs = noun.body(data, people=self.people), noun.body(present, people=self.people)
        if noun.stateful:
            ours["state"], theirs["state"] = data["state"], present["state"]
        said = [f"{name}: {value!r} ≠ {theirs[name]!r}" for name, value in ours.items() if value != theirs[name]]
        return Left("conflict", "; ".join(said))

    def _reason(self) -> str:
        return _("As in the other installation") + f" ({self.source_page})"
