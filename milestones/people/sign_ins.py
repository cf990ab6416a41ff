"""Who came to the door, from where, and what happened there?"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from milestones.mail.security import security
from milestones.models import Happening, OutgoingMail, Person, SignIn

# One row a lock-out, not one a try: whoever goes on trying would fill the table.
SAME_LOCK_OUT = timedelta(minutes=5)
CODE = "recovery_code"  # in a method

# After these somebody else may be able to open the account, or its person no longer: they are told by mail.
TOLD = {
    Happening.PASSWORD_CHANGED,
    Happening.PASSWORD_SET,
    Happening.PASSWORD_GIVEN,
    Happening.FACTOR_ADDED,
    Happening.FACTOR_REMOVED,
    Happening.CODES_MADE,
    Happening.LINKED,
}


def note(
    happening: Happening,
    *,
    now: datetime,
    person: Person | None = None,
    typed: str = "",
    method: str = "",
    done_by: Person | None = None,
    address: str = "",
    agent: str = "",
) -> None:
    """Write it down, and tell its person by mail what changes how the account is opened. What was `typed` is kept only
    where it named nobody, and masked."""
    if happening == Happening.LOCKED_OUT and _is_known(person, address, now):
        return
    row = SignIn(
        at=now,
        person=person,
        typed="" if person else masked(typed),
        happening=happening,
        method=method[:60],
        done_by=done_by,
        address=address[:45],
        agent=agent.replace("\0", "")[:200],
    )
    mail = _mail(row, person)
    with transaction.atomic():
        row.save(force_insert=True)
        if mail is not None:
            mail.save(force_insert=True)


def _mail(row: SignIn, person: Person | None) -> OutgoingMail | None:
    what = "code_used" if row.happening == Happening.SUCCEEDED and CODE in row.method.split("+") else row.happening
    if person is None or (what not in TOLD and what != "code_used"):
        return None
    where = {"address": row.address, "agent": row.agent}
    return security(person, what, method=row.method, by=row.done_by, **where, now=row.at)


def masked(typed: str) -> str:
    """The first character: enough to see which of several mistyped names it was, too little to be a password."""
    return f"{typed[0]}•••" if typed and typed[0].isprintable() else ""


def lately(person: Person, count: int) -> list[SignIn]:
    """The newest things first."""
    return list(SignIn.objects.filter(person=person)[:count])


def locked_out_since(since: datetime) -> int:
    return SignIn.objects.filter(happening=Happening.LOCKED_OUT, at__gte=since).count()


def _is_known(person: Person | None, address: str, now: datetime) -> bool:
    whose = Q(person=person) if person else Q(person__isnull=True, address=address)
    return SignIn.objects.filter(whose, happening=Happening.LOCKED_OUT, at__gt=now - SAME_LOCK_OUT).exists()
