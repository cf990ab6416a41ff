"""Who is let in, and who stays in?"""

from __future__ import annotations

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend

from milestones import access
from milestones.models import Person


class Backend(AuthenticationBackend):
    """Sign-in by e-mail and password. Asked again at every request: a session ends with the right to have one."""

    def user_can_authenticate(self, user: Any) -> bool:
        return access.may_sign_in(user)

    def _authenticate_by_email(self, email: str, password: str) -> Person | None:
        """The address is the one on the account, whatever its case, and no other table's."""
        person: Person | None = self._check_password(Person.objects.by_email(email).first(), password)
        return person
