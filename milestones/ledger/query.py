"""What does an address of the ledger ask for? Read from what stands after the ?, and written as it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import date
from typing import Any

from django.http import QueryDict

# What is shown without being asked for, and everything that can be, in the order of the columns.
DEFAULT_ORDER = ("health", "due")
DEFAULT_COLUMNS = (
    "code", "health", "title", "lead", "state", "baseline", "due", "forecast", "slip", "progress", "report", "reason",
)  # fmt: skip
COLUMNS = (
    "plan", "code", "health", "title", "workstream", "kind", "lead", "owner", "state", "weight",
    "baseline", "due", "forecast", "actual", "slip", "progress", "report", "reason",
)  # fmt: skip
ORDERS = tuple(name for name in COLUMNS if name != "reason")
MANY = ("plan", "code", "workstream", "state", "health", "lead", "accountable", "kind", "show")
ALL = "all"
NONE = "none"
LONGEST = 200  # of a text that is searched for
MOST = 1000  # values of one parameter


@dataclass(frozen=True)
class Query:
    """Every part of the address. What cannot be read is left out; `unread` names it.

    `plan`, `workstream`, `lead` are codes, `accountable` ids or "none"; `plan` "all" is every plan, nothing the active
    ones; `state` "open" is everything not yet over; `health` "none" is what has none; `show` are Facts, or
    "unassigned". `order` names columns, with - for the other way round.
    """

    q: str = ""
    plan: tuple[str, ...] = ()
    code: tuple[str, ...] = ()
    workstream: tuple[str, ...] = ()
    state: tuple[str, ...] = ()
    health: tuple[str, ...] = ()
    lead: tuple[str, ...] = ()
    accountable: tuple[str, ...] = ()
    kind: tuple[str, ...] = ()
    show: tuple[str, ...] = ()
    due_from: date | None = None
    due_to: date | None = None
    order: tuple[str, ...] = DEFAULT_ORDER
    columns: tuple[str, ...] = ()
    cursor: str = ""
    unread: tuple[str, ...] = ()

    @classmethod
    def parse(cls, text: str) -> Query:
        return cls.of(QueryDict(text))

    @classmethod
    def of(cls, given: QueryDict) -> Query:
        unread: list[str] = []
        values: dict[str, Any] = {name: _many(given, name) for name in MANY}
        values |= {name: _day(given, name, unread) for name in ("due_from", "due_to")}
        values |= {"order": _order(given, unread), "columns": _columns(given), "cursor": given.get("cursor", "")}
        return cls(q=" ".join(given.get("q", "").split())[:LONGEST], **values, unread=tuple(unread))

    @property
    def shown(self) -> tuple[str, ...]:
        """The columns, chosen or not."""
        return self.columns or DEFAULT_COLUMNS

    @property
    def asks(self) -> bool:
        """Whether anything narrows what the reader may see."""
        return any(getattr(self, name) for name in ("q", *MANY, "due_from", "due_to"))

    def with_(self, **values: Any) -> Query:
        """Another query; always from its first page."""
        return replace(self, **{"cursor": "", **values})

    def without(self, name: str, value: str = "") -> Query:
        """Without this value of a filter, or without the filter."""
        own = getattr(self, name)
        left = tuple(one for one in own if one != value) if isinstance(own, tuple) and value else _empty(name)
        return self.with_(**{name: left})

    def pairs(self, *, paged: bool = True) -> list[tuple[str, str]]:
        """(name, value) of the address, only what differs from nothing asked."""
        found: list[tuple[str, str]] = []
        for field in fields(self):
            value = getattr(self, field.name)
            if field.name == "unread" or value == field.default or (field.name == "cursor" and not paged):
                continue
            match field.name:
                case "order":
                    found.append(("order", ",".join(value)))
                case "columns":
                    found.append(("columns", ",".join(value)))
                case _ if isinstance(value, tuple):
                    found += [(field.name, one) for one in value]
                case _:
                    found.append((field.name, value.isoformat() if isinstance(value, date) else value))
        return found

    def text(self, *, paged: bool = True) -> str:
        """The address after the ?; the same for all that ask the same."""
        made = QueryDict(mutable=True)
        for name, value in self.pairs(paged=paged):
            made.appendlist(name, value)
        return made.urlencode(safe=",")


def _empty(name: str) -> Any:
    return next(field.default for field in fields(Query) if field.name == name)


def _many(given: QueryDict, name: str) -> tuple[str, ...]:
    values = (value.strip() for value in given.getlist(name))
    return tuple(dict.fromkeys(value for value in values if value))[:MOST]


def _day(given: Mapping[str, Any], name: str, unread: list[str]) -> date | None:
    typed = given.get(name, "").strip()
    try:
        return date.fromisoformat(typed) if typed else None
    except ValueError:
        unread.append(typed)
        return None


def _order(given: QueryDict, unread: list[str]) -> tuple[str, ...]:
    named = [name for text in given.getlist("order") for name in text.split(",") if name]
    unread += [name for name in named if name.removeprefix("-") not in ORDERS]
    known = {name.removeprefix("-"): name for name in reversed(named) if name.removeprefix("-") in ORDERS}
    return tuple(reversed(known.values())) or DEFAULT_ORDER


def _columns(given: QueryDict) -> tuple[str, ...]:
    named = {name for text in given.getlist("columns") for name in text.split(",") if name}
    named |= {"code", "title"} if named else set()
    chosen = tuple(name for name in COLUMNS if name in named)
    return () if chosen == tuple(name for name in COLUMNS if name in DEFAULT_COLUMNS) else chosen
