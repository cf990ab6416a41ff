"""Which calendar addresses has this reader, and of which plans can another be made?"""

from __future__ import annotations

from dataclasses import dataclass

from milestones import access
from milestones.feeds import operations, tokens
from milestones.models import CalendarFeed, Person, Plan, PlanState


@dataclass(frozen=True)
class Address:
    """`url` is for copying, `open_url` offers it to the calendar program of this machine."""

    feed: CalendarFeed
    url: str

    @property
    def open_url(self) -> str:
        return f"webcal://{self.url.partition('://')[2]}"


@dataclass(frozen=True)
class Addresses:
    """`own` is the one of all that concerns the reader."""

    own: Address | None
    of_plans: list[Address]
    plans: list[Plan]


def addresses(person: Person) -> Addresses:
    found = [Address(feed, tokens.address(feed)) for feed in operations.current(person)]
    of_plans = [one for one in found if one.feed.plan is not None]
    has = {one.feed.plan_id for one in of_plans}
    plans = access.visible(Plan.objects.filter(state=PlanState.ACTIVE).order_by("-year", "code"), person)
    own = next((one for one in found if one.feed.plan is None), None)
    return Addresses(own, of_plans, [plan for plan in plans if plan.pk not in has])
