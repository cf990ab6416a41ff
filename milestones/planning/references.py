"""How do the names come and go under which other systems know an object? With its verb, and in its entry."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import IntegrityError, models, transaction
from django.utils.translation import gettext_lazy as _

from milestones import access
from milestones.actors import Actor
from milestones.changes import fitting, refs
from milestones.changes.refs import Recorded
from milestones.errors import Duplicate, RuleBroken
from milestones.models import ExternalRef

Given = Sequence[tuple[str, str]]  # (system, external id)
MOST = 100
FIELD = "external_refs"


def moved(obj: models.Model, given: Given | None, actor: Actor) -> tuple[Recorded, Recorded]:
    """(before, after) as history records them; both empty when they are not spoken of (None).

    Raises RuleBroken (empty, too long, twice) and Duplicate (another object has it), at the place in the list.
    """
    if given is None:
        return [], []
    before = [] if obj._state.adding else refs.of_one(obj)
    for place, ref in enumerate(given):
        _check(ref, place, given)
    after = sorted([system, external] for system, external in given)
    for place, (system, external) in enumerate(given):
        if [system, external] not in before and (found := _other(obj, system, external)) is not None:
            raise _taken(found, actor, place)
    return before, after


def write(obj: models.Model, before: Recorded, after: Recorded, actor: Actor) -> None:
    """In the verb's transaction, after its entry. Raises Duplicate when somebody else just took one of them."""
    if before == after:
        return
    mine = ExternalRef.objects.filter(entity=_entity(obj), object_id=obj.pk)
    for system, external in before:
        if [system, external] not in after:
            mine.filter(system=system, external_id=external).delete()
    new = [ref for ref in after if ref not in before]
    rows = [ExternalRef(system=s, external_id=e, entity=_entity(obj), object_id=obj.pk) for s, e in new]
    try:
        with transaction.atomic():
            ExternalRef.objects.bulk_create(rows)
    except IntegrityError as error:
        other = next((one for system, external in new if (one := _other(obj, system, external))), None)
        raise _taken(other, actor) from error


def check_one(system: str, external: str, field: str = FIELD) -> None:
    """RuleBroken unless this can be a name at all."""
    for value in (system, external):
        if not value:
            raise RuleBroken(_("This is needed."), field=field, code="missing")
    if "/" in system:
        raise RuleBroken(_("A system's name has no slash."), field=field, code="character")
    try:
        fitting.check(ExternalRef, {"system": system, "external_id": external})
    except RuleBroken as error:
        raise RuleBroken(error.message, field=field, code=error.code) from None


def _check(ref: tuple[str, str], place: int, given: Given) -> None:
    if place >= MOST:
        words = _("At most %(most)s external references belong to one object.")
        raise RuleBroken(words % {"most": MOST}, field=FIELD, code="too_many")
    check_one(*ref, field=f"{FIELD}.{place}")
    if given.index(ref) < place:
        message = _("One reference stands here twice; remove one of them.")
        raise RuleBroken(message, field=f"{FIELD}.{place}", code="twice")


def _other(obj: models.Model, system: str, external: str) -> ExternalRef | None:
    rows = ExternalRef.objects.filter(system=system, entity=_entity(obj), external_id=external)
    return rows.exclude(object_id=obj.pk).first()


def _taken(found: ExternalRef | None, actor: Actor, place: int | None = None) -> Duplicate:
    """Which object has it is told to whoever sees that object."""
    field = FIELD if place is None else f"{FIELD}.{place}"
    holder = None if found is None else _seen(found, actor)
    if found is None or holder is None:
        return Duplicate(_("Another object has this external reference; choose another."), field=field)
    said: dict[str, Any] = {"ref": found, "kind": holder._meta.verbose_name, "holder": holder, "id": holder.pk}
    words = _("%(kind)s %(holder)s (%(id)s) has the external reference %(ref)s; take it away there first.")
    return Duplicate(words % said, field=field)


def _seen(found: ExternalRef, actor: Actor) -> Any:
    model = next(model for model in refs.REFERRED if model._meta.model_name == found.entity)
    return access.visible(model._default_manager.filter(pk=found.object_id), actor).first()


def _entity(obj: models.Model) -> str:
    return str(obj._meta.model_name)
