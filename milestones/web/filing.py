"""One report that is being written: its form, its draft, and what the verbs are told of it."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext_lazy as _

from milestones.errors import DomainError
from milestones.evidence import operations as evidence
from milestones.models import Evidence, Milestone, ReportDraft, StatusReport
from milestones.status_reports import drafts, queries
from milestones.status_reports import operations as reports
from milestones.web.forms import merging
from milestones.web.forms.reporting import ReportForm
from milestones.web.moment import moment
from milestones.web.reader import actor


class Filing:
    def __init__(self, request: HttpRequest, milestone: Milestone) -> None:
        self.request, self.milestone = request, milestone
        self.actor, self.at = actor(request), moment(request)
        self.today = self.at.today(milestone.plan.zone)

    @cached_property
    def last(self) -> StatusReport | None:
        return queries.last_before(self.milestone, self.today)

    def draft(self) -> ReportDraft | StatusReport | None:
        """The writer's own, as it is now."""
        return reports.begun(self.milestone, self.actor)

    def form(self, data: Any = None, draft: Any = None) -> ReportForm:
        return ReportForm.of(self.milestone, self.today, draft or self.draft(), self.last, data)

    def typed(self) -> QueryDict:
        """What was typed, and of what two windows disputed, what the writer chose."""
        draft = self.draft()
        return merging.chosen(self.make, draft, self.request.POST) if draft is not None else self.request.POST

    def make(self, draft: Any) -> ReportForm:
        return self.form(None, draft)

    def write(self, values: dict[str, Any], typed: QueryDict) -> ReportDraft:
        return drafts.keep(self.milestone, values, version=known(typed), actor=self.actor, now=self.at.now)

    def submit(self, values: dict[str, Any], typed: QueryDict) -> StatusReport:
        return reports.file(self.milestone, values, draft=known(typed), actor=self.actor, now=self.at.now)

    def attach(self) -> list[str]:
        """The photos that came along, each at once, by itself and never twice; what is wrong with those refused."""
        wrong = []
        for file in self.request.FILES.getlist("photo"):
            try:
                evidence.attach_file(
                    self.milestone, file=file, file_name=file.name or "", once=True, actor=self.actor, now=self.at.now
                )
            except DomainError as error:
                wrong.append(f"{file.name}: {error}")
        return wrong

    def remove(self, piece: Evidence) -> None:
        reason = str(_("taken back while reporting"))
        evidence.withdraw(piece, reason=reason, actor=self.actor, now=self.at.now)

    def merged(self, typed: QueryDict) -> tuple[QueryDict, list[merging.Meeting]]:
        """With the draft as it is now."""
        return merging.beside(self.make, self.draft(), typed)


def known(typed: QueryDict) -> int:
    """The version of the draft that the window knows, 0 when it knows of none: it must not write over one."""
    given = str(typed.get("version") or "")
    return int(given) if given.isdecimal() else 0
