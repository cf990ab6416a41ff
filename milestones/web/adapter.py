"""What of allauth do we do our own way?"""

from __future__ import annotations

from typing import Any, NoReturn

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone

from milestones.actors import Actor
from milestones.models import Person, Via
from milestones.people import operations as people
from milestones.web.reader import unwrapped


class Adapter(DefaultAccountAdapter):
    """No sign-up: the office makes accounts. No mail past the outbox. A password is set by the verb that records it."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> NoReturn:
        raise RuntimeError(f"allauth wants to send {template_prefix}; mails leave through the outbox only.")

    def set_password(self, user: Person, password: str) -> None:
        person = unwrapped(user)
        people.set_password(person, password, actor=Actor(person, Via.WEB), now=timezone.now())

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return reverse("me")

    def clean_email(self, email: str) -> str:
        return str(email)

    def post_login(self, request: HttpRequest, user: Person, **options: Any) -> HttpResponse:
        """A browser that has not chosen a language gets the person's."""
        response: HttpResponse = super().post_login(request, user, **options)
        if settings.LANGUAGE_COOKIE_NAME not in request.COOKIES:
            response.set_cookie(settings.LANGUAGE_COOKIE_NAME, user.language, max_age=365 * 24 * 3600, samesite="Lax")
        return response
