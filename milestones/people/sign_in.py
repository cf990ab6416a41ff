"""Who is let in, who stays in, and what must they do before anything else?"""

from __future__ import annotations

from enum import Enum, auto
from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from allauth.mfa.models import Authenticator
from django.db.models import Exists, OuterRef, QuerySet, UUIDField

from milestones import access
from milestones.models import FirstPassword, Person, RoleGrant, SecondFactorDemand
from milestones.models.prepared import Prepared, Slot, together

# What counts as a second factor; recovery codes only help out.
FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)


class Owed(Enum):
    OWN_PASSWORD = auto()
    SECOND_FACTOR = auto()


def owed(person: Any) -> Owed | None:
    """What a person of `with_debts` must do first; None for everybody else."""
    if getattr(person, "has_first_password", False):
        return Owed.OWN_PASSWORD
    if getattr(person, "lacks_second_factor", False):
        return Owed.SECOND_FACTOR
    return None


def with_debts(people: QuerySet[Person]) -> QuerySet[Person]:
    """The same query tells what each of them owes: it runs at every request."""
    roles = RoleGrant.objects.filter(person=OuterRef(OuterRef("pk"))).values("role")
    demanded = Exists(SecondFactorDemand.objects.filter(role__in=roles))
    first = Exists(FirstPassword.objects.filter(person=OuterRef("pk")))
    return people.annotate(has_first_password=first, lacks_second_factor=demanded & ~_factor())


_PK = Slot("pk", UUIDField())
_KNOWN = Prepared(lambda: with_debts(Person.objects.filter(pk=_PK).order_by()))
_ROLES = Prepared(lambda: RoleGrant.objects.filter(person=_PK).values_list("role"))


def with_factor(people: QuerySet[Person]) -> QuerySet[Person]:
    """Those who have set one up."""
    return people.filter(_factor())


def _factor() -> Exists:
    return Exists(Authenticator.objects.filter(user=OuterRef("pk"), type__in=FACTORS))


def find(typed: str) -> Person | None:
    """Whose address this is, whatever its case, or whose name, if no other active account has it."""
    text = typed.strip()
    if (by_address := Person.objects.by_email(text).first()) is not None:
        return by_address
    named = list(Person.objects.active().filter(display_name__iexact=text)[:2]) if text else []
    return named[0] if len(named) == 1 else None


class Backend(AuthenticationBackend):
    """Sign-in by e-mail and password. Asked again at every request: a session ends with the right to have one."""

    def get_user(self, user_id: Any) -> Person | None:
        people, roles = together((_KNOWN, {"pk": user_id}), (_ROLES, {"pk": user_id}))
        for person in people:
            person.roles = frozenset(role for (role,) in roles)
        return next((person for person in people if self.user_can_authenticate(person)), None)

    def user_can_authenticate(self, user: Any) -> bool:
        return access.may_sign_in(user)

    def _authenticate_by_email(self, email: str, password: str) -> Person | None:
        """The address is the one on the account, whatever its case, and no other table's."""
        person: Person | None = self._check_password(Person.objects.by_email(email).first(), password)
        return person
