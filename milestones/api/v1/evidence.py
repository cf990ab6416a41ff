"""/evidence: links and files, attached, looked at, and given out again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import django_filters
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request

from milestones import access
from milestones.errors import StateConflict
from milestones.evidence import operations, serving
from milestones.evidence.receiving import MOST_BYTES, FileRefused
from milestones.models import Evidence, EvidenceState

from .. import references
from ..fields import NothingSerializer, Strict, Text
from ..filters import OfMilestone, check_known
from ..parsing import StrictJson, check_length
from ..problems import Fault, Problem
from ..resources import Resource
from .milestones import ReasonSerializer

AROUND_A_FILE = 1024 * 1024  # bytes: the other fields of the form


class LinkedEvidenceSerializer(Strict):
    milestone = Text(max_length=101, help_text=_("plan/code"))
    url = Text(max_length=1000, help_text=_("https:// or http://"))
    title = Text(max_length=200, required=False, allow_blank=True)


class EvidenceFileSerializer(Strict):
    """Fields of a form (multipart/form-data)."""

    milestone = Text(max_length=101, help_text=_("plan/code"))
    file = serializers.FileField(help_text=_("at most 20 MB: pictures, PDF, OFD, office files"))
    title = Text(max_length=200, required=False, allow_blank=True)


class FileForm(MultiPartParser):
    """A form with a file; one that is far too long is refused before it is read."""

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> Any:
        check_length(MOST_BYTES + AROUND_A_FILE, parser_context)
        return super().parse(stream, media_type, parser_context)


class EvidenceFilters(OfMilestone):
    state = django_filters.ChoiceFilter(choices=EvidenceState.choices)
    media_type = django_filters.CharFilter()
    sha256 = django_filters.CharFilter()


class EvidencePieces(Resource):
    entity = "evidence"
    serializer_class = LinkedEvidenceSerializer
    parser_classes = (StrictJson, FileForm)
    filters = EvidenceFilters
    orderings: ClassVar = {"title": "title", **Resource.orderings}
    related = ("milestone__plan", "milestone__lead", "milestone__accountable")

    received: Evidence | None = None

    def prepare(self) -> None:
        if self.action == "create" and self._is_form:
            self.received = self._file()

    def create(self, request: Request) -> HttpResponse:
        if not self._is_form:
            return self.created(self._link())
        return self.created(operations.keep(self.received or self._file(), **self.how))

    def destroy(self, request: Request, pk: str) -> HttpResponse:
        """Evidence is never deleted: what no longer counts says why."""
        access.require(self.actor, "evidence.withdraw", self.found(pk, needs_match=True))
        raise StateConflict(_("Evidence is withdrawn, not deleted."), code="cancel_instead")

    def file(self, request: Request, pk: str) -> HttpResponseBase:
        """What was withdrawn is kept for the office alone."""
        check_known(request.query_params, ())
        found: Evidence = self.found(pk)
        hidden = found.state == EvidenceState.WITHDRAWN and not access.may(self.actor, "evidence.verify", found)
        if not found.is_file or hidden:
            raise self.absent()
        return serving.file(request._request, found)

    # --- states -------------------------------------------------------------------------------------------------------
    def verify(self, request: Request, pk: str) -> HttpResponse:
        self.input(NothingSerializer)
        return self.moved(pk, operations.verify)

    def reject(self, request: Request, pk: str) -> HttpResponse:
        return self.moved(pk, operations.reject, **self.input(ReasonSerializer))

    def withdraw(self, request: Request, pk: str) -> HttpResponse:
        return self.moved(pk, operations.withdraw, **self.input(ReasonSerializer))

    # --- attaching ----------------------------------------------------------------------------------------------------
    def _link(self) -> Evidence:
        given = self.input(LinkedEvidenceSerializer)
        milestone = references.milestone(given.pop("milestone"), self.actor)
        return operations.attach_link(milestone, **given, **self.how)

    @property
    def _is_form(self) -> bool:
        return (self.request.content_type or "").lower().startswith(FileForm.media_type)

    def _file(self) -> Evidence:
        """In the store, not in the database yet."""
        given = self._form()
        milestone = references.milestone(given.pop("milestone"), self.actor)
        try:
            return operations.received(milestone, file_name=given["file"].name, **given, **self.how)
        except FileRefused as refusal:
            if refusal.code != "too_large":
                raise
            raise Problem("too-large", str(refusal), errors=[Fault("/file", refusal.code, str(refusal))]) from refusal

    def _form(self) -> dict[str, Any]:
        taken = EvidenceFileSerializer(data=plain(self.request.data))
        taken.is_valid(raise_exception=True)
        return dict(taken.validated_data)


def plain(form: Any) -> Mapping[str, Any]:
    """The fields of a form as an object of JSON would have them; what stands there twice is a list."""
    return {name: values[0] if len(values) == 1 else values for name, values in form.lists()}
