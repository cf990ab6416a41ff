"""Who follows the feed, what is it to them, and which changes make more come into view than the changed object?"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeVar
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from milestones import access
from milestones.actors import Actor
from milestones.errors import Forbidden
from milestones.shapes import FEED, SHAPES, model_name_of
from milestones.shapes.base import Reader as Shown

from .cursor import Holder

Q_ = TypeVar("Q_", bound=QuerySet[Any])


class NoFollower(Forbidden):
    message = _("The change feed is for API clients and for the office.")


@dataclass(frozen=True)
class Reader:
    """`who` names the reader for ever (`client:<id>`); `only` is the one entity asked for, empty for all."""

    actor: Actor
    who: str
    people: bool = False
    only: str = ""

    def __post_init__(self) -> None:
        if not access.may_follow(self.actor):
            raise NoFollower

    def holder(self, epoch: UUID) -> Holder:
        return Holder(epoch, self.who, self.rights)

    @property
    def shown(self) -> Shown:
        return Shown(people=self.people)

    @cached_property
    def entities(self) -> tuple[str, ...]:
        """In the order in which a first crawl delivers."""
        seen = (entity for entity in FEED if self.people or entity != "person")
        return tuple(entity for entity in seen if self.only in ("", entity))

    @cached_property
    def heard(self) -> frozenset[str]:
        """The names, in entries, of what must be looked at: the entities, and what brings others into view."""
        names = {model_name_of(entity) for entity in self.entities}
        if self.units is not None:
            names.add("milestone")
        if not self.sees_drafts:
            names.add("plan")
        return frozenset(names)

    @property
    def sees_drafts(self) -> bool:
        return access.sees_drafts(self.actor)

    @cached_property
    def units(self) -> frozenset[str] | None:
        """The organisations of the reach, as entries have them; None where they limit nothing."""
        units = self.actor.reach.organisations
        return None if units is None else frozenset(map(str, units))

    def sees(self, rows: Q_) -> Q_:
        return access.visible(rows, self.actor)

    def rows_of(self, entity: str) -> QuerySet[Any]:
        """All that the reader sees of an entity."""
        return self.sees(SHAPES[entity].model._default_manager.order_by())

    @cached_property
    def rights(self) -> str:
        """A mark of everything that decides what is seen: when it changes, so does the mark."""
        reach = (_marks(self.actor.reach.plans), _marks(self.actor.reach.organisations))
        return hashlib.sha256(repr((reach, self.sees_drafts, self.people)).encode()).hexdigest()[:16]


def _marks(ids: Iterable[UUID] | None) -> list[str] | None:
    return None if ids is None else sorted(one.hex for one in ids)
