"""What opens this reader's account, where is it open, and what happened at its door?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession

from milestones.models import Happening, Person, SignIn
from milestones.people import sign_ins
from milestones.people.sign_in import FACTORS, Owed, owed
from milestones.people.sign_in_words import device, methods

SHOWN = 10
BAD = {Happening.FAILED, Happening.CODE_FAILED, Happening.LOCKED_OUT, Happening.REFUSED}


@dataclass(frozen=True)
class Passkey:
    pk: int
    name: str
    added_at: datetime
    used_at: datetime | None


@dataclass(frozen=True)
class Open:
    """A browser in which the account is open."""

    pk: int
    device: str
    address: str
    since: datetime
    seen_at: datetime
    is_this: bool


@dataclass(frozen=True)
class Line:
    at: datetime
    what: str
    method: str
    device: str
    address: str
    is_bad: bool


@dataclass(frozen=True)
class Security:
    """`app_since` is None without an app, `codes_left` without recovery codes; `must` when a role demands a factor."""

    has_password: bool
    app_since: datetime | None
    passkeys: list[Passkey]
    codes_left: int | None
    must: bool
    sessions: list[Open]
    lines: list[Line]

    @property
    def has_factor(self) -> bool:
        return self.app_since is not None or bool(self.passkeys)

    @property
    def others(self) -> int:
        return sum(not one.is_this for one in self.sessions)


def security(person: Person, session_key: str | None) -> Security:
    held = list(Authenticator.objects.filter(user=person).order_by("pk"))
    codes = next((one for one in held if one.type == Authenticator.Type.RECOVERY_CODES), None)
    return Security(
        has_password=person.has_usable_password(),
        app_since=next((one.created_at for one in held if one.type == Authenticator.Type.TOTP), None),
        passkeys=[_passkey(one) for one in held if one.type == Authenticator.Type.WEBAUTHN],
        codes_left=len(codes.wrap().get_unused_codes()) if codes else None,
        must=owed(person) is Owed.SECOND_FACTOR,
        sessions=_sessions(person, session_key),
        lines=[_line(row) for row in sign_ins.lately(person, SHOWN)],
    )


def _passkey(one: Any) -> Passkey:
    return Passkey(one.pk, one.wrap().name, one.created_at, one.last_used_at)


def _sessions(person: Person, session_key: str | None) -> list[Open]:
    """This browser's first, then what was used last."""
    rows = UserSession.objects.purge_and_list(person)
    found = [
        Open(row.pk, device(row.user_agent), row.ip, row.created_at, row.last_seen_at, row.session_key == session_key)
        for row in rows
    ]
    return sorted(found, key=lambda one: (one.is_this, one.seen_at), reverse=True)


def _line(row: SignIn) -> Line:
    what, bad = row.get_happening_display(), row.happening in BAD
    return Line(row.at, what, methods(row.method), device(row.agent) if row.agent else "", row.address, bad)


@dataclass(frozen=True)
class Summary:
    """For the page of one's settings; `failed` counts what went wrong since the sign-in `before` this one."""

    has_factor: bool
    sessions: int
    before: SignIn | None
    failed: int


def summary(person: Person) -> Summary:
    came_in = SignIn.objects.filter(person=person, happening=Happening.SUCCEEDED)
    before = next(iter(came_in[1:2]), None)
    missed = SignIn.objects.filter(person=person, happening__in=BAD)
    return Summary(
        has_factor=Authenticator.objects.filter(user=person, type__in=FACTORS).exists(),
        sessions=UserSession.objects.filter(user=person).count(),
        before=before,
        failed=missed.filter(id__gt=before.pk).count() if before else missed.count(),
    )
