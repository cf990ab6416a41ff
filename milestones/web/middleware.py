"""May this session go on, what must its person do first, and what does every answer tell a browser?"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, resolve_url
from django.utils.translation import gettext as _
from django_htmx.http import HttpResponseClientRedirect

from milestones.models import Happening, Person
from milestones.people.sign_in import Owed, owed
from milestones.web import door, idle
from milestones.web.reader import unwrapped

Answer = Callable[[HttpRequest], HttpResponse]

# What no page of ours uses, no script that somehow got in may use either.
PERMISSIONS = (
    *(
        f"{name}=()"
        for name in "accelerometer autoplay camera display-capture geolocation gyroscope magnetometer".split()
    ),
    *(
        f"{name}=()"
        for name in "microphone midi payment picture-in-picture screen-wake-lock usb xr-spatial-tracking".split()
    ),
    "publickey-credentials-create=(self)",
    "publickey-credentials-get=(self)",
)
ALWAYS_OPEN = {"account_logout", "set_language"}
CONFIRMING = {"account_reauthenticate", "mfa_reauthenticate", "mfa_reauthenticate_webauthn"}
SETTING_UP = {"mfa_index", "mfa_activate_totp", "mfa_add_webauthn", "mfa_view_recovery_codes"}
OPEN: dict[Owed, set[str]] = {
    Owed.OWN_PASSWORD: ALWAYS_OPEN | {"account_change_password"},
    Owed.SECOND_FACTOR: ALWAYS_OPEN | CONFIRMING | SETTING_UP,
}
WAY: dict[Owed, str] = {Owed.OWN_PASSWORD: "account_change_password", Owed.SECOND_FACTOR: "mfa_index"}
# Links of mails and calendars carry their right in the address; the API asks `sign_in.owed` itself.
WITHOUT_SESSION = ("/do/", "/feeds/", "/api/")


class PermissionsPolicy:
    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.setdefault("Permissions-Policy", ", ".join(PERMISSIONS))
        return response


class Sessions:
    """Ends what nobody used for too long, and leads whoever owes something to where they do it."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if idle.is_over(request):
            _end(request)
        else:
            idle.note(request)
        return _whole_page(request, self.get_response(request))

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        match = request.resolver_match
        if match is None or request.path.startswith(WITHOUT_SESSION):
            return None
        due = owed(request.user)
        if due is None or match.view_name in OPEN[due]:
            return None
        return redirect(WAY[due])


def _end(request: HttpRequest) -> None:
    person = request.user
    if isinstance(person, Person) or person.is_authenticated:
        door.note(request, Happening.TIMED_OUT, person=unwrapped(person))
    logout(request)
    said = _("Nobody used this sign-in for %(minutes)s minutes, so it has ended. Sign in again to go on.")
    messages.info(request, said % {"minutes": settings.SESSION_IDLE_MINUTES})


def _whole_page(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """The way to the sign-in of a request by htmx, which would put that page into the middle of another."""
    to = response.headers.get("Location", "")
    if not (isinstance(response, HttpResponseRedirect) and getattr(request, "htmx", False)):
        return response
    sign_in = resolve_url(settings.LOGIN_URL)
    if not to.startswith(sign_in):
        return response
    here = request.htmx.current_url_abs_path or "/"  # type: ignore[attr-defined]
    return HttpResponseClientRedirect(f"{sign_in}?{urlencode({'next': here})}")
