"""How does the office let somebody in whom no mail reaches?"""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext_lazy as _

from milestones import access
from milestones.models import Person
from milestones.people import first_passwords

from . import pages
from .forms import act


def page(host: Any, request: HttpRequest, person: Person) -> HttpResponse:
    return pages.ask(
        host,
        request,
        person,
        title=_("Give a first password? It replaces the present one."),
        button=_("Make the password"),
        do=lambda person, typed, how: _shown(host, request, person, first_passwords.give(person, **typed, **how)),
        done=_("The password was made."),
        allowed=access.may(act(request)["actor"], "person.give_password", person),
    )


def _shown(host: Any, request: HttpRequest, person: Person, password: str) -> HttpResponse:
    """The only page on which it is ever seen."""
    context = {
        **host.admin_site.each_context(request),
        "title": _("The first password, this once"),
        "subtitle": str(person),
        "password": password,
        "object": person,
        "media": host.media,
        "opts": host.opts,
    }
    answer = TemplateResponse(request, "admin/lingang/first_password.html", context)
    add_never_cache_headers(answer)
    return answer
