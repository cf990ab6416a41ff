"""My settings: in which language, at which hour, how often and of what am I reminded?"""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from milestones.errors import DomainError
from milestones.people import delegations, export
from milestones.people import operations as people
from milestones.web.forms.accounts import PreferencesForm
from milestones.web.forms.standing_in import DeputyForm
from milestones.web.moment import moment
from milestones.web.presenters.feeds import addresses
from milestones.web.presenters.security import summary
from milestones.web.reader import actor, reader


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def me(request: HttpRequest) -> HttpResponse:
    person = reader(request)
    form = PreferencesForm.of(person, moment(request).today(), request.POST if request.method == "POST" else None)
    if not form.is_valid():
        return settings_page(request, form=form)
    try:
        people.set_preferences(person, form.cleaned_data, actor=actor(request), now=moment(request).now)
    except DomainError as refusal:
        form.refuse(refusal)
        return settings_page(request, form=form)
    with translation.override(person.language):
        messages.success(request, _("Your settings are saved."))
    response = redirect("me")
    response.set_cookie(settings.LANGUAGE_COOKIE_NAME, person.language, max_age=365 * 24 * 3600, samesite="Lax")
    return response


def settings_page(
    request: HttpRequest,
    *,
    form: PreferencesForm | None = None,
    deputy_form: DeputyForm | None = None,
    status: int = 200,
) -> HttpResponse:
    """With the form that was refused, if one was, as it was typed."""
    person, today = reader(request), moment(request).today()
    context = {
        "person": person,
        "form": form or PreferencesForm.of(person, today),
        "deputy_form": deputy_form or DeputyForm(person, initial={"starts_on": today}),
        "deputies": delegations.current(person, today),
        "deputises": delegations.deputised(person, today),
        "calendars": addresses(person),
        "door": summary(person),
    }
    return render(request, "web/people/me.html", context, status=status)


@require_safe
@login_required
def data(request: HttpRequest) -> StreamingHttpResponse:
    """What is held on the reader, as a file that no cache keeps."""
    person = reader(request)
    pieces = export.export(person, actor=actor(request), now=moment(request).now)
    response = StreamingHttpResponse(pieces, content_type="application/json; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="my-data.json"'
    response["Cache-Control"] = "no-store"
    return response
