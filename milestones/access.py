"""Who may see and do what? The only file that looks at roles."""

from __future__ import annotations

from typing import Any, TypeVar

from django.conf import settings
from django.db.models import F, Model, Q, QuerySet

from milestones.actors import Actor
from milestones.errors import Forbidden
from milestones.models import (
    Milestone,
    Person,
    Plan,
    PlanState,
    Role,
    Target,
    Workstream,
)

Q_ = TypeVar("Q_", bound=QuerySet[Any])

# What each role may do to what its own organisation leads, or to what it is accountable for. The office may do all.
OWNER_VERBS = frozenset({"milestone.start", "milestone.submit", "milestone.forecast"})
COORDINATOR_VERBS = OWNER_VERBS | {"milestone.edit", "milestone.assign", "target.record"}


def visible(queryset: Q_, viewer: Person | None) -> Q_:
    """The rows of `queryset` that `viewer` may read: drafts are the office's, the rest is every active account's."""
    if viewer is None or not viewer.is_active:
        return queryset.none()
    if Role.OFFICE in viewer.roles:
        return queryset
    if issubclass(queryset.model, Plan):
        return queryset.exclude(state=PlanState.DRAFT)
    if issubclass(queryset.model, Milestone | Target | Workstream):
        return queryset.exclude(plan__state=PlanState.DRAFT)
    return queryset


def may(actor: Actor | Person, verb: str, obj: Model | None = None) -> bool:
    """Whether the actor may do `verb` (`milestone.reschedule`) to `obj`; the system may do everything."""
    person = actor.person if isinstance(actor, Actor) else actor
    if person is None:
        return isinstance(actor, Actor) and actor.is_system
    if not person.is_active:
        return False
    if Role.OFFICE in person.roles:
        return True
    if _in_draft(obj):
        return False
    return _may_as_coordinator(person, verb, obj) or _may_as_owner(person, verb, obj)


def require(actor: Actor, verb: str, obj: Model | None = None) -> None:
    if not may(actor, verb, obj):
        raise Forbidden


def may_sign_in(person: Any) -> bool:
    """Active accounts; those of the demonstration, whose addresses everybody knows, not in production."""
    return bool(isinstance(person, Person) and person.is_active and not (person.is_demo and settings.PRODUCTION))


def may_enter_admin(person: Any) -> bool:
    """The Django admin is the office's workbench."""
    return bool(isinstance(person, Person) and person.is_active and Role.OFFICE in person.roles)


def is_office(person: Person) -> bool:
    return Role.OFFICE in person.roles


def office() -> QuerySet[Person]:
    """The active people of the supervision office, each with `office_since`."""
    grants = Person.objects.active().in_role(Role.OFFICE)
    return grants.annotate(office_since=F("grants__granted_at")).order_by("id")


def office_would_be_empty(person: Person, roles: list[str]) -> bool:
    """Whether `person` is the last active account of the office and would have only `roles` from now on.

    Asked in the transaction of the change: two who let each other go wait here for one another.
    """
    if not person.is_active or Role.OFFICE not in person.roles or Role.OFFICE in roles:
        return False
    list(office().select_for_update(of=("self",)))
    return not office().exclude(pk=person.pk).exists()


def led_by_viewer(person: Person) -> Q:
    """Milestones or targets that `person` looks after: accountable for, or coordinated for the own organisation."""
    mine = Q(accountable=person)
    if Role.COORDINATOR in person.roles and person.organisation_id:
        mine |= Q(lead=person.organisation_id)
    return mine


def _in_draft(obj: Model | None) -> bool:
    plan = obj if isinstance(obj, Plan) else getattr(obj, "plan", None)
    return bool(plan and plan.state == PlanState.DRAFT)


def _may_as_coordinator(person: Person, verb: str, obj: Any) -> bool:
    leads = person.organisation_id is not None and getattr(obj, "lead_id", None) == person.organisation_id
    return Role.COORDINATOR in person.roles and leads and verb in COORDINATOR_VERBS


def _may_as_owner(person: Person, verb: str, obj: Any) -> bool:
    owns = getattr(obj, "accountable_id", None) == person.pk
    return Role.OWNER in person.roles and owns and verb in OWNER_VERBS
