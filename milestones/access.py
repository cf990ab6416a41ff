"""Who may see and do what? The only file that looks at roles."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, TypeVar

from django.conf import settings
from django.db.models import Exists, F, Model, OuterRef, Q, QuerySet

from milestones.actors import Actor, Reach
from milestones.errors import Forbidden
from milestones.models import (
    ApiClient,
    CalendarFeed,
    ChangeEntry,
    Comment,
    DateRevision,
    Dependency,
    Evidence,
    Extension,
    GuardRefusal,
    HealthOverride,
    ImportBatch,
    Incident,
    IntakeText,
    Milestone,
    Notice,
    Organisation,
    OrganisationWebhook,
    Party,
    Person,
    Plan,
    PlanState,
    Reading,
    Reminder,
    ReportDraft,
    Role,
    SecondFactorDemand,
    SignIn,
    StatusReport,
    Target,
    Watch,
    WebhookDelivery,
    WebhookEndpoint,
    Workstream,
)

Q_ = TypeVar("Q_", bound=QuerySet[Any])

# --- Doing ------------------------------------------------------------------------------------------------------------
# What each role may do. The office may do everything, the system too; in a draft plan nobody else may do anything.
OWNER_VERBS = frozenset(  # to milestones they are accountable for
    {
        "milestone.start",
        "milestone.submit",
        "milestone.forecast",
        "report.write",
        "report.submit",
        "report.discard",
        "evidence.attach",
        "evidence.withdraw",
        "extension.request",
        "extension.withdraw",
    }
)
COORDINATOR_VERBS = OWNER_VERBS | {  # to what their organisation leads
    "milestone.edit",
    "milestone.assign",
    "target.record",
    "dependency.add",
    "dependency.edit",
    "dependency.remove",
}
LEADER_VERBS = frozenset(  # to what the organisations lead that they supervise
    {"extension.approve", "extension.decline", "milestone.override_health", "milestone.withdraw_override"}
)
RECIPIENT_VERBS = frozenset({"notice.sign", "notice.reply"})  # to notices to the organisation they speak for
INNER_VERBS = frozenset({"comment.add"})  # to milestones whose inner matters they read
READER_VERBS = frozenset({"watch.start"})  # to every milestone they see
OWN_VERBS = frozenset(  # to what is theirs
    {"watch.stop", "comment.withdraw", "delegation.create", "delegation.edit", "delegation.end"}
    | {"feed.create", "feed.revoke", "view.edit", "draft.discard"}
)

# --- Scopes of API clients --------------------------------------------------------------------------------------------
READINGS_VERBS = frozenset({"target.record", "report.write", "report.submit"})
NO_CLIENTS_NOUNS = frozenset({"client", "second_factor"})  # no token makes another, or opens a door


def may(actor: Actor | Person, verb: str, obj: Model | None = None) -> bool:
    """Whether the actor may do `verb` (`milestone.reschedule`) to `obj`; the system may do everything."""
    actor = actor if isinstance(actor, Actor) else Actor(actor, via="web")
    if actor.person is None:
        return actor.is_system or _may_as_client(actor, verb, obj)
    if not actor.person.is_active:
        return False
    if Role.OFFICE in actor.person.roles:
        return True
    if verb in OWN_VERBS and _is_own(actor, obj):
        return True
    milestone = _about(obj)
    if milestone is None or _in_draft(milestone):
        return False
    return any(allows(one, verb, milestone, obj) for one in actor.selves() for allows in _RIGHTS)


def require(actor: Actor, verb: str, obj: Model | None = None) -> None:
    if not may(actor, verb, obj):
        raise Forbidden


def reads_inner_matters(person: Person, milestone: Milestone) -> bool:
    """Evidence, extension texts, comments and notices: for the office, leaders, and people of lead and parties."""
    if person.roles & {Role.OFFICE, Role.LEADER} or milestone.accountable_id == person.pk:
        return True
    unit = person.organisation_id
    return unit is not None and (
        milestone.lead_id == unit or any(party.organisation_id == unit for party in milestone.parties.all())
    )


def may_admit(actor: Actor, roles: Iterable[str]) -> bool:
    """Whether the actor decides who signs in, and by which address, with these roles: of the office no token does.

    Whoever had stolen one would be of the office otherwise, and make others.
    """
    return actor.person is not None or actor.is_system or Role.OFFICE not in roles


def may_go_on(actor: Actor, author_id: Any) -> bool:
    """Whether the actor may go on with what `author_id` began to write (None: no person did).

    The author, who stands in for them, and the office; a client that only reports what no person wrote.
    """
    if author_id is None or actor.is_system:
        return True
    if actor.person is None:
        return "write" in actor.scopes
    return is_office(actor.person) or any(one.pk == author_id for one in actor.selves())


def decides(actor: Actor) -> bool:
    """Whether requests can wait for this actor at all: the office's and leaders', themselves or as a deputy."""
    return any(one.roles & {Role.OFFICE, Role.LEADER} for one in actor.selves())


def supervising_leader(organisation: Organisation | None) -> Person | None:
    """分管领导 of the organisation, else of the nearest one above it; None when nobody supervises it."""
    seen: set[Any] = set()
    while organisation is not None and organisation.pk not in seen:
        if organisation.supervising_leader_id:
            return organisation.supervising_leader
        seen.add(organisation.pk)
        organisation = organisation.parent
    return None


def _about(obj: Any) -> Any:
    """The milestone or target that an object is or belongs to; None for all others."""
    if isinstance(obj, Milestone | Target):
        return obj
    for owner in ("milestone", "successor", "target"):
        if (found := getattr(obj, owner, None)) is not None:
            return found
    return None


def _in_draft(obj: Any) -> bool:
    return bool(obj.plan.state == PlanState.DRAFT)


def _is_own(actor: Actor, obj: Any) -> bool:
    """A delegation and a calendar feed are their person's, a watch its watcher's, a comment its author's."""
    assert actor.person is not None
    owner = getattr(obj, "author_id", None) if isinstance(obj, Comment) else getattr(obj, "person_id", None)
    return owner is not None and owner == actor.person.pk


def _as_owner(one: Person, verb: str, about: Any, obj: Any) -> bool:
    return verb in OWNER_VERBS and Role.OWNER in one.roles and getattr(about, "accountable_id", None) == one.pk


def _as_coordinator(one: Person, verb: str, about: Any, obj: Any) -> bool:
    return verb in COORDINATOR_VERBS and coordinates(one, about.lead_id)


def _as_leader(one: Person, verb: str, about: Any, obj: Any) -> bool:
    if verb not in LEADER_VERBS or Role.LEADER not in one.roles or not isinstance(about, Milestone):
        return False
    return supervising_leader(about.lead) == one


def _as_recipient(one: Person, verb: str, about: Any, obj: Any) -> bool:
    """Whoever speaks for the organisation that a notice went to: its head, its coordinators, the accountable person."""
    if verb not in RECIPIENT_VERBS or not isinstance(obj, Notice):
        return False
    if obj.organisation.head_id == one.pk or coordinates(one, obj.organisation_id):
        return True
    return about.accountable_id == one.pk and one.organisation_id == obj.organisation_id


def _as_reader(one: Person, verb: str, about: Any, obj: Any) -> bool:
    if verb in READER_VERBS:
        return True
    return verb in INNER_VERBS and isinstance(about, Milestone) and reads_inner_matters(one, about)


_RIGHTS = (_as_owner, _as_coordinator, _as_leader, _as_recipient, _as_reader)


def coordinates(one: Person, unit_id: Any) -> bool:
    """Whether `one` speaks for the unit with this id."""
    return Role.COORDINATOR in one.roles and unit_id is not None and one.organisation_id == unit_id


def _may_as_client(actor: Actor, verb: str, obj: Any) -> bool:
    """`write` has the office's rights inside the client's reach; `readings:write` adds readings and reports."""
    if verb.partition(".")[0] in NO_CLIENTS_NOUNS:
        return False
    if verb.partition(".")[0] == "endpoint":
        return "webhooks" in actor.scopes and (obj is None or _is_its_own(actor, obj))
    if "write" not in actor.scopes and not ("readings:write" in actor.scopes and verb in READINGS_VERBS):
        return False
    if not (_within_plans(actor, verb) and _within_units(actor, verb, obj)):
        return False
    return (
        obj is None
        or obj._state.adding
        or reachable(type(obj)._default_manager.filter(pk=obj.pk), actor.reach).exists()
    )


def _within_plans(actor: Actor, verb: str) -> bool:
    """A client of some plans writes what lies in them: organisations and people are everybody's, and so is the number
    of plans."""
    noun = verb.partition(".")[0]
    return actor.reach.plans is None or (verb != "plan.create" and noun not in ("organisation", "person"))


def _within_units(actor: Actor, verb: str, obj: Any) -> bool:
    """A client of some organisations writes these, their people, and the milestones and targets that they lead or take
    part in; a plan is everybody's."""
    units = actor.reach.organisations
    if units is None:
        return True
    match verb.partition(".")[0]:
        case "plan" | "workstream":
            return False
        case "organisation":
            return obj is not None and obj.pk in units
        case "person":
            return obj is not None and obj.organisation_id in units
        case "target":
            return obj is not None and obj.lead_id in units
        case "reading":
            return obj is not None and obj.target.lead_id in units
    return True


def _is_its_own(actor: Actor, endpoint: Any) -> bool:
    return endpoint.client is not None and endpoint.client.name == actor.client


# --- Seeing -----------------------------------------------------------------------------------------------------------
# How the rows of each model hang on a plan and, where they do, on milestones.
PLAN_OF: dict[type[Model], str] = {
    Plan: "",
    Workstream: "plan__",
    Target: "plan__",
    Reading: "target__plan__",
    Milestone: "plan__",
    **dict.fromkeys(
        (StatusReport, Evidence, Extension, Notice, Comment, Watch, HealthOverride, Party, DateRevision, Reminder),
        "milestone__plan__",
    ),
    Dependency: "successor__plan__",
}
MILESTONES_OF: dict[type[Model], tuple[str, ...]] = {
    Milestone: ("",),
    **{model: ("milestone__",) for model, path in PLAN_OF.items() if path == "milestone__plan__"},
    Dependency: ("predecessor__", "successor__"),
}
INNER_MATTERS = (Evidence, Extension, Notice, Comment)
OFFICE_ONLY = (
    ApiClient,
    GuardRefusal,
    ImportBatch,
    Incident,
    IntakeText,
    OrganisationWebhook,
    SecondFactorDemand,
    SignIn,
    WebhookDelivery,
    WebhookEndpoint,
)
ENDPOINT_OF: dict[type[Model], str] = {WebhookEndpoint: "", WebhookDelivery: "endpoint__"}  # a client sees its own
PRIVATE = (CalendarFeed,)  # their person's and the office's
PERSONAL = (ReportDraft,)  # their person's alone


def visible(queryset: Q_, viewer: Actor | Person | None) -> Q_:
    """The rows of `queryset` that `viewer` may read: drafts are the office's, the rest is every active account's,
    but for the inner matters of a milestone."""
    if isinstance(viewer, Actor) and viewer.person is None:
        return queryset if viewer.is_system else _visible_to_client(queryset, viewer)
    person = viewer.person if isinstance(viewer, Actor) else viewer
    if person is None or not person.is_active:
        return queryset.none()
    if issubclass(queryset.model, PERSONAL):
        return queryset.filter(person=person)
    return queryset if Role.OFFICE in person.roles else _visible_to_others(queryset, viewer, person)


def _visible_to_others(queryset: Q_, viewer: Actor | Person | None, person: Person) -> Q_:
    if issubclass(queryset.model, (*OFFICE_ONLY, *PRIVATE)):
        return queryset.filter(person=person) if issubclass(queryset.model, PRIVATE) else queryset.none()
    queryset = _without_drafts(queryset)
    if not issubclass(queryset.model, (ChangeEntry, *INNER_MATTERS)):
        return queryset
    selves = list(viewer.selves()) if isinstance(viewer, Actor) else [person]
    if any(Role.LEADER in one.roles for one in selves):
        return queryset
    if issubclass(queryset.model, ChangeEntry):
        return queryset.exclude(entity__in=[model._meta.model_name for model in (*INNER_MATTERS, *PRIVATE)])
    return queryset.filter(_inner(selves))


def reachable(queryset: Q_, reach: Reach) -> Q_:
    """The rows inside an API client's reach; what hangs on no plan (organisations, people) is in everybody's."""
    plan = PLAN_OF.get(queryset.model)
    if reach.plans is not None and plan is not None:
        queryset = queryset.filter(**{f"{plan}pk__in": reach.plans})
    if reach.organisations is not None:
        for path in MILESTONES_OF.get(queryset.model, ()):
            takes_part = Party.objects.filter(milestone=OuterRef(f"{path}pk"), organisation__in=reach.organisations)
            queryset = queryset.filter(Q(**{f"{path}lead__in": reach.organisations}) | Exists(takes_part))
    return queryset


def would_reach(actor: Actor, plan: Plan, organisations: Iterable[Any]) -> bool:
    """Whether the actor's reach would hold a milestone of this plan that these (ids) lead or take part in."""
    reach = actor.reach
    if reach.plans is not None and plan.pk not in reach.plans:
        return False
    return reach.organisations is None or not reach.organisations.isdisjoint(organisations)


def sees_drafts(viewer: Actor) -> bool:
    """Whether draft plans are seen: by the office, and by clients that may write."""
    if viewer.person is None:
        return viewer.is_system or "write" in viewer.scopes
    return viewer.person.is_active and is_office(viewer.person)


def may_follow(viewer: Actor) -> bool:
    """Clients and the office; what others read depends on their roles, units and whom they stand in for on a day."""
    return viewer.person is None or sees_drafts(viewer)


def _visible_to_client(queryset: Q_, actor: Actor) -> Q_:
    """Drafts are seen by `write` clients only."""
    if (path := ENDPOINT_OF.get(queryset.model)) is not None:
        own = queryset.filter(**{f"{path}client__name": actor.client})
        return own if "webhooks" in actor.scopes else queryset.none()
    if issubclass(queryset.model, (*OFFICE_ONLY, *PRIVATE, *PERSONAL)):
        return queryset.none()
    rows = reachable(queryset, actor.reach)
    return rows if sees_drafts(actor) else _without_drafts(rows)


def _without_drafts(queryset: Q_) -> Q_:
    if issubclass(queryset.model, ChangeEntry):
        drafts = Plan.objects.filter(state=PlanState.DRAFT)
        return queryset.exclude(plan_id__in=drafts.values("pk"))
    path = PLAN_OF.get(queryset.model)
    if path is None:
        return queryset
    queryset = queryset.exclude(**{f"{path}state": PlanState.DRAFT})
    return queryset.exclude(predecessor__plan__state=PlanState.DRAFT) if queryset.model is Dependency else queryset


def _inner(selves: Sequence[Person]) -> Q:
    """Of rows with a milestone: those whose inner matters these read by organisation or as the accountable one."""
    units = [one.organisation_id for one in selves if one.organisation_id]
    takes_part = Party.objects.filter(milestone=OuterRef("milestone"), organisation__in=units)
    return Q(milestone__accountable__in=selves) | Q(milestone__lead__in=units) | Q(Exists(takes_part))


# --- Accounts ---------------------------------------------------------------------------------------------------------
def may_sign_in(person: Any) -> bool:
    """Active accounts; those of the demonstration, whose addresses everybody knows, not in production."""
    return bool(isinstance(person, Person) and person.is_active and not (person.is_demo and settings.PRODUCTION))


def may_enter_admin(person: Any) -> bool:
    """The Django admin is the office's workbench."""
    return bool(isinstance(person, Person) and person.is_active and Role.OFFICE in person.roles)


def acts_on_many(person: Person) -> bool:
    """Whether lists offer to change many rows at once: to those who answer for more than their own."""
    return bool(person.roles & {Role.OFFICE, Role.COORDINATOR})


def is_office(person: Person) -> bool:
    return Role.OFFICE in person.roles


def office() -> QuerySet[Person]:
    """The active people of the supervision office, each with `office_since`."""
    grants = Person.objects.active().in_role(Role.OFFICE)
    return grants.annotate(office_since=F("grants__granted_at")).order_by("id")


def leaders() -> QuerySet[Person]:
    """The active leaders."""
    return Person.objects.active().in_role(Role.LEADER).prefetch_related("grants").order_by("id")


def office_would_be_empty(person: Person, roles: list[str]) -> bool:
    """Whether `person` is the last active account of the office and would have only `roles` from now on.

    Asked in the transaction of the change: two who let each other go wait here for one another.
    """
    if not person.is_active or Role.OFFICE not in person.roles or Role.OFFICE in roles:
        return False
    list(office().select_for_update(of=("self",), no_key=True))
    return not office().exclude(pk=person.pk).exists()


def led_by_viewer(person: Person) -> Q:
    """Milestones or targets that `person` looks after: accountable for, or coordinated for the own organisation."""
    mine = Q(accountable=person)
    if Role.COORDINATOR in person.roles and person.organisation_id:
        mine |= Q(lead=person.organisation_id)
    return mine


def notices_for(person: Person) -> Q:
    """The notices that `person` signs for and answers: as head or coordinator of the unit, or as the accountable."""
    unit = Q(organisation=person.organisation_id) if person.organisation_id else Q(pk__in=[])
    if Role.COORDINATOR not in person.roles:
        unit &= Q(milestone__accountable=person)
    return Q(organisation__head=person) | unit
