"""Which rows come next? By the last row's sort keys, never by counting."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.core import signing
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from .problems import Fault, Problem

USUAL, MOST = 100, 1000
SALT = "milestones.api.page"


@dataclass(frozen=True)
class Key:
    """One column of the order."""

    column: str
    descending: bool = False


@dataclass(frozen=True)
class Page:
    """`after` holds the sort keys of the row before the page; empty for the first one."""

    limit: int
    order: tuple[Key, ...]
    after: tuple[Any, ...] = ()


def read(query: Mapping[str, str], orderings: Mapping[str, str]) -> Page:
    """`limit`, `ordering` and `cursor`. A cursor belongs to its ordering; Problem 400 names the parameter."""
    order = (*_order(query.get("ordering", ""), orderings), Key("pk"))
    return Page(limit(query), order, _after(query.get("cursor"), order))


def limit(query: Mapping[str, str]) -> int:
    text = query.get("limit", str(USUAL))
    if not (text.isascii() and text.isdigit() and len(text) < 6 and 1 <= int(text) <= MOST):
        words = _("The limit is a whole number from 1 to %(most)s.") % {"most": MOST}
        raise bad("limit", words)
    return int(text)


def bad(name: str, words: str, kind: str = "bad-parameter") -> Problem:
    return Problem(kind, words, errors=[Fault(f"?{name}", kind.replace("-", "_"), words)])


def cut(rows: QuerySet[Any], page: Page) -> QuerySet[Any]:
    """One row more than the page holds tells whether there is another one."""
    names = [f"-{key.column}" if key.descending else key.column for key in page.order]
    if page.after:
        rows = rows.filter(_beyond(page.order, page.after))
    return rows.order_by(*names)[: page.limit + 1]


def cursor(page: Page, keys: Sequence[Any]) -> str:
    held = [str(key) for key in keys]
    return signing.dumps([_name(page.order), held], salt=SALT, compress=True)


def _beyond(order: Sequence[Key], after: Sequence[Any]) -> Q:
    """(a, b, c) beyond (x, y, z): a beyond x, or a = x and b beyond y, or …; columns are never null."""
    found, same = Q(), Q()
    for key, value in zip(order, after, strict=True):
        beyond = Q(**{f"{key.column}__{'lt' if key.descending else 'gt'}": value})
        found |= same & beyond
        same &= Q(**{key.column: value})
    # Said once more of the first column alone: a condition that an index can be entered by.
    first = order[0]
    return Q(**{f"{first.column}__{'lte' if first.descending else 'gte'}": after[0]}) & found


def _order(text: str, orderings: Mapping[str, str]) -> list[Key]:
    found: dict[str, Key] = {}
    for word in filter(None, text.split(",")):
        name = word.removeprefix("-")
        if name not in orderings or name in found:
            known = ", ".join(sorted(orderings))
            raise bad("ordering", _("Order by one or more of: %(known)s.") % {"known": known})
        found[name] = Key(orderings[name], word.startswith("-"))
    return list(found.values())


def _after(text: str | None, order: Sequence[Key]) -> tuple[Any, ...]:
    if text is None:
        return ()
    try:
        name, held = signing.loads(text, salt=SALT)
    except (signing.BadSignature, ValueError, TypeError):
        raise bad("cursor", _("This cursor was not made here; begin without one."), "bad-cursor") from None
    if name != _name(order):
        raise bad("cursor", _("This cursor belongs to another ordering; begin without one."), "bad-cursor")
    return tuple(held)


def _name(order: Sequence[Key]) -> str:
    return ",".join(f"{'-' * key.descending}{key.column}" for key in order)
