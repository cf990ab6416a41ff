"""Where is the API? Whatever is not known below its address is a problem document too."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import include, path, re_path
from django.utils.translation import gettext as _

from . import answers
from .problems import Problem


def unknown(request: HttpRequest, *args: Any) -> HttpResponse:
    return answers.problem(Problem("not-found", _("There is no such address; see /api/v1/docs.")))


urlpatterns = [
    path("v1/", include("milestones.api.v1.router")),
    re_path("", unknown),
]
