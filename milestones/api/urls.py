"""Where is the API? Whatever is not known below its address is a problem document too."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import include, path, re_path
from django.utils.translation import gettext as _
from django.views.decorators.gzip import gzip_page

from . import answers
from .problems import Problem
from .v1 import documentation


def unknown(request: HttpRequest, *args: Any) -> HttpResponse:
    return answers.problem(Problem("not-found", _("There is no such address; see /api/v1/docs.")))


urlpatterns = [
    re_path(r"^v1/openapi\.json/?$", documentation.Document.as_view(), name="api-document"),
    re_path("^v1/docs/?$", gzip_page(documentation.Docs.as_view()), name="api-docs"),
    re_path("^v1/problems/(?P<kind>[a-z-]+)/?$", documentation.ProblemPage.as_view(), name="api-problem"),
    path("v1/", include("milestones.api.v1.router")),
    re_path("", unknown),
]
