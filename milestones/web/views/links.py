"""What does a signed link of a mail open? GET shows a form, only POST acts; the token is the authority."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from milestones import links
from milestones.actors import Actor
from milestones.answering import opening, operations
from milestones.errors import DomainError
from milestones.models import Happening, Via
from milestones.people import operations as people
from milestones.web import door
from milestones.web.adapter import Adapter
from milestones.web.forms.accounts import NewPasswordForm
from milestones.web.moment import moment
from milestones.web.presenters import answers

GONE = 410
REFUSED = 422
# The address is a right: nothing keeps the page, no page learns its address, no search engine lists it.
PRIVATE = {
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
    "X-Robots-Tag": "noindex, nofollow, noarchive",
}
Page = Callable[[HttpRequest, links.Link], HttpResponse]


def signed(action: str) -> Callable[[Page], Callable[[HttpRequest, str], HttpResponse]]:
    """The view gets the link; one that is void or used up is told kindly, in its person's language."""

    def decorate(view: Page) -> Callable[[HttpRequest, str], HttpResponse]:
        @wraps(view)
        def opened(request: HttpRequest, token: str) -> HttpResponse:
            try:
                link = links.read(token, action, now=moment(request).now)
            except links.LinkVoid as error:
                response = _void(request, action, error)
            else:
                with translation.override(_language(request, link)):
                    response = _shown(view, request, link)
                    response["Content-Language"] = translation.get_language() or ""
            for name, value in PRIVATE.items():
                response[name] = value
            return response

        return opened

    return decorate


def done(request: HttpRequest, link: links.Link, at: Any, *, again: bool = False) -> HttpResponse:
    """What was done and when; `again` when it was done before, and this time nothing."""
    context = {"done": answers.done(link, at), "again": again}
    return render(request, "web/links/done.html", context, status=GONE if again else 200)


def _shown(view: Page, request: HttpRequest, link: links.Link) -> HttpResponse:
    try:
        return view(request, link)
    except links.LinkUsed as used:
        return done(request, link, used.at, again=True)
    except links.LinkVoid as error:
        return _void(request, link.action, error, url=answers.url_of(link))


def _void(request: HttpRequest, action: str, error: links.LinkVoid, url: str = "") -> HttpResponse:
    said = "" if str(error) == str(links.LinkVoid.message) else str(error)  # the heading says that already
    context = {"why": said, "action": action, "url": url, "acts": action in links.ABOUT}
    return render(request, "web/links/void.html", context, status=GONE)


def _language(request: HttpRequest, link: links.Link) -> str:
    """What this browser chose, else that of the person, in which the mail was written."""
    chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
    return chosen if chosen in dict(settings.LANGUAGES) else opening.person(link).language


def _set_password(request: HttpRequest, link: links.Link, template: str) -> HttpResponse:
    person = opening.person(link)
    form = NewPasswordForm(person, request.POST if request.method == "POST" else None)
    if not form.is_valid():
        return render(request, template, {"form": form, "person": person})
    how: dict[str, Any] = {"actor": Actor(person, Via.MAIL), "now": moment(request).now}
    people.set_password(person, form.cleaned_data["password1"], **how)
    door.note(request, Happening.PASSWORD_SET, person=person, method="link")
    Adapter().forget_attempts(request, person)
    messages.success(request, _("The password is set; sign in with it now."))
    return redirect("account_login")


@sensitive_post_parameters("password1", "password2")
@require_http_methods(["GET", "HEAD", "POST"])
@signed("password")
def password(request: HttpRequest, link: links.Link) -> HttpResponse:
    return _set_password(request, link, "web/links/password.html")


@sensitive_post_parameters("password1", "password2")
@require_http_methods(["GET", "HEAD", "POST"])
@signed("reset")
def reset(request: HttpRequest, link: links.Link) -> HttpResponse:
    return _set_password(request, link, "web/links/reset.html")


@csrf_exempt  # RFC 8058: a mail program posts without having been here before; the token says who it is for
@require_http_methods(["GET", "HEAD", "POST"])
@signed("mute")
def mute(request: HttpRequest, link: links.Link) -> HttpResponse:
    """Without `step`, as mail programs post it, all digests, or the bulletin that it came with; the page offers the
    steps that brought the mail, too."""
    now, step, problem = moment(request).now, request.POST.get("step", ""), ""
    if request.method == "POST":
        step = step or opening.usual_step(link)
        try:
            operations.mute(link, step=step, now=now)
        except DomainError as refusal:
            problem = str(refusal)
    steps = opening.mutable(link, now)
    context = {
        "person": opening.person(link),
        "steps": steps.items(),
        "is_bulletin": bool(opening.usual_step(link)),
        "muted": answers.step_words(step, now) if step and not problem else "",
        "problem": problem,
    }
    return render(request, "web/links/mute.html", context, status=REFUSED if problem else 200)
