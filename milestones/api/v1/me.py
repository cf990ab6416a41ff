"""Who am I, and what may I do?"""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from rest_framework.request import Request

from milestones.actors import Actor
from milestones.models import Organisation, Plan

from .. import answers
from ..filters import check_known
from ..resources import View


class Me(View):
    def check_reading(self) -> None:
        """Whoever has any token may know what it is good for."""

    def list(self, request: Request) -> HttpResponse:
        check_known(request.query_params, ())
        return answers.json(told(self.actor))


def told(actor: Actor) -> dict[str, Any]:
    """{name, scopes, plans, organisations}: of a person, name is the label of unit and roles; null is no limit."""
    return {
        "name": actor.label,
        "scopes": sorted(actor.scopes),
        "plans": _codes(Plan, actor.reach.plans),
        "organisations": _codes(Organisation, actor.reach.organisations),
    }


def _codes(model: Any, ids: Any) -> list[str] | None:
    return None if ids is None else sorted(model.objects.filter(pk__in=ids).values_list("code", flat=True))
