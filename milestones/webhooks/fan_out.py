"""Who is to be told of which change? The follower `webhooks` turns change entries into deliveries.

Position and deliveries are one transaction: a worker that dies in between loses nothing and doubles nothing.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from milestones import access
from milestones.actors import Actor
from milestones.changes import follow, publish
from milestones.clients.tokens import acting
from milestones.models import (
    ApiClient,
    ChangeEntry,
    Milestone,
    Op,
    Plan,
    PlanState,
    Scope,
    WebhookDelivery,
    WebhookEndpoint,
)
from milestones.shapes import FEED, SHAPES, entity_of

from . import events
from .payloads import WORDS

FOLLOWER = "webhooks"
MOST_STEPS = 50  # of a thousand entries each, in one run


@dataclass(frozen=True)
class News:
    """All entries of one object in one transaction; `entry` is the last of them."""

    entity: str
    op: str
    entry: ChangeEntry

    @property
    def seq(self) -> int:
        return self.entry.seq or 0  # followed entries have one


def fan_out(*, now: datetime) -> int:
    """Bring the deliveries up to date with what is committed; how many entries were taken. Safe to run at any time."""
    publish.publish_all()
    taken = 0
    for _step in range(MOST_STEPS):
        count = follow.advance(FOLLOWER, lambda entries: take(entries, now), now=now)
        taken += count
        if not count:
            break
    return taken


def take(entries: Sequence[ChangeEntry], now: datetime) -> None:
    """The endpoints are read after the entries: one that is not there yet was made after all of these."""
    news = coalesced(entries)
    endpoints = list(hearing(WebhookEndpoint.objects.all()).select_related("client")) if news else []
    births = _births(endpoints)
    heard: dict[uuid.UUID | None, Mapping[int, str]] = {}
    rows: list[WebhookDelivery] = []
    for endpoint in endpoints:
        if endpoint.client_id not in heard:
            heard[endpoint.client_id] = words(news, endpoint.client, now)
        told, birth = heard[endpoint.client_id], births.get(endpoint.pk)
        rows += (_delivery(endpoint, one, told[one.seq], now) for one in news if _is_for(endpoint, one, told, birth))
    WebhookDelivery.objects.bulk_create(rows, batch_size=1000)


def hearing(endpoints: access.Q_) -> access.Q_:
    """Those that are told: switched on, and their client too."""
    return endpoints.filter(Q(client=None) | Q(client__is_active=True), is_active=True)


def coalesced(entries: Sequence[ChangeEntry]) -> list[News]:
    """One for each object and transaction, in the order of the last entries: an object that came to be is told as
    such. `at` tells transactions apart: a verb writes all its entries with its own `now`."""
    found: dict[tuple[str, uuid.UUID, datetime], News] = {}
    for entry in entries:
        entity = entity_of(entry.entity)
        if entity not in FEED or entity is None:
            continue
        before = found.pop(key := (entity, entry.object_id, entry.at), None)
        born = before is not None and before.op == Op.CREATE and entry.op != Op.DELETE
        found[key] = News(entity, Op.CREATE if born else entry.op, entry)
    return list(found.values())


def words(news: Sequence[News], client: ApiClient | None, now: datetime) -> dict[int, str]:
    """Seq → type, of the news that the client hears: what it sees now, and what it saw before this change."""
    if client is None:
        return {one.seq: f"{one.entity}.{WORDS[Op(one.op)]}" for one in news}
    actor = acting(client, now)
    entities = {one.entity for one in news} - ({"person"} if Scope.PEOPLE_READ not in actor.scopes else set())
    there = {entity: _visible(entity, news, actor) for entity in entities}
    found: dict[int, str] = {}
    for one in news:
        if one.entity in entities and one.entry.object_id in there[one.entity]:
            found[one.seq] = f"{one.entity}.{WORDS[Op(one.op)]}"
        elif one.entity in entities and _was_seen(one, actor):
            found[one.seq] = f"{one.entity}.{WORDS[Op.DELETE]}"
    return found


def _visible(entity: str, news: Sequence[News], actor: Actor) -> set[uuid.UUID]:
    ids = {one.entry.object_id for one in news if one.entity == entity}
    rows = SHAPES[entity].model._default_manager.filter(pk__in=ids)
    return set(access.visible(rows, actor).values_list("pk", flat=True))


def _was_seen(one: News, actor: Actor) -> bool:
    """What is deleted is judged by its plan alone: nothing else of it is left. A milestone that is still there has
    left the reach when this change took it from an organisation of the reach."""
    plan, plans = one.entry.plan_id, actor.reach.plans
    if plan is not None and plans is not None and plan not in plans:
        return False
    if plan is not None and Scope.WRITE not in actor.scopes and not _is_open(plan):
        return False
    return one.op == Op.DELETE or (one.entity == "milestone" and _took_away(one.entry, actor.reach.organisations))


def _is_open(plan: uuid.UUID) -> bool:
    """Neither a draft nor gone: only drafts are deleted."""
    return Plan.objects.filter(pk=plan).exclude(state=PlanState.DRAFT).exists()


def _took_away(entry: ChangeEntry, units: frozenset[uuid.UUID] | None) -> bool:
    if units is None or not Milestone.objects.filter(pk=entry.object_id).exists():
        return False
    lead, parties = (entry.changes.get(name, [None])[0] for name in ("lead_id", "parties"))
    return not {str(unit) for unit in units}.isdisjoint({lead, *(party[1] for party in parties or [])})


def _births(endpoints: Sequence[WebhookEndpoint]) -> dict[uuid.UUID, int | None]:
    """The number of the change that made each endpoint: it hears of what comes after."""
    made = ChangeEntry.objects.filter(entity=WebhookEndpoint._meta.model_name, op=Op.CREATE)
    return dict(made.filter(object_id__in=[one.pk for one in endpoints]).values_list("object_id", "seq"))


def _is_for(endpoint: WebhookEndpoint, one: News, told: Mapping[int, str], birth: int | None) -> bool:
    if birth is None or one.seq <= birth or one.seq not in told:
        return False
    return events.match(endpoint.events, told[one.seq])


def _delivery(endpoint: WebhookEndpoint, one: News, type_: str, now: datetime) -> WebhookDelivery:
    return WebhookDelivery(
        endpoint=endpoint,
        seq=one.seq,
        type=type_,
        entity=one.entity,
        object_id=one.entry.object_id,
        created_at=now,
        next_at=now,
    )
