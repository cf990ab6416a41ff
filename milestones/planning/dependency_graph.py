"""Which dependencies lead from, or to, a set of milestones, over however many steps? One query each."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from milestones.models import Dependency, Milestone

# UNION, not UNION ALL: a milestone that is reached twice is gone on from once.
ALONG = """
WITH RECURSIVE reached(id) AS (
    {seeds} UNION SELECT d.{to} FROM {table} d JOIN reached ON d.{start} = reached.id
) SELECT d.* FROM {table} d JOIN reached ON d.{start} = reached.id
"""


def onward(milestones: QuerySet[Milestone]) -> list[Dependency]:
    """Every dependency on a way that begins at one of `milestones`."""
    return _found(milestones, "predecessor_id", "successor_id")


def leading_to(milestones: QuerySet[Milestone]) -> list[Dependency]:
    """Every dependency on a way that ends at one of `milestones`."""
    return _found(milestones, "successor_id", "predecessor_id")


def _found(milestones: QuerySet[Milestone], start: str, to: str) -> list[Dependency]:
    seeds, params = milestones.order_by().values_list("pk").query.sql_with_params()
    sql = ALONG.format(seeds=seeds, table=Dependency._meta.db_table, start=start, to=to)
    return list(Dependency.objects.raw(sql, params))


def shortest_way(edges: list[Dependency], start: Any, end: Any) -> list[Any]:
    """The ids from `start` to `end` along `edges`, both included; empty when there is no way."""
    after: dict[Any, list[Any]] = {}
    for edge in edges:
        after.setdefault(edge.predecessor_id, []).append(edge.successor_id)
    came_from: dict[Any, Any] = {start: None}
    frontier = [start]
    while frontier and end not in came_from:
        steps = [(here, there) for here in frontier for there in after.get(here, ())]
        frontier = []
        for here, there in steps:
            if there not in came_from:
                came_from[there] = here
                frontier.append(there)
    return _back(came_from, end) if end in came_from else []


def _back(came_from: dict[Any, Any], end: Any) -> list[Any]:
    way = [end]
    while (before := came_from[way[-1]]) is not None:
        way.append(before)
    return way[::-1]
