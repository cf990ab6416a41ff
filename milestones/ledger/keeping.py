"""How does somebody keep a view of a list, for themselves or, the office, for everybody?"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from milestones import access
from milestones.actors import Actor
from milestones.errors import RuleBroken
from milestones.models import Person, SavedView

PAGE = "ledger"
LONGEST = 60
MOST = 30


def views(person: Person, page: str = PAGE) -> QuerySet[SavedView]:
    """One's own and those that are everybody's."""
    return SavedView.objects.filter(Q(person=person) | Q(shared=True), page=page).order_by("-shared", "name", "id")


def save(name: str, query: str, *, page: str = PAGE, shared: bool = False, actor: Actor, now: datetime) -> SavedView:
    """Of two with one name the later one stays. Raises RuleBroken, Forbidden (only the office shares)."""
    person, name = _person(actor), _name(name)
    if shared:
        access.require(actor, "view.share")
    own = SavedView.objects.filter(person=person, page=page)
    if len(query) > 2000:
        raise RuleBroken(_("These are too many filters to be kept; take some away."), field="name", code="too_long")
    if own.exclude(name=name).count() >= MOST:
        message = _("You keep %(most)s views already; delete one first.") % {"most": MOST}
        raise RuleBroken(message, field="name", code="too_many")
    values: dict[str, Any] = {"query": query, "shared": shared}
    new = values | {"created_at": now}
    view, _made = SavedView.objects.update_or_create(
        person=person, page=page, name=name, defaults=values, create_defaults=new
    )
    return view


def rename(view: SavedView, name: str, *, actor: Actor) -> None:
    """Raises RuleBroken when another of the same person's is called so."""
    access.require(actor, "view.edit", view)
    name = _name(name)
    if SavedView.objects.filter(person=view.person_id, page=view.page, name=name).exclude(pk=view.pk).exists():
        raise RuleBroken(_("Another view has this name; choose another."), field="name", code="taken")
    SavedView.objects.filter(pk=view.pk).update(name=name)


def delete(view: SavedView, *, actor: Actor) -> None:
    access.require(actor, "view.edit", view)
    SavedView.objects.filter(pk=view.pk).delete()


def _person(actor: Actor) -> Person:
    if actor.person is None:
        raise RuleBroken(_("Views belong to people."), code="nobody")
    return actor.person


def _name(typed: str) -> str:
    name = " ".join(typed.split())
    if not name:
        raise RuleBroken(_("Give the view a name."), field="name", code="missing")
    if len(name) > LONGEST:
        message = _("The name may have %(longest)s letters at most.") % {"longest": LONGEST}
        raise RuleBroken(message, field="name", code="too_long")
    return name
