"""Who is reading this page?"""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.functional import LazyObject

from milestones.actors import Actor
from milestones.ledger.selecting import every_plan
from milestones.models import Person, Plan, Via

from .moment import moment


def reader(request: HttpRequest) -> Person:
    """The signed-in person of a page that asks for a sign-in."""
    return unwrapped(request.user)


def actor(request: HttpRequest) -> Actor:
    """One a request: it asks once for whom the reader stands in."""
    found: Actor | None = getattr(request, "_actor", None)
    if found is None:
        found = Actor(reader(request), Via.WEB, day=moment(request).today())
        request._actor = found  # type: ignore[attr-defined]  # kept for the rest of this request
    return found


def absent(request: HttpRequest) -> tuple[Person, ...]:
    """For whom the reader may act today."""
    return actor(request).stands_in_for


def plans(request: HttpRequest) -> list[Plan]:
    """Every plan that the reader may see, first the one that people want to see first; asked once a request."""
    found: list[Plan] | None = getattr(request, "_plans", None)
    if found is None:
        found = every_plan(reader(request))
        request._plans = found  # type: ignore[attr-defined]  # kept for the rest of this request
    return found


def unwrapped(user: Any) -> Person:
    """The row behind Django's lazy `request.user`: the verbs look at an object's type."""
    while isinstance(user, LazyObject):
        assert user.pk, "this page is for people who are signed in"
        user = user._wrapped
    found: Person = user
    return found
