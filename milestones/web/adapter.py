"""What of allauth's accounts do we do our own way?"""

from __future__ import annotations

from typing import Any, NoReturn

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.stagekit import clear_login
from allauth.core import context
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from milestones import access
from milestones.actors import Actor
from milestones.models import Happening, Person, Via
from milestones.people import operations as people
from milestones.people import sign_in
from milestones.web import door, idle
from milestones.web.reader import unwrapped

# What allauth would send a mail about is what is written down.
FACTS = {
    "account/email/password_changed": (Happening.PASSWORD_CHANGED, "password"),
    "mfa/email/totp_activated": (Happening.FACTOR_ADDED, "code"),
    "mfa/email/totp_deactivated": (Happening.FACTOR_REMOVED, "code"),
    "mfa/email/webauthn_added": (Happening.FACTOR_ADDED, "passkey"),
    "mfa/email/webauthn_removed": (Happening.FACTOR_REMOVED, "passkey"),
    "mfa/email/recovery_codes_generated": (Happening.CODES_MADE, "recovery_code"),
    "socialaccount/email/account_connected": (Happening.LINKED, "single_sign_on"),
}


WAYS = {
    "reauthenticate": _("your password"),
    "mfa_reauthenticate": _("a code from the app"),
    "mfa_reauthenticate:webauthn": _("a passkey"),
}


class Adapter(DefaultAccountAdapter):
    """No sign-up: the office makes accounts. No mail past the outbox. A password is set by the verb that records it.
    Whatever happens at the door is written down."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": _(
            "Name or address and password do not belong together. Where two people have a name, type the address."
        ),
        "too_many_login_attempts": _("Too many attempts failed. Wait five minutes, then try again; nothing is lost."),
        "incorrect_password": _("This is not the present password."),
        "rate_limited": _("Too many attempts failed. Wait five minutes, then try again; nothing is lost."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> NoReturn:
        raise RuntimeError(f"allauth wants to send {template_prefix}; mails leave through the outbox only.")

    def send_notification_mail(self, template_prefix: str, user: Any, *args: Any, **options: Any) -> None:
        if template_prefix in FACTS:
            happening, method = FACTS[template_prefix]
            door.note(self.request, happening, person=unwrapped(user), method=method)

    def set_password(self, user: Person, password: str) -> None:
        person = unwrapped(user)
        people.set_password(person, password, actor=Actor(person, Via.WEB), now=timezone.now())

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return reverse("me")

    def clean_email(self, email: str) -> str:
        return str(email)

    def get_client_ip(self, request: HttpRequest) -> str:
        return door.address(request)

    # At the door ----------------------------------------------------------------------------------------------------
    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        try:
            super().pre_authenticate(request, **credentials)
        except ValidationError:
            self._note(request, Happening.LOCKED_OUT, credentials)
            raise

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        self._note(request, Happening.FAILED, credentials)

    def reauthenticate(self, user: Any, password: str) -> bool:
        """Behind the same limit as a sign-in."""
        person = unwrapped(user)
        return bool(self.authenticate(context.request, email=person.email, password=password) == person)

    def get_reauthentication_methods(self, user: Any) -> list[dict[str, Any]]:
        """In our words."""
        return [{**one, "description": WAYS[one["id"]]} for one in super().get_reauthentication_methods(user)]

    def forget_attempts(self, request: HttpRequest, person: Person) -> None:
        """Whoever proved that the mailbox is theirs need not wait for the end of a lock-out."""
        self._delete_login_attempts_cached_email(request, email=person.email)

    def pre_login(self, request: HttpRequest, user: Any, **options: Any) -> HttpResponse | None:
        """However they came: whoever may not sign in is told, and the session stays nobody's."""
        if access.may_sign_in(user):
            return None
        clear_login(request)
        door.note(request, Happening.REFUSED, person=user)
        refused: HttpResponse = self.respond_user_inactive(request, user)
        return refused

    def login(self, request: HttpRequest, user: Any) -> None:
        super().login(request, user)
        idle.seen(request)

    def post_login(self, request: HttpRequest, user: Person, **options: Any) -> HttpResponse:
        """A browser that has not chosen a language gets the person's."""
        door.note(request, Happening.SUCCEEDED, person=user, method=door.method(request, user))
        response: HttpResponse = super().post_login(request, user, **options)
        if settings.LANGUAGE_COOKIE_NAME not in request.COOKIES:
            response.set_cookie(settings.LANGUAGE_COOKIE_NAME, user.language, max_age=365 * 24 * 3600, samesite="Lax")
        return response

    def logout(self, request: HttpRequest) -> None:
        door.note(request, Happening.SIGNED_OUT, person=unwrapped(request.user))
        super().logout(request)

    def _note(self, request: HttpRequest, happening: Happening, credentials: dict[str, Any]) -> None:
        typed = str(credentials.get("email", ""))
        door.note(request, happening, person=sign_in.find(typed), typed=typed, method="password")
