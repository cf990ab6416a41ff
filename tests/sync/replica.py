"""How does another system follow the feed? As the documentation tells it to, and so strictly that it would notice."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import orjson

from milestones.actors import Actor, Reach
from milestones.models import Organisation, Plan, Via
from milestones.shapes import SHAPES
from milestones.sync import feed
from milestones.sync.reader import Reader
from tests.cast import LATER

Key = tuple[str, str]


def reader(
    *scopes: str,
    name: str = "erp",
    plans: list[Plan] | None = None,
    organisations: list[Organisation] | None = None,
) -> Reader:
    reach = Reach(_ids(plans), _ids(organisations))
    actor = Actor(None, Via.API, client=name, scopes=frozenset(scopes or ("read",)), reach=reach)
    return Reader(actor, f"client:{name}", people="people:read" in actor.scopes)


@dataclass
class Replica:
    """Holds what the feed told. `deleted` are the keys that were told as gone, `told` counts the rows."""

    reader: Reader
    limit: int = 7
    cursor: str | None = None
    now: datetime = LATER
    rows: dict[Key, dict[str, Any]] = field(default_factory=dict)
    versions: dict[Key, int] = field(default_factory=dict)
    deleted: list[Key] = field(default_factory=list)
    seq: int = 0
    told: int = 0

    def follow(self) -> Replica:
        """Until there is no more."""
        while self.pull()["has_more"]:
            pass
        return self

    def pull(self) -> dict[str, Any]:
        """One page, applied."""
        page = feed.page(self.reader, now=self.now, limit=self.limit, cursor=self.cursor)
        answer: dict[str, Any] = orjson.loads(page.json())
        assert len(answer["results"]) <= self.limit
        for row in answer["results"]:
            self.apply(row)
        self.cursor = answer["cursor"]
        return answer

    def apply(self, row: dict[str, Any]) -> None:
        key = (row["entity"], row["id"])
        assert row["seq"] >= self.seq, "numbers go back"
        self.seq, self.told = row["seq"], self.told + 1
        if row["op"] == "delete":
            assert row["data"] is None
            self.deleted.append(key)
            self.rows.pop(key, None)
            self.versions.pop(key, None)
            return
        assert row["version"] >= self.versions.get(key, 0), f"{key} goes back"
        assert row["data"]["id"] == row["id"]
        assert row["data"]["version"] == row["version"]
        self.rows[key], self.versions[key] = row["data"], row["version"]

    def check(self) -> None:
        """That it equals what its reader sees."""
        truth = seen_by(self.reader)
        assert sorted(self.rows) == sorted(truth)
        for key, data in truth.items():
            assert self.rows[key] == data


def seen_by(reader: Reader) -> dict[Key, dict[str, Any]]:
    """Everything that the reader sees now, told by the queries that lists are made of."""
    found = {}
    for entity in reader.entities:
        rows = SHAPES[entity].rows(reader.rows_of(entity).order_by("pk"), reader.shown, "pk")
        found.update({(entity, str(pk)): orjson.loads(data) for pk, data in rows})
    return found


def following(*scopes: str, limit: int = 7, now: datetime = LATER, **reach: Any) -> Replica:
    """A new reader that has the present state."""
    return Replica(reader(*scopes, **reach), limit=limit, now=now).follow()


def _ids(rows: Any) -> frozenset[uuid.UUID] | None:
    return None if rows is None else frozenset(row.pk for row in rows)
