"""What of everything that this reader may see is called like what was typed?"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from milestones import access
from milestones.actors import Actor
from milestones.ledger.query import ALL, Query
from milestones.models import Milestone, Notice, Organisation, Person, Target
from milestones.notices import words as notice_words
from milestones.pinyin import normal

SHOWN = 10


@dataclass(frozen=True)
class Hit:
    code: str
    title: str
    lang: str
    note: str
    url: str


@dataclass(frozen=True)
class Group:
    """`more` is an address with all of them, empty when these are all."""

    name: str
    hits: list[Hit]
    more: str = ""


@dataclass(frozen=True)
class Found:
    q: str
    groups: list[Group]

    @property
    def only(self) -> str:
        """The address of the one thing found by its whole code; empty when there is a choice."""
        hits = [hit for group in self.groups for hit in group.hits]
        exact = [hit for hit in hits if hit.code and normal(hit.code) == normal(self.q)]
        return exact[0].url if len(exact) == 1 else ""


def search(typed: str, viewer: Actor) -> Found:
    """A handful of each kind, by code, text, pinyin or initials; nothing for nothing typed."""
    q = " ".join(typed.split())[:200]
    if not q:
        return Found("", [])
    groups = (_milestones(q, viewer), _targets(q, viewer), _notices(q, viewer), _organisations(q), _people(q))
    return Found(q, [group for group in groups if group.hits])


def _like(q: str) -> Q:
    condition = Q()
    for word in normal(q).split():
        condition &= Q(find__contains=word)
    return condition


def _milestones(q: str, viewer: Actor) -> Group:
    """In the plans of this year first."""
    rows = access.visible(Milestone.objects.filter(_like(q)), viewer).select_related("plan", "lead")
    found = list(rows.order_by("-plan__year", "due_on", "code")[: SHOWN + 1])
    more = f"{reverse('ledger')}?{Query(q=q, plan=(ALL,)).text()}" if len(found) > SHOWN else ""
    hits = [_hit(one, _note(one.plan.year, one.lead, one.get_state_display()), "milestone") for one in found[:SHOWN]]
    return Group(_("Milestones"), hits, more)


def _targets(q: str, viewer: Actor) -> Group:
    rows = access.visible(Target.objects.filter(_like(q)), viewer).select_related("plan", "lead")
    found = rows.order_by("-plan__year", "code")[:SHOWN]
    return Group(_("Targets"), [_hit(one, _note(one.plan.year, one.lead), "target") for one in found])


def _notices(q: str, viewer: Actor) -> Group:
    """By number: 2023-17, 17号, 17."""
    numbers = [int(text) for text in re.findall(r"\d{1,6}", normal(q))]
    if not numbers or re.search(r"[a-z]", normal(q)):
        return Group(_("Notices"), [])
    named = Q(number=numbers[-1]) & (Q(year=numbers[0]) if len(numbers) > 1 else Q())
    rows = access.visible(Notice.objects.filter(named), viewer).select_related("organisation", "milestone")
    hits = [
        Hit(
            notice_words.number(one), one.milestone.title, "", _note(one.organisation), reverse("notice", args=[one.pk])
        )
        for one in rows.order_by("-year", "-number")[:SHOWN]
    ]
    return Group(_("Notices"), hits)


def _organisations(q: str) -> Group:
    """Each leads to what it leads."""
    rows = Organisation.objects.active().filter(_like(q)).order_by("code")[:SHOWN]
    hits = [
        Hit(one.code, one.name, "", one.short_name, f"{reverse('ledger')}?{Query(lead=(one.code,)).text()}")
        for one in rows
    ]
    return Group(_("Organisations"), hits)


def _people(q: str) -> Group:
    """Each leads to what they answer for; their addresses are found but not told."""
    rows = Person.objects.active().filter(_like(q)).select_related("organisation").order_by("display_name")[:SHOWN]
    hits = [Hit("", one.display_name, "", _note(one.organisation), f"{reverse('ledger')}?{_of(one)}") for one in rows]
    return Group(_("People"), hits)


def _of(person: Person) -> str:
    return Query(accountable=(str(person.pk),)).text()


def _hit(one: Any, note: str, page: str) -> Hit:
    english = (get_language() or "").startswith("en")
    own, other = (one.title, one.title_en) if isinstance(one, Milestone) else (one.name, one.name_en)
    lang = "zh-Hans" if english and not other else ""
    return Hit(one.code, other if english and other else own, lang, note, reverse(page, args=[one.plan.code, one.code]))


def _note(*parts: Any) -> str:
    shown: Iterable[str] = (str(part) for part in parts if part)
    return " · ".join(shown)
