"""Which object at the target is that of the source, and what is it called there?"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from milestones.models import SyncPair

from .left import Left
from .marks import Marks, marks
from .nouns import NOUNS, Data, Noun
from .sides import Side

Key = tuple[str, str]


class Pairs:
    """Of one other installation. `pulls`: the source is the other one and the target is here. `people`: both sides
    see addresses."""

    def __init__(self, remote: str, target: Side, *, pulls: bool, people: bool) -> None:
        self._remote, self._target, self._pulls, self.people = remote, target, pulls, people
        self._source, self._sink = ("remote_id", "local_id") if pulls else ("local_id", "remote_id")
        self._names: dict[Key, str] = {}  # by the id at the source
        self._here: dict[Key, str] = {}

    # --- who is who ---------------------------------------------------------------------------------------------------
    def of(self, entity: str, source_id: str) -> SyncPair | None:
        return SyncPair.objects.filter(remote=self._remote, entity=entity, **{self._source: source_id}).first()

    def tied(self, entity: str, source_ids: Collection[str]) -> set[str]:
        """Those of the ids at the source that are paired."""
        rows = SyncPair.objects.filter(remote=self._remote, entity=entity, **{f"{self._source}__in": source_ids})
        return {str(pk) for pk in rows.values_list(self._source, flat=True)}

    def all_but(self, entity: str, source_ids: Collection[str]) -> list[str]:
        """The ids at the source of what is paired, without these."""
        rows = SyncPair.objects.filter(remote=self._remote, entity=entity).order_by("pk")
        found = (str(pk) for pk in rows.values_list(self._source, flat=True))
        return [pk for pk in found if pk not in source_ids]

    def at_target(self, pair: SyncPair) -> str:
        return str(getattr(pair, self._sink))

    def holder(self, entity: str, target_id: str) -> str | None:
        """The id at the source of what is paired with this object at the target."""
        rows = SyncPair.objects.filter(remote=self._remote, entity=entity, **{self._sink: target_id})
        found = rows.values_list(self._source, flat=True).first()
        return None if found is None else str(found)

    def source_here(self, entity: str, source_id: str) -> str:
        """The id here of what the source refers to. Raises Left while that is not at the target too."""
        key = entity, source_id
        if key not in self._here:
            self._here[key] = str(self._referred_to(entity, source_id).local_id)
        return self._here[key]

    def _referred_to(self, entity: str, source_id: str) -> SyncPair:
        pair = self.of(entity, source_id)
        if pair is None:
            words = _("It refers to a %(noun)s that was not brought over (%(id)s).")
            raise Left("waits", words % {"noun": entity, "id": source_id})
        return pair

    def target_here(self, entity: str, target_id: str) -> str:
        """The same of what the target refers to; what only the target has is called as it is there."""
        if self._pulls:
            return target_id
        rows = SyncPair.objects.filter(remote=self._remote, entity=entity, remote_id=target_id)
        return str(rows.values_list("local_id", flat=True).first() or target_id)

    # --- what they are ------------------------------------------------------------------------------------------------
    def source_marks(self, noun: Noun, data: Data) -> Marks:
        return marks(noun, data, self.source_here, people=self.people)

    def target_marks(self, noun: Noun, data: Data) -> Marks:
        return marks(noun, data, self.target_here, people=self.people)

    # --- what it is called --------------------------------------------------------------------------------------------
    def name(self, entity: str, source_id: str) -> str:
        """How the target writes a reference to it: it may have another code there. Raises Left."""
        key = entity, source_id
        if key not in self._names:
            self._names[key] = self._name(entity, self.at_target(self._referred_to(entity, source_id)))
        return self._names[key]

    def _name(self, entity: str, target_id: str) -> str:
        if entity == "reading":
            return target_id
        answer = self._target.ask("GET", f"/{NOUNS[entity].path}/{target_id}")
        if not answer.ok:
            words = _("It refers to a %(noun)s that the target has no more (%(id)s).")
            raise Left("waits", words % {"noun": entity, "id": target_id})
        return _called(entity, answer.data)

    def forget_name(self, entity: str, source_id: str) -> None:
        """Of the object, and of what lies in it and is called by its code."""
        if entity == "plan":
            self._names.clear()
        self._names.pop((entity, source_id), None)

    # --- what is agreed -----------------------------------------------------------------------------------------------
    def tie(self, entity: str, source_id: str, target_id: str, agreed: Marks) -> SyncPair:
        """From now on these two are one, whatever the first was tied to."""
        self.forget(entity, source_id)
        ids = {self._source: source_id, self._sink: target_id}
        with transaction.atomic():
            SyncPair.objects.filter(remote=self._remote, entity=entity, **{self._source: source_id}).delete()
            return SyncPair.objects.create(remote=self._remote, entity=entity, agreed=agreed, **ids)

    def tie_new(self, entity: str, tied: Iterable[tuple[str, str, Marks]]) -> None:
        """Many at once, of which neither was tied: id at the source, id at the target, what both have."""
        SyncPair.objects.bulk_create(
            SyncPair(remote=self._remote, entity=entity, agreed=agreed, **{self._source: source, self._sink: sink})
            for source, sink, agreed in tied
        )

    def untie(self, pair: SyncPair) -> None:
        self.forget(pair.entity, str(getattr(pair, self._source)))
        pair.delete()

    def forget(self, entity: str, source_id: str) -> None:
        self.forget_name(entity, source_id)
        self._here.pop((entity, source_id), None)

    def agree(self, pair: SyncPair, agreed: Marks) -> None:
        if pair.agreed != agreed:
            pair.agreed = dict(agreed)
            pair.save(update_fields=["agreed"])


def _called(entity: str, data: Data) -> str:
    found: Any = data["email"] if entity == "person" else data["code"]
    return f"{data['plan']}/{found}" if entity in ("milestone", "target") else str(found)
