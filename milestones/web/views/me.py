"""My settings: in which language, at which hour, with or without a digest?"""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from milestones.people import operations as people
from milestones.web.forms.accounts import PreferencesForm
from milestones.web.moment import moment
from milestones.web.reader import actor, reader


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def me(request: HttpRequest) -> HttpResponse:
    person = reader(request)
    form = PreferencesForm.of(person, request.POST if request.method == "POST" else None)
    if not form.is_valid():
        return render(request, "web/people/me.html", {"form": form, "person": person})
    people.set_preferences(person, form.cleaned_data, actor=actor(request), now=moment(request).now)
    with translation.override(person.language):
        messages.success(request, _("Your settings are saved."))
    response = redirect("me")
    response.set_cookie(settings.LANGUAGE_COOKIE_NAME, person.language, max_age=365 * 24 * 3600, samesite="Lax")
    return response
