"""/openapi.json, /docs, /problems/<kind>: what the API says of itself, to everybody."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from rest_framework.request import Request
from rest_framework.views import APIView

from .. import answers, filters
from ..openapi import reading
from ..openapi.advice import ADVICE
from ..openapi.document import digest, text
from ..preconditions import tags
from ..problems import KINDS, Problem


class Open(APIView):
    """No token is asked for, and none is looked at."""

    schema = None
    authentication_classes = ()
    permission_classes = ()

    def initial(self, request: Request, *args: object, **kwargs: object) -> None:
        super().initial(request, *args, **kwargs)
        filters.check_known(request.query_params, ())


class Document(Open):
    def get(self, request: Request) -> HttpResponse:
        tag = f'"{digest()}"'
        if any(one in ("*", tag) for one in tags(request.headers.get("If-None-Match", ""))):
            return HttpResponse(status=304, headers={"ETag": tag})
        return answers.raw(text(), headers={"ETag": tag, "Access-Control-Allow-Origin": "*"})


class Docs(Open):
    def get(self, request: Request) -> HttpResponse:
        return render(request._request, "web/api/docs.html", {"page": reading.page()})


class ProblemPage(Open):
    """Where the `type` of a problem leads to."""

    def get(self, request: Request, kind: str) -> HttpResponse:
        if kind not in KINDS:
            raise Problem("not-found", _("There is no such kind of problem."))
        told = {"kind": kind, "problem": KINDS[kind], "advice": ADVICE[kind]}
        return render(request._request, "web/api/problem.html", told)
