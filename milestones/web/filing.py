"""One report that is being written: its form, its draft, and what the verbs are told of it."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext_lazy as _

from milestones.errors import Conflict, DomainError
from milestones.evidence import operations as evidence
from milestones.models import Evidence, Milestone, StatusReport
from milestones.status_reports import operations as reports
from milestones.status_reports import queries
from milestones.web.forms import merging
from milestones.web.forms.reporting import ReportForm
from milestones.web.moment import moment
from milestones.web.reader import actor


class Gone(Conflict):
    """The draft that a window goes on with was filed or discarded in another one."""

    def __init__(self) -> None:
        super().__init__(
            _(
                "This draft was filed or discarded elsewhere meanwhile. What you typed stands below; send it as a new "
                "report."
            )
        )


class Filing:
    def __init__(self, request: HttpRequest, milestone: Milestone) -> None:
        self.request, self.milestone = request, milestone
        self.actor, self.at = actor(request), moment(request)
        self.today = self.at.today(milestone.plan.zone)

    @cached_property
    def last(self) -> StatusReport | None:
        return queries.last_before(self.milestone, self.today)

    def draft(self) -> StatusReport | None:
        """The writer's own, as it is now."""
        return reports.own_draft(self.milestone, self.actor)

    def form(self, data: Any = None, draft: StatusReport | None = None) -> ReportForm:
        return ReportForm.of(self.milestone, self.today, draft or self.draft(), self.last, data)

    def typed(self) -> QueryDict:
        """What was typed, and of what two windows disputed, what the writer chose."""
        draft = self.draft()
        return merging.chosen(self.make, draft, self.request.POST) if draft is not None else self.request.POST

    def make(self, draft: Any) -> ReportForm:
        return self.form(None, draft)

    def write(self, values: dict[str, Any], typed: QueryDict) -> StatusReport:
        return reports.write(self.milestone, values, version=self._version(typed), actor=self.actor, now=self.at.now)

    def submit(self, values: dict[str, Any], typed: QueryDict) -> StatusReport:
        return reports.file(self.milestone, values, version=self._version(typed), actor=self.actor, now=self.at.now)

    def attach(self) -> list[str]:
        """The photos that came along, each at once and by itself; what is wrong with those that were refused."""
        wrong = []
        for file in self.request.FILES.getlist("photo"):
            try:
                evidence.attach_file(
                    self.milestone, file=file, file_name=file.name or "", actor=self.actor, now=self.at.now
                )
            except DomainError as error:
                wrong.append(f"{file.name}: {error}")
        return wrong

    def remove(self, piece: Evidence) -> None:
        reason = str(_("taken back while reporting"))
        evidence.withdraw(piece, reason=reason, actor=self.actor, now=self.at.now)

    def merged(self, typed: QueryDict) -> tuple[QueryDict, list[merging.Meeting]]:
        """With the draft as it is now."""
        draft = self.draft()
        assert draft is not None  # else there is nothing to meet
        given = str(typed.get("version") or "0")
        return merging.merge(self.make, draft, typed, int(given) if given.isdecimal() else 0)

    def _version(self, typed: QueryDict) -> int | None:
        """Of the draft that the window knows. A window that knows of none must not write over one."""
        given, draft = str(typed.get("version") or ""), self.draft()
        if given.isdecimal():
            if draft is None:
                raise Gone
            return int(given)
        return 0 if draft is not None else None
