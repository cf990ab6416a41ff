"""What is stored of an object now, in the words of its entries?"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import islice
from typing import Any

from django.apps import apps
from django.db import models
from django.db.models import Q, QuerySet

from milestones.models import ApiClient, ApiToken, Comment, Milestone, Person, Plan, ReminderPolicy
from milestones.models.base import Versioned
from milestones.models.default_ladder import LADDER

from . import record, refs, steps


@dataclass(frozen=True)
class Part:
    """Rows that belong to an object: their name in entries, what to fetch along, and how entries tell them."""

    name: str
    relation: str
    told: Callable[[Any], list[Any]]


PARTS: dict[type[models.Model], Part] = {
    Person: Part("roles", "grants", lambda person: [grant.role for grant in person.grants.all()]),
    Milestone: Part("parties", "parties", lambda milestone: [_party(one) for one in milestone.parties.all()]),
    Comment: Part("mentions", "mentions", lambda comment: [str(one.person_id) for one in comment.mentions.all()]),
    ApiClient: Part("tokens", "tokens", lambda client: [token(one) for one in client.tokens.all()]),
}
CHUNK = 500  # objects at a time
# Made by a migration, which leaves no entry.
BORN: dict[tuple[type[models.Model], str], Mapping[str, Any]] = {
    (ReminderPolicy, "default"): {
        "code": "default",
        "name": "默认提醒阶梯",
        "is_default": True,
        "steps": [steps.kept(code, LADDER[code]) for code in sorted(LADDER)],
    },
}


def business_models() -> list[type[Versioned]]:
    """Every model whose changes are recorded."""
    ours = apps.get_app_config("milestones").get_models()
    return [model for model in ours if issubclass(model, Versioned)]


@dataclass(frozen=True)
class Row:
    """An object, and the names that other systems have for it."""

    obj: Versioned
    refs: refs.Recorded

    def columns(self) -> dict[str, Any]:
        """The recorded columns and parts."""
        model = type(self.obj)
        values = {name: record.plain(getattr(self.obj, name)) for name in _recorded(model)}
        if model in PARTS:
            values[PARTS[model].name] = PARTS[model].told(self.obj)
        return values | ({"external_refs": self.refs} if model in refs.REFERRED else {})


def rows(model: type[Versioned], plan: Plan | None = None) -> QuerySet[Any]:
    """In the order of their ids; of one plan only when asked, nothing of what hangs on no plan."""
    found = model._default_manager.order_by("pk")
    if model in PARTS:
        found = found.prefetch_related(PARTS[model].relation)
    return found if plan is None else found.filter(_of_plan(model, plan))


def read(rows: QuerySet[Any]) -> Iterator[Row]:
    """All of them with what belongs to them; the memory and the queries are those of a chunk at a time."""
    waiting = rows.iterator(chunk_size=CHUNK)
    while chunk := list(islice(waiting, CHUNK)):
        yield from _with_refs(rows.model, chunk)


def one(model: type[Versioned], pk: Any) -> Row | None:
    return next(_with_refs(model, rows(model).filter(pk=pk)), None)


def _with_refs(model: type[models.Model], objects: Iterable[Any]) -> Iterator[Row]:
    found = list(objects)
    named = refs.of(model, [obj.pk for obj in found])
    yield from (Row(obj, named[obj.pk]) for obj in found)


def masked(model: type[models.Model]) -> frozenset[str]:
    return frozenset(name for owner, name in record.MASKED if issubclass(model, owner))


def born(obj: Versioned) -> Mapping[str, Any] | None:
    """The columns with which a migration made this object; None for all that a verb made."""
    return BORN.get((type(obj), getattr(obj, "code", "")))


@cache
def defaults(model: type[models.Model]) -> Mapping[str, Any]:
    columns = [f for f in model._meta.concrete_fields if f.has_default() and f.attname in _recorded(model)]
    return {column.attname: record.plain(column.get_default()) for column in columns}


@cache
def _recorded(model: type[models.Model]) -> tuple[str, ...]:
    return tuple(record.recorded_fields(model))


def _of_plan(model: type[models.Model], plan: Plan) -> Q:
    if model is Plan:
        return Q(pk=plan.pk)
    names = {field.name for field in model._meta.concrete_fields}
    if "plan" in names:
        return Q(plan=plan)
    for owner in ("milestone", "target", "successor"):
        if owner in names:
            return Q(**{f"{owner}__plan": plan})
    return Q(pk__in=[])


def _party(party: Any) -> list[str | None]:
    return [party.role, str(party.organisation_id), str(party.person_id) if party.person_id else None]


def token(token: ApiToken) -> list[str | None]:
    """A token as the entries of its client tell it."""
    return [token.prefix, record.plain(token.expires_at), record.plain(token.revoked_at)]
