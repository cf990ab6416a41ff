"""What does a signed link of a mail open? GET shows a form, only POST acts; the token is the authority."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from milestones import links
from milestones.actors import Actor
from milestones.models import Person, Via
from milestones.people import operations as people
from milestones.web.forms.accounts import NewPasswordForm
from milestones.web.moment import moment

GONE = 410
Page = Callable[..., HttpResponse]


def signed(action: str) -> Callable[[Page], Page]:
    """The view gets the link's person; a void link is told kindly. Nothing is cached, no page learns the address."""

    def decorate(view: Page) -> Page:
        @wraps(view)
        def opened(request: HttpRequest, token: str) -> HttpResponse:
            try:
                link = links.read(token, action, now=moment(request).now)
            except links.LinkVoid as error:
                response = render(request, "web/links/void.html", {"why": str(error), "action": action}, status=GONE)
            else:
                assert link.mail.recipient is not None, "a link without a person is void"
                response = view(request, link.mail.recipient)
            response["Referrer-Policy"] = "no-referrer"
            response["Cache-Control"] = "no-store"
            return response

        return opened

    return decorate


def _set_password(request: HttpRequest, person: Person, template: str) -> HttpResponse:
    form = NewPasswordForm(person, request.POST if request.method == "POST" else None)
    if not form.is_valid():
        return render(request, template, {"form": form, "person": person})
    how: dict[str, Any] = {"actor": Actor(person, Via.MAIL), "now": moment(request).now}
    people.set_password(person, form.cleaned_data["password1"], **how)
    messages.success(request, _("The password is set; sign in with it now."))
    return redirect("account_login")


@sensitive_post_parameters("password1", "password2")
@require_http_methods(["GET", "HEAD", "POST"])
@signed("password")
def password(request: HttpRequest, person: Person) -> HttpResponse:
    return _set_password(request, person, "web/links/password.html")


@sensitive_post_parameters("password1", "password2")
@require_http_methods(["GET", "HEAD", "POST"])
@signed("reset")
def reset(request: HttpRequest, person: Person) -> HttpResponse:
    return _set_password(request, person, "web/links/reset.html")


@csrf_exempt  # RFC 8058: a mail program posts without having been here before; the token says who it is for
@require_http_methods(["GET", "HEAD", "POST"])
@signed("mute")
def mute(request: HttpRequest, person: Person) -> HttpResponse:
    if request.method == "POST":
        people.mute_digest(person, actor=Actor(person, Via.MAIL), now=moment(request).now)
    return render(request, "web/links/mute.html", {"person": person})
