"""My deputy: named, and ended, on the page of my settings."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from milestones.errors import DomainError
from milestones.models import Delegation
from milestones.people import delegations
from milestones.web.forms.standing_in import DeputyForm
from milestones.web.moment import moment
from milestones.web.reader import actor, reader
from milestones.web.views.me import settings_page


@require_POST
@login_required
def create(request: HttpRequest) -> HttpResponse:
    person = reader(request)
    form = DeputyForm(person, request.POST)
    if not form.is_valid():
        return settings_page(request, deputy_form=form, status=422)
    given = dict(form.cleaned_data)
    try:
        delegations.create(person, given.pop("deputy"), **given, actor=actor(request), now=moment(request).now)
    except DomainError as error:
        form.refuse(error)
        return settings_page(request, deputy_form=form, status=422)
    messages.success(request, _("Your deputy is recorded and told by mail."))
    return redirect("me")


@require_POST
@login_required
def end(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """404 for what is not one's own."""
    found = get_object_or_404(Delegation, pk=pk, person=reader(request))
    try:
        delegations.end(found, actor=actor(request), now=moment(request).now)
    except DomainError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("Ended; from tomorrow nobody stands in for you."))
    return redirect("me")
