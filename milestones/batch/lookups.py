"""Which rows of ours do the codes and addresses in a batch mean? One query a kind, however many rows."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.db.models.functions import Lower
from django.utils.translation import gettext as _

from milestones import access
from milestones.actors import Actor
from milestones.errors import RuleBroken
from milestones.models import Milestone, Organisation, Person, Plan, Workstream, normal_email
from milestones.models.prepared import Prepared, Texts, together
from milestones.planning import codes as planning_codes
from milestones.planning.operations import PartyInput

from .rows import PartyRow, Row

Place = tuple[uuid.UUID, str]  # a code inside a plan, by the plan's id
_STREAMS = Prepared(
    lambda: Workstream.objects.filter(plan__code__any_text=Texts("plans"), code__any_text=Texts("codes")).order_by()
)
_PEOPLE = Prepared(
    lambda: Person.objects.alias(_email=Lower("email")).filter(_email__any_text=Texts("emails")).order_by()
)
_UNITS = Prepared(lambda: Organisation.objects.filter(code__any_text=Texts("codes")).order_by())


@dataclass(frozen=True)
class Wish:
    """What one row needs to know: the plan in which its codes are meant, what it names."""

    plan: Plan
    names: Mapping[str, Any]
    parties: Sequence[PartyRow] = ()


@dataclass(frozen=True)
class Lookups:
    streams: Mapping[Place, Workstream]
    people: Mapping[str, Person]
    units: Mapping[str, Organisation]
    parents: Mapping[Place, Milestone]

    def stream(self, plan: Plan, code: str) -> Workstream:
        return known(self.streams.get((plan.pk, code)), code, "workstream")

    def person(self, email: str | None, field: str) -> Person | None:
        return None if email is None else known(self.people.get(_address(email)), email, field)

    def unit(self, code: str | None, field: str) -> Organisation | None:
        return None if code is None else known(self.units.get(code), code, field)

    def parent(self, plan: Plan, path: str | None) -> Milestone | None:
        return None if path is None else known(self.parents.get(place(plan, path)), path, "parent")

    def party(self, row: PartyRow, place: int) -> PartyInput:
        unit = self.unit(row.organisation, f"parties.{place}.organisation")
        assert unit is not None
        return PartyInput(row.role, unit, self.person(row.person, f"parties.{place}.person"))


def look_up(wishes: Sequence[Wish], actor: Actor) -> Lookups:
    """All that is named by any of them."""
    plans = {wish.plan.pk: wish.plan for wish in wishes}
    parties = [party for wish in wishes for party in wish.parties]
    emails = _texts(wish.names.get("accountable") for wish in wishes) | _texts(party.person for party in parties)
    units = _texts(wish.names.get("lead") for wish in wishes) | {party.organisation for party in parties}
    streams = _texts(wish.names.get("workstream") for wish in wishes)
    places = {place(wish.plan, path) for wish in wishes if (path := wish.names.get("parent"))}
    codes = [plan.code for plan in plans.values()]
    asked: dict[Prepared, dict[str, Any]] = {
        _STREAMS: {"plans": codes, "codes": streams},
        _PEOPLE: {"emails": {_address(email) for email in emails}},
        _UNITS: {"codes": units},
    }
    wanted = [(one, values) for one, values in asked.items() if all(values.values())]
    found = dict(zip((one for one, _values in wanted), together(*wanted), strict=True))
    return Lookups(
        _by_place(found.get(_STREAMS, []), plans),
        {row.email.lower(): row for row in found.get(_PEOPLE, [])},
        {row.code: row for row in found.get(_UNITS, [])},
        _parents(plans, places, actor),
    )


def people_of(rows: Sequence[Row]) -> QuerySet[Person]:
    """Whoever is named by any of these."""
    parties = [party for row in rows for party in row.parties or ()]
    return _with_address(_texts([*(row.accountable for row in rows), *(party.person for party in parties)]))


def units_of(rows: Sequence[Row]) -> QuerySet[Organisation]:
    parties = [party.organisation for row in rows for party in row.parties or ()]
    return Organisation.objects.filter(code__in=_texts([*(row.lead for row in rows), *parties]))


def free_codes(streams: Iterable[Workstream], beside: Iterable[Place]) -> list[str]:
    """A code for each of these, in their order, that neither their plans nor `beside` have."""
    wanted, taken = list(streams), set(beside)
    plans = {stream.plan_id for stream in wanted}
    taken |= set(Milestone.objects.filter(plan__in=plans).values_list("plan_id", "code")) if plans else set()
    found: dict[uuid.UUID, list[str]] = {}
    given = []
    for stream in wanted:
        own = found.setdefault(stream.pk, [code for plan, code in taken if plan == stream.plan_id])
        code = planning_codes.next_code(stream.code, own)
        own[:] = [code]  # the highest so far
        given.append(code)
    return given


def _by_place(streams: Iterable[Workstream], plans: Mapping[Any, Plan]) -> dict[Place, Workstream]:
    found = {(row.plan_id, row.code): row for row in streams}
    for row in found.values():
        row.plan = plans[row.plan_id]
    return found


def _with_address(emails: set[str]) -> QuerySet[Person]:
    return Person.objects.alias(_email=Lower("email")).filter(_email__in={_address(email) for email in emails})


def _parents(plans: Mapping[Any, Plan], places: set[Place], actor: Actor) -> dict[Place, Milestone]:
    if not places:
        return {}
    rows = Milestone.objects.filter(plan__in=list(plans), code__in={code for _plan, code in places})
    found = access.visible(rows, actor).only("plan_id", "code", "parent_id")
    return {(row.plan_id, row.code): row for row in found}


def place(plan: Plan, path: str) -> Place:
    """A code alone, or plan/code of the same plan; another plan's code leads nowhere."""
    of, slash, code = path.rpartition("/")
    return (plan.pk, code if slash and of == plan.code else path)


def _address(email: str) -> str:
    return normal_email(email).lower()


def _texts(values: Iterable[Any]) -> set[str]:
    return {value for value in values if isinstance(value, str)}


def known(found: Any, name: str, field: str) -> Any:
    if found is None:
        words = _("“%(name)s” is not known here; create it first, or correct it.")
        raise RuleBroken(words % {"name": name}, field=field, code="reference")
    return found
