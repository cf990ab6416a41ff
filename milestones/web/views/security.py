"""What opens my account, where is it open, and how do I close it elsewhere?"""

from __future__ import annotations

from allauth.usersessions.internal.flows import sessions
from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from milestones.models import Happening
from milestones.web import door
from milestones.web.presenters.security import security
from milestones.web.reader import reader


@require_safe
@never_cache
@login_required
def page(request: HttpRequest) -> HttpResponse:
    shown = security(reader(request), request.session.session_key)
    return render(request, "web/people/security.html", {"security": shown})


@require_POST
@login_required
def end_one(request: HttpRequest, pk: int) -> HttpResponse:
    """404 for what is not one's own; ending this very one is signing out."""
    found = get_object_or_404(UserSession, pk=pk, user=reader(request))
    if found.is_current():
        return redirect("account_logout")
    found.end()
    return _ended(request)


@require_POST
@login_required
def end_others(request: HttpRequest) -> HttpResponse:
    sessions.end_other_sessions(request, reader(request))
    return _ended(request)


def _ended(request: HttpRequest) -> HttpResponse:
    door.note(request, Happening.ENDED, person=reader(request))
    messages.success(request, _("Signed out there."))
    return redirect("mfa_index")
