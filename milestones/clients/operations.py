"""How does another system come to have access, change, get new tokens and lose them?

A token is shown once, by the verb that makes it; only its digest is stored. Each verb leaves one entry on the client:
its tokens are told there as the part `tokens`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _

from milestones import access
from milestones.actors import Actor
from milestones.changes import present, record
from milestones.errors import Duplicate, StateConflict, check_known
from milestones.models import ApiClient, ApiToken
from milestones.planning.staying import hold_active

from . import rules, tokens

EDITABLE = (
    "name",
    "description",
    "owner",
    "scopes",
    "plans",
    "organisations",
    "networks",
    "rate",
    "expected_every",
)
OVERLAP = timedelta(days=7)  # how long the tokens before it still work beside a new one


@dataclass(frozen=True)
class Issued:
    """`token` is nowhere else: whoever asked for it must show it now."""

    client: ApiClient
    token: str = field(repr=False)


def create(values: Mapping[str, Any], *, expires_at: datetime | None = None, actor: Actor, now: datetime) -> Issued:
    """A new client with its first token. `plans` and `organisations` are rows, None for no limit.

    Raises Duplicate (name), RuleBroken, Forbidden.
    """
    access.require(actor, "client.create")
    check_known(values, EDITABLE)
    client = ApiClient(**rules.cleaned(ApiClient(), {"name": "", "scopes": (), **values}))
    rules.check_expiry(expires_at, now)
    token, row = _new(client, expires_at, now)
    with record.writing(actor=actor, now=now):
        hold_active(owner=client.owner)
        try:
            record.create(client, actor=actor, verb="client.create", now=now, tokens=[present.token(row)])
        except Duplicate:
            raise rules.taken(client.name) from None
        row.save(force_insert=True)
    return Issued(client, token)


def edit(
    client: ApiClient, values: Mapping[str, Any], *, actor: Actor, now: datetime, version: int | None = None
) -> bool:
    """Counts from its next request on; a changed reach ends the cursors it has. History keeps its old name."""
    record.expect(client, version)
    check_known(values, EDITABLE)
    access.require(actor, "client.edit", client)
    values = rules.cleaned(client, values)
    with record.writing(actor=actor, now=now):
        if values.get("owner") != client.owner:
            hold_active(owner=values.get("owner"))
        try:
            return record.update(client, values, actor=actor, verb="client.edit", now=now)
        except Duplicate:
            raise rules.taken(values["name"]) from None


def add_token(
    client: ApiClient,
    *,
    expires_at: datetime | None = None,
    actor: Actor,
    now: datetime,
    version: int | None = None,
) -> Issued:
    """One more token; those that it has go on."""
    return _issue(client, "client.add_token", expires_at, None, actor, now, version)


def rotate(
    client: ApiClient,
    *,
    overlap: timedelta = OVERLAP,
    expires_at: datetime | None = None,
    actor: Actor,
    now: datetime,
    version: int | None = None,
) -> Issued:
    """A new token; all before it work for `overlap` more, at most, and not at all when that is zero."""
    return _issue(client, "client.rotate", expires_at, now + max(overlap, timedelta()), actor, now, version)


def revoke_token(token: ApiToken, *, actor: Actor, now: datetime, version: int | None = None) -> bool:
    """From now on it opens nothing, for ever; False when it did not already. `version` is the client's."""
    client = token.client
    record.expect(client, version)
    access.require(actor, "client.revoke_token", client)
    told = [present.token(row) for row in client.tokens.all()]
    token = client.tokens.get(pk=token.pk)
    if token.revoked_at is not None:
        return False
    before = present.token(token)
    token.revoked_at = now
    parts = {"tokens": (told, [present.token(token) if row == before else row for row in told])}
    with record.writing(actor=actor, now=now):
        record.update(client, {}, actor=actor, verb="client.revoke_token", now=now, parts=parts)
        token.save(update_fields=["revoked_at"])
    return True


def deactivate(client: ApiClient, *, actor: Actor, now: datetime, version: int | None = None) -> bool:
    """None of its tokens opens anything until it is active again; False when it was switched off already."""
    return _switch(client, False, "client.deactivate", actor, now, version)


def reactivate(client: ApiClient, *, actor: Actor, now: datetime, version: int | None = None) -> bool:
    return _switch(client, True, "client.reactivate", actor, now, version)


def _issue(
    client: ApiClient,
    verb: str,
    expires_at: datetime | None,
    others_until: datetime | None,
    actor: Actor,
    now: datetime,
    version: int | None,
) -> Issued:
    record.expect(client, version)
    access.require(actor, verb, client)
    rules.check_expiry(expires_at, now)
    if not client.is_active:
        raise StateConflict(_("This client is switched off; switch it on first."), code="inactive")
    rows = list(client.tokens.all())
    told = [present.token(row) for row in rows]
    ending = [] if others_until is None else _end(rows, others_until, now)
    token, row = _new(client, expires_at, now)
    parts = {"tokens": (told, [present.token(one) for one in (*rows, row)])}
    with record.writing(actor=actor, now=now):
        record.update(client, {}, actor=actor, verb=verb, now=now, parts=parts)
        ApiToken.objects.bulk_update(ending, ["expires_at", "revoked_at"])
        row.save(force_insert=True)
    return Issued(client, token)


def _end(rows: list[ApiToken], until: datetime, now: datetime) -> list[ApiToken]:
    """Those that would work beyond `until`, ending then; at once is a revocation."""
    ending = [row for row in rows if row.revoked_at is None and (row.expires_at is None or row.expires_at > until)]
    for row in ending:
        if until <= now:
            row.revoked_at = now
        else:
            row.expires_at = until
    return ending


def _new(client: ApiClient, expires_at: datetime | None, now: datetime) -> tuple[str, ApiToken]:
    text = tokens.make()
    row = ApiToken(client=client, prefix=tokens.prefix(text), digest=tokens.digest(text))
    row.created_at, row.expires_at = now, expires_at
    return text, row


def _switch(client: ApiClient, on: bool, verb: str, actor: Actor, now: datetime, version: int | None) -> bool:
    record.expect(client, version)
    access.require(actor, verb, client)
    if client.is_active is on:
        return False
    with record.writing(actor=actor, now=now):
        allowed = {"is_active": not on}
        return record.update(client, {"is_active": on}, actor=actor, verb=verb, now=now, allowed=allowed)
