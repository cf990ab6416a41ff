"""What do dependencies do to the dates of a plan, and what would they do if one milestone were expected later?

A constant number of queries, however many milestones and dependencies there are.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from django.db.models import QuerySet

from milestones import access
from milestones.actors import Actor
from milestones.models import Dependency, Milestone, Person, Plan, State
from milestones.workdays.calendar import Calendar
from milestones.workdays.periods import FuzzyDate

from . import dependency_graph
from .calendars import calendar
from .knock_on import Delay, Edge, Node, delays, moved_by

COLUMNS = (
    "id plan_id plan__code plan__year code title title_en state due_on due_precision forecast_on forecast_precision"
    " actual_on actual_precision"
).split()


@dataclass(frozen=True)
class Ripple:
    """A delay, with the milestone it befalls and the one that causes it."""

    milestone: Milestone
    delay: Delay
    because: Milestone


@dataclass(frozen=True)
class Net:
    """Milestones that are tied together, as far as the viewer sees them. What was cancelled ties nobody."""

    milestones: Mapping[uuid.UUID, Milestone]
    edges: tuple[Edge, ...]
    days: Calendar

    @property
    def nodes(self) -> dict[uuid.UUID, Node]:
        return {pk: Node(pk, one.due, one.forecast, one.actual) for pk, one in self.milestones.items()}

    def ripples(self) -> dict[uuid.UUID, Ripple]:
        """By milestone, each after what it waits for."""
        return {pk: self._ripple(delay) for pk, delay in delays(self.nodes, self.edges, self.days).items()}

    def if_expected(
        self, milestone: Milestone, *, due: FuzzyDate | None = None, forecast: FuzzyDate | None = None
    ) -> list[Ripple]:
        """Which others would be later than they are now, were `milestone` due or forecast then.

        With a new due and no forecast, due is what is expected: whoever asks for a date expects to reach it.
        """
        nodes = self.nodes
        node = nodes.get(milestone.pk)
        if node is None:
            return []
        before = delays(nodes, self.edges, self.days)
        nodes[milestone.pk] = replace(node, due=due or node.due, forecast=forecast)
        after = delays(nodes, self.edges, self.days)
        return [self._ripple(delay) for delay in moved_by(before, after) if delay.milestone != milestone.pk]

    def _ripple(self, delay: Delay) -> Ripple:
        return Ripple(self.milestones[delay.milestone], delay, self.milestones[delay.because])


def of_plan(plan: Plan, viewer: Actor | Person) -> Net:
    """All that leads to the plan's milestones, from other plans too."""
    return of_milestones(Milestone.objects.filter(plan=plan), viewer)


def of_milestones(milestones: QuerySet[Milestone], viewer: Actor | Person) -> Net:
    """All that leads to these: enough to say when each of them cannot be reached."""
    return _net(dependency_graph.leading_to(milestones), viewer)


def of_milestone(milestone: Milestone, viewer: Actor | Person) -> Net:
    """All that waits for `milestone`, directly or not, with what else that waits for; and what it waits for itself."""
    return around([milestone.pk], viewer)


def around(milestones: Iterable[uuid.UUID], viewer: Actor | Person) -> Net:
    """The same of several milestones at once, by id."""
    centre = list(milestones)
    onward = dependency_graph.onward(Milestone.objects.filter(pk__any_of=centre))
    concerned = [*centre, *(edge.successor_id for edge in onward)]
    return _net(dependency_graph.leading_to(Milestone.objects.filter(pk__any_of=concerned)), viewer)


def _net(ties: Iterable[Dependency], viewer: Actor | Person) -> Net:
    edges = tuple(Edge(tie.predecessor_id, tie.successor_id, tie.lag) for tie in ties)
    ids = {pk for edge in edges for pk in (edge.predecessor, edge.successor)}
    seen = access.visible(Milestone.objects.filter(pk__any_of=list(ids)), viewer).exclude(state=State.CANCELLED)
    milestones = {one.pk: one for one in seen.select_related("plan").only(*COLUMNS)} if ids else {}
    return Net(milestones, edges, calendar() if edges else Calendar())
