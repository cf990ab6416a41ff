"""Calendars: the file that a calendar program fetches, and the addresses on the page of my settings."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.cache import get_conditional_response
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from milestones import access
from milestones.errors import DomainError
from milestones.feeds import operations, serving
from milestones.feeds.tokens import FeedGone, FeedUnknown
from milestones.models import CalendarFeed, Plan
from milestones.web.moment import moment
from milestones.web.reader import actor, reader

HERE = "/me/#calendar"
CALENDAR = "text/calendar; charset=utf-8"
ALWAYS = {"Cache-Control": "private", "X-Robots-Tag": "noindex, nofollow", "Referrer-Policy": "no-referrer"}


@require_safe
def calendar(request: HttpRequest, token: str) -> HttpResponseBase:
    """The address is the authority: no sign-in, no cookie. 304 when the program has the present state already."""
    try:
        served = serving.serve(token, now=moment(request).now)
    except FeedUnknown as error:
        return _refused(error, 404)
    except FeedGone as error:
        return _refused(error, 410)
    headers = {**ALWAYS, "ETag": served.tag, "Content-Language": served.language}
    if (unchanged := get_conditional_response(request, etag=served.tag)) is not None:
        for name, value in headers.items():
            unchanged[name] = value
        return unchanged
    headers["Content-Disposition"] = 'inline; filename="milestones.ics"'
    if request.method == "HEAD":
        return HttpResponse(content_type=CALENDAR, headers=headers)
    return StreamingHttpResponse(served.pieces(), content_type=CALENDAR, headers=headers)


@require_POST
@login_required
def create(request: HttpRequest) -> HttpResponse:
    """Of what concerns the reader, or of the plan whose code is given."""
    code = request.POST.get("plan", "")
    plan = get_object_or_404(access.visible(Plan.objects.all(), reader(request)), code=code) if code else None
    try:
        operations.create(plan=plan, actor=actor(request), now=moment(request).now)
    except DomainError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("The calendar address is made; give it to your calendar program."))
    return redirect(HERE)


@require_POST
@login_required
def revoke(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """404 for what is not one's own."""
    feed = get_object_or_404(CalendarFeed, pk=pk, person=reader(request))
    try:
        operations.revoke(feed, actor=actor(request), now=moment(request).now)
    except DomainError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("Revoked; the address opens nothing any more."))
    return redirect(HERE)


def _refused(error: DomainError, status: int) -> HttpResponse:
    return HttpResponse(f"{error}\n", status=status, content_type="text/plain; charset=utf-8", headers=ALWAYS)
