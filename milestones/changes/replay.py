"""What does an object look like when nothing but its change entries is known, and do they agree with one another?"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from milestones.models import Op


class Told(NamedTuple):
    """An entry as replaying needs it; `seq` is None while it has no number."""

    seq: int | None
    op: str
    version: int
    changes: Mapping[str, list[Any]]


@dataclass(frozen=True)
class Contradiction:
    words: str
    entries: tuple[int, ...] = ()


@dataclass
class Replay:
    """The recorded columns, built up entry by entry. `defaults` are what a column holds that no entry names: it was
    empty when the object was made, or it is younger than the object and a migration filled it. Of `masked` columns it
    is only known whether they are set.
    """

    defaults: Mapping[str, Any]
    masked: Collection[str] = ()
    columns: dict[str, Any] = field(default_factory=dict)
    teller: dict[str, int | None] = field(default_factory=dict)
    version: int = 0
    deleted: bool = False
    last: int | None = None
    contradictions: list[Contradiction] = field(default_factory=list)

    def add(self, entry: Told) -> None:
        self._check_place(entry)
        for column, (old, new) in entry.changes.items():
            if column not in self.masked and not self._is(column, old):
                words = _("“%(column)s” does not begin where the entry before left it") % {"column": column}
                self._contradict(words, self.teller.get(column), entry.seq)
            self.columns[column], self.teller[column] = new, entry.seq
        self.version, self.deleted, self.last = entry.version, entry.op == Op.DELETE, entry.seq or self.last

    def compare(self, row: Mapping[str, Any]) -> None:
        """Contradict for each column whose present value is not what was told."""
        for column, value in row.items():
            is_set = column in self.masked and empty(self.columns.get(column)) == empty(value)
            if not is_set and not self._is(column, value):
                words = _("“%(column)s” is not what the entries say") % {"column": column}
                self._contradict(words, self.teller.get(column))

    def _is(self, column: str, value: Any) -> bool:
        if column in self.columns:
            return alike(self.columns[column], value)
        return empty(value) or alike(self.defaults.get(column), value)

    def _check_place(self, entry: Told) -> None:
        if entry.version != self.version + 1:
            words = _("version %(found)s follows version %(before)s")
            self._contradict(words % {"found": entry.version, "before": self.version}, self.last, entry.seq)
        if self.deleted:
            self._contradict(_("it goes on after its deletion"), self.last, entry.seq)
        if (entry.op == Op.CREATE) != (self.version == 0):
            self._contradict(_("it does not begin with one creation"), entry.seq)
        if self.last is not None and entry.seq is not None and entry.seq <= self.last:
            self._contradict(_("the numbers of its entries do not rise with its versions"), self.last, entry.seq)

    def _contradict(self, words: str, *entries: int | None) -> None:
        self.contradictions.append(Contradiction(words, tuple(seq for seq in entries if seq is not None)))


def replay(
    entries: Iterable[Told],
    defaults: Mapping[str, Any],
    *,
    masked: Collection[str] = (),
    born: Mapping[str, Any] | None = None,
) -> Replay:
    """All of one object's entries, oldest first. `born` has the columns of an object that a migration made: it has no
    creation to tell of, and is at version 1."""
    told = Replay(defaults, masked)
    if born is not None:
        told.columns, told.version = dict(born), 1
    for entry in entries:
        told.add(entry)
    return told


def empty(value: Any) -> bool:
    """What is empty when an object is made is not recorded; null, the empty text and the empty list are one here."""
    return value is None or value == "" or value == []


def alike(one: Any, other: Any) -> bool:
    """Rows that belong to an object have no order: lists of the same values are alike."""
    if isinstance(one, list) and isinstance(other, list):
        return sorted(map(_text, one)) == sorted(map(_text, other))
    return (empty(one) and empty(other)) or one == other


def _text(row: Any) -> str:
    return json.dumps(row, sort_keys=True)
