"""Which object that the asker sees does a code or an address in a request mean?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from milestones import access
from milestones.actors import Actor
from milestones.errors import RuleBroken
from milestones.models import Milestone, Organisation, Person, Plan, Target, Workstream
from milestones.models.prepared import Prepared, Slot

_PLAN = Prepared(lambda: Plan.objects.filter(code=Slot("code")).order_by())


def plan(code: str, actor: Actor, field: str = "plan") -> Plan:
    found = _PLAN.first(code=code) if _is_text(code) else None
    return _known(found and _seen(found, actor), code, field)


def stays(given: Mapping[str, Any], of: Plan) -> None:
    """RuleBroken when the body names another plan than that in which the object is."""
    if given.get("plan", of.code) != of.code:
        raise RuleBroken(_("It stays in its plan; leave this out, or name that plan."), field="plan", code="other_plan")


def workstream(code: str, of: Plan, field: str = "workstream") -> Workstream:
    return _one(Workstream.objects.filter(plan=of, code=code).select_related("plan"), code, field)


def organisation(code: str | None, field: str) -> Organisation | None:
    return None if code is None else _one(Organisation.objects.filter(code=code), code, field)


def person(email: str | None, field: str) -> Person | None:
    if email is None:
        return None
    return _one(Person.objects.by_email(email), email, field)


def milestone(path: str | None, actor: Actor, field: str = "milestone", within: Plan | None = None) -> Any:
    """`plan/code`, or a code alone inside the plan of the object."""
    return None if path is None else _in_plan(Milestone, path, actor, field, within)


def target(path: str, actor: Actor, field: str = "target") -> Target:
    found: Target = _in_plan(Target, path, actor, field, None)
    return found


def _in_plan(model: Any, path: str, actor: Actor, field: str, within: Plan | None) -> Any:
    of, slash, code = path.rpartition("/")
    if not slash and within is None:
        words = _("“%(path)s” names no plan; write it as plan/code.")
        raise RuleBroken(words % {"path": path}, field=field, code="reference")
    where = {"plan__code": of} if slash else {"plan": within}
    rows = model.objects.filter(code=code, **where).select_related("plan")
    return _one(access.visible(rows, actor), path, field)


def _one(rows: QuerySet[Any], name: str, field: str) -> Any:
    return _known(rows.first() if _is_text(name) else None, name, field)


def _seen(found: Any, actor: Actor) -> Any:
    """None for what the asker does not see; the database is asked where rights limit that."""
    rows = type(found)._default_manager.filter(pk=found.pk)
    shown = access.visible(rows, actor)
    return found if shown is rows or shown.exists() else None


def _known(found: Any, name: str, field: str) -> Any:
    if found is None:
        words = _("“%(name)s” is not known here; create it first, or correct it.")
        raise RuleBroken(words % {"name": name}, field=field, code="reference")
    return found


def _is_text(name: str) -> bool:
    """PostgreSQL knows no NUL in a text."""
    return "\x00" not in name
