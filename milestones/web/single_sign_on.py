"""Whom does another system's sign-in (OpenID Connect) let in? Only whoever has an account here already."""

from __future__ import annotations

from typing import Any

from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialLogin
from django.conf import settings
from django.http import HttpRequest
from django.shortcuts import render
from django.utils.translation import gettext as _

from milestones import access
from milestones.models import Happening, Person
from milestones.web import door

PROVIDER = "sso"
REFUSED = 403


class Adapter(DefaultSocialAccountAdapter):
    """No account is ever made, none is linked by anybody but the address that the other system has verified."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        return False

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """The account is the one linked before, else the active one with the verified address, which is linked now."""
        told = sociallogin.account.extra_data
        sociallogin.account.extra_data = {}  # what else the other system tells is not ours to keep
        if sociallogin.state.get("process") != "login":  # linking by whoever is signed in would let others in
            raise _refused(request, None, _("Sign out first, then sign in with it."))
        if sociallogin.is_existing:
            sociallogin.account.save(update_fields=["extra_data"])
            person: Any = sociallogin.user
        else:
            person = _confirmed(sociallogin, told)
        if person is None:
            raise _refused(request, None, _("The address that it confirmed belongs to no account here."))
        if not access.may_sign_in(person):
            raise _refused(request, person, _("The account here is not active."))
        if not sociallogin.is_existing:
            sociallogin.connect(request, person)

    def on_authentication_error(self, request: HttpRequest, provider: Any, *args: Any, **options: Any) -> None:
        door.note(request, Happening.FAILED, method="single_sign_on")


def _confirmed(sociallogin: SocialLogin, told: dict[str, Any]) -> Person | None:
    """Whose address the other system says it has checked itself; where OIDC_TRUST_EMAIL says that it only knows such
    addresses, silence is enough, a “no” never is."""
    trusted = settings.SINGLE_SIGN_ON is not None and settings.SINGLE_SIGN_ON.trusts_email and _is_silent(told)
    for one in sociallogin.email_addresses:
        if (one.verified is True or trusted) and (found := Person.objects.by_email(one.email).first()) is not None:
            return found
    return None


def _is_silent(told: dict[str, Any]) -> bool:
    """Whether neither of what it tells, of the person nor in the token, holds a word on it."""
    parts = (told, told.get("userinfo") or {}, told.get("id_token") or {})
    return not any("email_verified" in part for part in parts)


def _refused(request: HttpRequest, person: Person | None, why: str) -> ImmediateHttpResponse:
    door.note(request, Happening.REFUSED, person=person, method="single_sign_on")
    return ImmediateHttpResponse(render(request, "socialaccount/refused.html", {"why": why}, status=REFUSED))
