"""What is stored of an object now, in the words of its entries?"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from django.apps import apps
from django.db import models
from django.db.models import Q, QuerySet

from milestones.models import ApiClient, ApiToken, Comment, Milestone, Person, Plan, ReminderPolicy
from milestones.models.base import Versioned
from milestones.models.default_ladder import LADDER

from . import record, steps

# Rows that belong to an object: what to fetch along with it, and how its entries tell them.
Part = tuple[str, str, Callable[[Any], list[Any]]]
PARTS: dict[type[models.Model], Part] = {
    Person: ("roles", "grants", lambda person: [grant.role for grant in person.grants.all()]),
    Milestone: ("parties", "parties", lambda milestone: [_party(one) for one in milestone.parties.all()]),
    Comment: ("mentions", "mentions", lambda comment: [str(one.person_id) for one in comment.mentions.all()]),
    ApiClient: ("tokens", "tokens", lambda client: [token(one) for one in client.tokens.all()]),
}
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


def columns(obj: Versioned) -> dict[str, Any]:
    """The recorded columns and parts."""
    values = {name: record.plain(getattr(obj, name)) for name in _recorded(type(obj))}
    if type(obj) in PARTS:
        name, _relation, told = PARTS[type(obj)]
        values[name] = told(obj)
    return values


def rows(model: type[Versioned], plan: Plan | None = None) -> QuerySet[Any]:
    """In the order of their ids; of one plan only when asked, nothing of what hangs on no plan."""
    found = model._default_manager.order_by("pk")
    if model in PARTS:
        found = found.prefetch_related(PARTS[model][1])
    return found if plan is None else found.filter(_of_plan(model, plan))


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
