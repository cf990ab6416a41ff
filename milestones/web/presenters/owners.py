"""Which owners could the ledger be narrowed to, by name, pinyin, address or unit?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Q
from django.http import QueryDict

from milestones.ledger.query import Query
from milestones.ledger.selecting import read_id
from milestones.models import Person
from milestones.pinyin import normal

SHOWN = 20


@dataclass(frozen=True)
class Owner:
    """`unit` tells two of the same name apart."""

    value: str
    name: str
    unit: str
    is_chosen: bool


@dataclass(frozen=True)
class Owners:
    """`is_cut` where there are more than are shown; `is_open` where one is to be picked before it narrows."""

    typed: str
    options: list[Owner]
    is_cut: bool = False
    is_open: bool = False

    @property
    def is_empty(self) -> bool:
        return bool(self.typed) and not any(one for one in self.options if not one.is_chosen)


def picked(query: Query, given: QueryDict) -> tuple[Query, Owners]:
    """The query narrowed to the one whose name was typed; several stand in the list to be chosen from."""
    typed, among = _typed(given), []
    if typed:
        among = _like(typed)
        if len(among) == 1:
            query = query.with_(accountable=tuple(dict.fromkeys((*query.accountable, str(among[0].pk)))))
            typed, among = "", []
    return query, _owners(typed, query.accountable, among, is_open=bool(typed))


def suggested(given: QueryDict) -> Owners:
    """For what is typed so far, or for nothing the first by name; whoever is chosen stays."""
    typed = _typed(given)
    return _owners(typed, tuple(given.getlist("accountable")), _like(typed))


def _typed(given: QueryDict) -> str:
    return " ".join(given.get("owner", "").split())[:100]


def _like(typed: str) -> list[Person]:
    """Leavers too, after the others: old milestones are still theirs."""
    condition = Q()
    for word in normal(typed).split():
        condition &= Q(find__contains=word) | Q(organisation__find__contains=word)
    rows = Person.objects.filter(condition).select_related("organisation")
    return list(rows.order_by("-is_active", "display_name", "pk")[: SHOWN + 1])


def _owners(typed: str, chosen: Sequence[str], among: Sequence[Person], *, is_open: bool = False) -> Owners:
    ids = [pk for value in chosen if (pk := read_id(value))]
    kept = Person.objects.filter(pk__in=ids).select_related("organisation").order_by("display_name") if ids else ()
    found = {one.pk: one for one in (*kept, *among[:SHOWN])}
    options = [_owner(one, one.pk in ids) for one in found.values()]
    return Owners(typed, options, is_cut=len(among) > SHOWN, is_open=is_open)


def _owner(one: Person, is_chosen: bool) -> Owner:
    return Owner(str(one.pk), one.display_name, str(one.organisation or ""), is_chosen)
