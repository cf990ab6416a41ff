"""How is a change stored? One conditional write and one change entry an object, in the verb's transaction."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, TypeVar

from django.db import IntegrityError, models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from milestones.actors import Actor
from milestones.changes import fitting, guard, labels, refs
from milestones.errors import Conflict, Duplicate
from milestones.models import ChangeEntry, Op, OrganisationWebhook, Person, WebhookEndpoint, search
from milestones.models.base import Versioned, date_of
from milestones.models.prepared import add, insert

M = TypeVar("M", bound=Versioned)

# Not part of what others see of an object: operational columns, and the bookkeeping every object has.
UNRECORDED = {
    "id",
    "version",
    "created_at",
    "updated_at",
    "reminded_since",
    "last_login",
    "secret",
    "previous_secret",
    "failing_since",
    "find",
    "reported_progress",
}
DERIVED = {"health", "health_reason", "behind_since"}  # nobody types these
MASK = "•••"
# A server's words repeat the address; the number of a person elsewhere says who that is.
OF_A_PERSON = ("display_name", "email", "password", "bounce_reply", "external_refs")
MASKED = {*((Person, name) for name in OF_A_PERSON), (OrganisationWebhook, "url"), (WebhookEndpoint, "url")}


@contextmanager
def writing(*, actor: Actor, now: datetime) -> Iterator[None]:
    """The transaction of a verb: all of it is stored, or nothing.

    The refusal of a text with a classification marking is kept after the roll-back, by the outermost of them
    (`guard.attempt`). So whoever does many verbs in one transaction opens it with this too.
    """
    with guard.attempt(), transaction.atomic():
        yield


def create(obj: M, *, actor: Actor, verb: str, now: datetime, reason: str = "", **parts: Any) -> M:
    """Insert `obj` and its entry. `parts` are recorded values of rows that belong to it (roles, parties).

    Raises Classified when a text carries a marking, RuleBroken when a value does not fit its column, Duplicate when a
    unique constraint says that the key is taken.
    """
    obj.created_at = obj.updated_at = now
    fitting.check(type(obj), _columns(obj), reason)
    fitting.check_code(_columns(obj))
    guard.check_row(obj, _columns(obj), parts, reason, actor, now)
    if not insert(obj):
        _insert_aloud(obj)
    add(_entry(obj, Op.CREATE, _created(obj, parts), actor, verb, now, reason))
    return obj


def update(
    obj: M,
    values: Mapping[str, Any],
    *,
    actor: Actor,
    verb: str,
    now: datetime,
    reason: str = "",
    quietly: Mapping[str, Any] | None = None,
    parts: Mapping[str, tuple[Any, Any]] | None = None,
    allowed: Mapping[str, Any] | None = None,
) -> bool:
    """Write `values` where they differ from `obj`, raise its version, write the entry; False when nothing differs.

    One conditional update on id, version and `allowed` (filters such as the permitted states, on the object's own
    columns: PostgreSQL would not look at joined ones again after a wait): when it matches no row somebody was first,
    Conflict tells who and when, and nothing is written. `quietly` are operational columns that go
    along without being recorded; `parts` maps a name to (old, new) of rows that belong to the object.
    Raises Classified when a text that would be new carries a marking, RuleBroken when a value does not fit its column.
    """
    fitting.check(type(obj), values, reason)
    changed = {name: value for name, value in values.items() if _stored(obj, name) != _plain(obj, name, value)}
    fitting.check_code(changed)
    new_parts = {name: new for name, (old, new) in (parts or {}).items() if old != new}
    guard.check_row(obj, {**changed, **(quietly or {})}, new_parts, reason, actor, now)
    diff = _difference(obj, changed)
    diff |= {name: [old, new] for name, (old, new) in (parts or {}).items() if old != new}
    if not diff:
        return False
    assigned = {
        **changed,
        **(quietly or {}),
        **search.follows(obj, changed),
        "version": obj.version + 1,
        "updated_at": now,
    }
    rows = type(obj)._default_manager.filter(pk=obj.pk, version=obj.version, **(allowed or {}))
    try:
        with transaction.atomic():
            found = rows.update(**assigned)
    except IntegrityError as error:
        raise _taken(error) from error
    if not found:
        raise conflict(obj)
    for name, value in assigned.items():
        setattr(obj, name, value)
    add(_entry(obj, Op.UPDATE, _masked(obj, diff), actor, verb, now, reason))
    return True


def delete(obj: Versioned, *, actor: Actor, verb: str, now: datetime, reason: str = "") -> None:
    """Delete the row and the names that other systems have for it; the entry that stays is the tombstone.

    Raises Conflict when somebody was first.
    """
    fitting.check(type(obj), {}, reason)
    guard.check_row(obj, {}, {}, reason, actor, now)
    rows = type(obj)._default_manager.select_for_update().filter(pk=obj.pk, version=obj.version)
    if not rows.order_by().values_list("pk"):
        raise conflict(obj)
    obj.version += 1
    entry = _entry(obj, Op.DELETE, {}, actor, verb, now, reason)
    refs.forget(obj)
    obj.delete()
    add(entry)


def delete_all(objs: Sequence[Versioned], *, actor: Actor, verb: str, now: datetime, reason: str = "") -> None:
    """The same of many of one kind, by as many statements as of one. Nothing of what stays may refer to them."""
    model, ids = type(objs[0]), [obj.pk for obj in objs]
    fitting.check(model, {}, reason)
    guard.check_row(objs[0], {}, {}, reason, actor, now)
    rows = model._default_manager.filter(pk__any_of=ids).order_by()
    standing = dict(rows.select_for_update().values_list("pk", "version"))
    for obj in objs:
        if standing.get(obj.pk) != obj.version:
            raise conflict(obj)
        obj.version += 1
    entries = [_entry(obj, Op.DELETE, {}, actor, verb, now, reason) for obj in objs]
    refs.forget(*objs)
    rows.delete()
    ChangeEntry.objects.bulk_create(entries)


def expect(obj: Versioned, version: int | None) -> None:
    """Raise Conflict unless the reader's `version` is the present one; None expects nothing.

    What only followed from other rows or from the day is no reason to send back what somebody typed.
    """
    if version is None or version == obj.version:
        return
    found = conflict(obj, since=version)
    if matters(found):
        raise found


def matters(found: Conflict) -> bool:
    """Whether anything changed that somebody typed."""
    return not found.fields or bool(set(found.fields) - DERIVED)


def conflict(obj: Versioned, since: int | None = None) -> Conflict:
    """Who changed `obj` last, when, and which columns changed after version `since` (default: the version at hand)."""
    return told(ChangeEntry.objects.of(obj).filter(version__gt=obj.version if since is None else since), obj.version)


def told(later: Iterable[ChangeEntry], version: int) -> Conflict:
    """The conflict of which an object's `later` entries tell, oldest first; without any, that it is at `version`."""
    entries = list(later)
    if not entries:
        return Conflict(version=version)
    last = entries[-1]
    fields = sorted({name for entry in entries for name in entry.changes})
    message = _("%(who)s changed this at %(when)s; nothing was saved. Look at the present values and try again.")
    shown = {"who": labels.who(last.actor_label), "when": f"{timezone.localtime(last.at):%Y-%m-%d %H:%M}"}
    return Conflict(
        message % shown,
        version=last.version,
        who=last.actor_label,
        when=last.at,
        fields=fields,
    )


def recorded_fields(model: type[models.Model]) -> list[str]:
    """The columns whose values are recorded, by attribute name (`plan_id`)."""
    return [f.attname for f in model._meta.concrete_fields if f.attname not in UNRECORDED]


def _columns(obj: Versioned) -> dict[str, Any]:
    return {field.attname: getattr(obj, field.attname) for field in obj._meta.concrete_fields}


def _created(obj: Versioned, parts: Mapping[str, Any]) -> dict[str, list[Any]]:
    values = {name: _stored(obj, name) for name in recorded_fields(type(obj))} | dict(parts)
    return _masked(
        obj,
        {name: [None, value] for name, value in values.items() if value not in (None, "", [])},
    )


def _masked(obj: Versioned, diff: dict[str, list[Any]]) -> dict[str, list[Any]]:
    hidden = {name for model, name in MASKED if isinstance(obj, model)}
    return {name: [v and MASK for v in pair] if name in hidden else pair for name, pair in diff.items()}


def _difference(obj: Versioned, changed: Mapping[str, Any]) -> dict[str, list[Any]]:
    """Column → [old, new]. Of a date both columns: an entry tells by itself how exact the day was and is."""
    diff = {_column(obj, name): [_stored(obj, name), _plain(obj, name, value)] for name, value in changed.items()}
    moved = {date_of(type(obj), column) for column in diff} - {""}
    halves = {half: _stored(obj, half) for name in moved for half in (f"{name}_on", f"{name}_precision")}
    return {half: [value, value] for half, value in halves.items()} | diff


def _column(obj: Versioned, name: str) -> str:
    return str(obj._meta.get_field(name).attname)  # type: ignore[union-attr]


def _stored(obj: Versioned, name: str) -> Any:
    return _plain(obj, name, getattr(obj, _column(obj, name)))


def _plain(obj: Versioned, name: str, value: Any) -> Any:
    field: Any = obj._meta.get_field(name)
    return plain(value.pk if isinstance(value, models.Model) else field.to_python(value))


def plain(value: Any) -> Any:
    """A column's value as JSON holds it: ids, dates and instants (in UTC) as text, decimals without trailing zeros."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    return str(value) if isinstance(value, uuid.UUID) else value


def _entry(
    obj: Versioned,
    op: str,
    changes: dict[str, Any],
    actor: Actor,
    verb: str,
    now: datetime,
    reason: str,
) -> ChangeEntry:
    return ChangeEntry(
        entity=str(obj._meta.model_name),
        object_id=obj.pk,
        op=op,
        version=obj.version,
        verb=verb,
        changes=changes,
        reason=reason,
        actor_id=actor.person.pk if actor.person else None,
        actor_label=actor.label,
        client=actor.client,
        via=actor.via,
        plan_id=obj.pk if obj._meta.model_name == "plan" else getattr(obj, "plan_id", None) or _plan_of(obj),
        at=now,
    )


def _plan_of(obj: Versioned) -> Any:
    for owner in ("milestone", "target", "successor"):
        if hasattr(obj, f"{owner}_id"):
            return getattr(obj, owner).plan_id
    return None


def _insert_aloud(obj: Versioned) -> None:
    """Whose key is taken: which one it is, the database says when it is asked in words that fail."""
    try:
        with transaction.atomic():
            obj.save(force_insert=True)
    except IntegrityError as error:
        raise _taken(error) from error


def _taken(error: IntegrityError) -> Exception:
    """The domain's word for a violated unique constraint; any other violation is a fault of ours and goes on."""
    text = str(error)
    if "unique" not in text.lower() and "duplicate" not in text.lower():
        return error
    field = "email" if "person_email" in text else "code" if "code" in text else None
    return Duplicate(_("This is already taken; choose another."), field=field)
