"""/changes: everything, then everything that happens."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpResponse
from django.utils.translation import gettext as _
from rest_framework.request import Request

from milestones.clients import activity
from milestones.models import Scope
from milestones.shapes import FEED
from milestones.sync import feed
from milestones.sync.cursor import BadCursor, Gone
from milestones.sync.reader import Reader

from .. import answers, auth
from ..filters import check_known
from ..pagination import bad, limit
from ..problems import Problem
from ..resources import View


class Changes(View):
    def list(self, request: Request) -> HttpResponse:
        query = request.query_params
        check_known(query, {"cursor", "limit", "entity"})
        only, cursor = self._entity(query.get("entity")), query.get("cursor")
        reader = Reader(self.actor, auth.owner(request), auth.reader(request).people)
        try:
            page = feed.page(reader, now=self.now, limit=limit(query), cursor=cursor, only=only)
        except BadCursor as error:
            raise bad("cursor", str(error), "bad-cursor") from error
        except Gone as error:
            raise Problem("gone", str(error), resync_url=resync_url(only)) from error
        actor, now = self.actor, self.now
        answer = answers.raw(page.json().encode(), headers={"Cache-Control": "no-store"})
        if actor.person is None:
            answer.afterwards = lambda: activity.pulled(actor.client, page.seq, now)
        return answer

    def _entity(self, name: str | None) -> str | None:
        if name is not None and name not in FEED:
            raise bad("entity", _("There is no such entity; known are %(known)s.") % {"known": ", ".join(FEED)})
        if name == "person":
            auth.need(self.request, Scope.PEOPLE_READ)
        return name


def resync_url(only: str | None) -> str:
    return f"{settings.BASE_URL}/api/v1/changes" + (f"?entity={only}" if only else "")
