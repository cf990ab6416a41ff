"""Who is let in, and who stays in?"""

from __future__ import annotations

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend

from milestones import access


class Backend(AuthenticationBackend):
    """Sign-in by e-mail and password. Asked again at every request: a session ends with the right to have one."""

    def user_can_authenticate(self, user: Any) -> bool:
        return access.may_sign_in(user)
