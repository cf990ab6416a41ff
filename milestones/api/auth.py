"""Who asks: another system with a token, or a signed-in person?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework.authentication import BaseAuthentication, SessionAuthentication
from rest_framework.exceptions import APIException, AuthenticationFailed, Throttled
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from milestones import access, callers
from milestones.actors import Actor
from milestones.clients import tokens
from milestones.models import Person, Scope, Via
from milestones.people.sign_in import owed
from milestones.shapes.base import Reader

from . import throttles
from .problems import Problem


@dataclass(frozen=True)
class Client:
    """What stands for a client where REST framework wants a user. `rate` is its own, empty for the usual one; who asks
    from inside (`inside.Inside`) is not `limited`."""

    actor: Actor
    id: str
    rate: str = ""
    limited: bool = True
    is_authenticated = True

    @property
    def pk(self) -> str:
        """What the log calls it."""
        return self.id


class Session(SessionAuthentication):
    """Signed-in staff, with CSRF."""

    def authenticate(self, request: Request) -> tuple[Person, None] | None:
        if request.headers.get("Authorization") is not None:
            return None
        found = super().authenticate(request)
        if found is None or not access.may_sign_in(found[0]) or owed(found[0]) is not None:
            return None
        return found


class Bearer(BaseAuthentication):
    """RFC 6750, in the header only: addresses are written down by every proxy. A bad token is refused, whatever session
    comes along with it."""

    def authenticate(self, request: Request) -> tuple[Client, None] | None:
        header = request.headers.get("Authorization")
        if header is None:
            return None
        kind, _space, token = header.strip().partition(" ")
        if kind.lower() != "bearer":
            raise _unknown(request, _("Send the token as “Authorization: Bearer …”."))
        try:
            found = tokens.find(token.strip(), now=timezone.now(), address=callers.address(request._request))
        except tokens.TokenRefused as refusal:
            _remember(request, refusal.client)
            raise _unknown(request, str(refusal), refusal.code) from None
        except tokens.WrongNetwork as refusal:
            _remember(request, refusal.client)
            raise Problem("wrong-address", str(refusal)) from None
        _remember(request, found.client.pk)
        return Client(found.actor, str(found.client.pk), found.client.rate), None

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="lingang"'


def _unknown(request: Request, words: str, code: str | None = None) -> APIException:
    """401, or 429 for an address that is refused again and again."""
    quota = throttles.of_strangers(request._request)
    if not quota.verdict.allowed:
        return Throttled(quota.wait)
    return AuthenticationFailed(words, code=code)


def _remember(request: Request, client: UUID | None) -> None:
    """Whose answer this will be: what it is refused is counted, an expired token too."""
    request._request.api_client = client  # type: ignore[attr-defined]  # for `middleware.Api`


class Known(BasePermission):
    def has_permission(self, request: Request, view: Any) -> bool:
        return bool(request.user is not None and request.user.is_authenticated)


def actor(request: Request) -> Actor:
    """For the verbs; one a request, for it remembers for whom a person stands in."""
    found = getattr(request, "_actor", None)
    if found is None:
        user: Any = request.user
        day = timezone.localdate()
        found = user.actor if isinstance(user, Client) else Actor(user, Via.API, day=day)
        request._actor = found  # type: ignore[attr-defined]  # kept for the rest of this request
    return found


def owner(request: Request) -> str:
    """Whose idempotency keys and limits these are: `client:<id>` or `person:<id>`."""
    user: Any = request.user
    return f"client:{user.id}" if isinstance(user, Client) else f"person:{user.pk}"


def reader(request: Request) -> Reader:
    """Whether addresses are seen: by signed-in people, and by clients that were given that."""
    who = actor(request)
    return Reader(people=who.person is not None or Scope.PEOPLE_READ in who.scopes)


def need(request: Request, *scopes: str) -> None:
    """Problem 403 for a client with none of `scopes`; people have roles instead."""
    who = actor(request)
    if who.person is None and who.scopes.isdisjoint(scopes):
        words = _("The token has not the scope “%(scope)s”; ask the office for it.") % {"scope": scopes[0]}
        raise Problem("missing-scope", words, scope=scopes[0])


def need_to_name_people(request: Request) -> None:
    """Problem 403 for a client that reads no addresses: rows found by one would tell whose it is. Whoever writes names
    people anyway."""
    if Scope.WRITE not in actor(request).scopes:
        need(request, Scope.PEOPLE_READ)
