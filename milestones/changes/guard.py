"""What happens to a text with a classification marking? It is refused, and one row says who brought it where, and when.

The row must outlive the roll-back of what was attempted: it waits until the outermost `attempt` is over.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from typing import Any, NoReturn

import structlog
from django.core.exceptions import FieldDoesNotExist
from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from milestones import marking
from milestones.actors import Actor
from milestones.changes import parts as names_of_parts
from milestones.marking import Classified, Marking
from milestones.models import GuardRefusal

log = structlog.get_logger(__name__)

UNREAD = {"password"}  # a hash, made by us
_waiting: ContextVar[list[GuardRefusal] | None] = ContextVar("refusals that wait for the roll-back", default=None)


@contextmanager
def attempt() -> Iterator[None]:
    """Around a whole attempt, outside its transaction: what is refused inside is kept when all of it is rolled back.

    `record.writing` is one; attempts inside another do nothing. Where a foreign transaction lies around the outermost
    one and is rolled back as well, the rows go with it; the log line stays.
    """
    if _waiting.get() is not None:
        yield
        return
    rows: list[GuardRefusal] = []
    token = _waiting.set(rows)
    try:
        yield
    finally:
        _waiting.reset(token)
        _keep(rows)


def check(
    texts: Mapping[str, Any],
    *,
    actor: Actor,
    now: datetime,
    entity: str = "",
    object_id: uuid.UUID | None = None,
    label: Callable[[str], Any] | None = None,
) -> None:
    """Raise Classified, and keep the refusal, for the first text with a marking; see `marking.check`."""
    try:
        marking.check(texts, label)
    except Classified as error:
        note(error, actor=actor, now=now, entity=entity, object_id=object_id)
        raise


def refuse(
    found: Marking,
    *,
    field: str,
    sha256: str,
    actor: Actor,
    now: datetime,
    entity: str,
    object_id: uuid.UUID | None = None,
    label: Any = None,
) -> NoReturn:
    """The same for a marking found elsewhere, as in a file: `sha256` is the file's, `field` the form's."""
    error = Classified(field, found, sha256, label)
    note(error, actor=actor, now=now, entity=entity, object_id=object_id)
    raise error


def check_row(
    obj: models.Model, columns: Mapping[str, Any], parts: Mapping[str, Any], reason: str, actor: Actor, now: datetime
) -> None:
    """What a verb is about to write of one object, and why: `record` asks this before each of its writes."""
    written = {name: value for name, value in columns.items() if name not in UNREAD} | dict(parts)
    where: Any = {
        "entity": str(obj._meta.model_name),
        "object_id": None if obj._state.adding else obj.pk,
        "label": lambda place: _label(type(obj), place),
    }
    check(written, actor=actor, now=now, **where)
    check({"reason": reason}, actor=actor, now=now, **where)


def _label(model: type[models.Model], place: str) -> Any:
    name = place.partition("[")[0].partition(".")[0]
    try:
        field: Any = model._meta.get_field(name)
    except FieldDoesNotExist:
        return _("reason") if name == "reason" else names_of_parts.LABELS.get(name, name)
    return field.verbose_name


def note(
    error: Classified, *, actor: Actor, now: datetime, entity: str = "", object_id: uuid.UUID | None = None
) -> None:
    """Keep a refusal that something pure has already spoken; `check` and `refuse` do this by themselves."""
    row = GuardRefusal(
        at=now,
        actor_id=actor.person.pk if actor.person else None,
        actor_label=actor.label,
        client=actor.client,
        via=actor.via,
        entity=entity,
        object_id=object_id,
        field=error.place[:80],
        rule=error.marking.rule.value,
        sha256=error.sha256,
    )
    waiting = _waiting.get()
    if waiting is None:
        _keep([row])
    elif not any(_same(row, other) for other in waiting):
        waiting.append(row)


def _same(row: GuardRefusal, other: GuardRefusal) -> bool:
    """One text for many objects, as a reason given in bulk, is one refusal: that of the first."""
    return (row.entity, row.field, row.sha256) == (other.entity, other.field, other.sha256)


def _keep(rows: list[GuardRefusal]) -> None:
    for row in rows:
        said = {name: getattr(row, name) for name in ("entity", "field", "rule", "sha256", "actor_label")}
        log.warning("classified_text_refused", way_in=str(row.via), **said)
    if rows and not transaction.get_connection().needs_rollback:
        GuardRefusal.objects.bulk_create(rows)
