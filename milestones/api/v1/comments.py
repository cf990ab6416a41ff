"""/comments: what is said about milestones; nothing of it is edited, and it is withdrawn instead of deleted."""

from __future__ import annotations

from typing import ClassVar

from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.request import Request

from milestones.conversation import comments
from milestones.models import Person

from .. import references
from ..fields import Strict, Text
from ..filters import AddressFilter, FlagFilter, OfMilestone
from ..resources import Resource


class CommentSerializer(Strict):
    milestone = Text(max_length=101, help_text=_("plan/code"))
    text = Text(lines=True, max_length=comments.LENGTH, help_text=_("whom it names with @ gets a mail"))
    mentions = serializers.ListField(
        child=Text(max_length=254),
        required=False,
        max_length=comments.MOST_MENTIONS,
        help_text=_("e-mails of people who get a mail too"),
    )


class WithdrawSerializer(Strict):
    reason = Text(lines=True)


class CommentFilters(OfMilestone):
    author = AddressFilter(field_name="author")
    withdrawn = FlagFilter(field_name="withdrawn_at", lookup_expr="isnull", exclude=True)


class Comments(Resource):
    entity = "comment"
    serializer_class = CommentSerializer
    filters = CommentFilters
    orderings: ClassVar = Resource.orderings
    related = ("milestone__plan", "author")

    def create(self, request: Request) -> HttpResponse:
        given = self.input(CommentSerializer)
        milestone = references.milestone(given["milestone"], self.actor)
        named = [self._person(email, place) for place, email in enumerate(given.get("mentions", ()))]
        return self.created(comments.add(milestone, given["text"], mentions=named, **self.how))

    def destroy(self, request: Request, pk: str) -> HttpResponse:
        """One of a draft plan; others are withdrawn."""
        found = self.found(pk, needs_match=True)
        comments.delete(found, version=found.version, **self.how)
        return self.deleted()

    def withdraw(self, request: Request, pk: str) -> HttpResponse:
        return self.moved(pk, comments.withdraw, **self.input(WithdrawSerializer))

    def _person(self, email: str, place: int) -> Person:
        found = references.person(email, f"mentions.{place}")
        assert found is not None
        return found
