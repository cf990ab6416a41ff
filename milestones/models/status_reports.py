"""How far is a milestone, what stands in the way, and who said so when?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from milestones import wording

from .base import Versioned, date_field, fuzzy, one_of, period_end, precision_field
from .milestones import Milestone
from .people import Person

if TYPE_CHECKING:
    from milestones.workdays.periods import FuzzyDate


class ReportState(models.TextChoices):
    DRAFT = "draft", pgettext_lazy("report", "draft")
    SUBMITTED = "submitted", pgettext_lazy("report", "submitted")
    ACCEPTED = "accepted", pgettext_lazy("report", "accepted")
    RETURNED = "returned", pgettext_lazy("report", "returned")


# What its author may still write, and what counts as having been reported.
UNWRITTEN_STATES = (ReportState.DRAFT, ReportState.RETURNED)
REPORTED_STATES = (ReportState.SUBMITTED, ReportState.ACCEPTED)

# verb → (states it may start from, state it leads to)
REPORT_TRANSITIONS: dict[str, tuple[tuple[ReportState, ...], ReportState]] = {
    "submit": (UNWRITTEN_STATES, ReportState.SUBMITTED),
    "accept": ((ReportState.SUBMITTED,), ReportState.ACCEPTED),
    "return": ((ReportState.SUBMITTED,), ReportState.RETURNED),
}


class StatusReportQuerySet(models.QuerySet["StatusReport"]):
    def reported(self) -> StatusReportQuerySet:
        """Submitted or accepted: what health and cadence count."""
        return self.filter(state__in=REPORTED_STATES)


class StatusReport(Versioned):
    """进展填报. `progress` is in per cent, as of the end of the day `as_of`; `forecast` moves the milestone's when the
    report is submitted. `author` is None when an API client wrote it; `on_behalf` says that the office did (代填).
    """

    milestone = models.ForeignKey(Milestone, models.PROTECT, related_name="status_reports", verbose_name=_("milestone"))
    author = models.ForeignKey(
        Person, models.PROTECT, null=True, editable=False, related_name="status_reports", verbose_name=_("author")
    )
    on_behalf = models.BooleanField(_("on behalf"), default=False, editable=False)
    as_of = date_field(_("as of"))
    progress = models.PositiveSmallIntegerField(_("progress"), help_text=_("0–100 per cent"))
    forecast_on = date_field(_("forecast"), null=True, blank=True)
    forecast_precision = precision_field(_("forecast precision"), null=True, blank=True)
    done = models.TextField(_("done since the last report"), blank=True)
    obstacles = models.TextField(_("obstacles"), blank=True)
    help_needed = models.TextField(_("help needed"), blank=True)
    state = models.CharField(
        _("state"), max_length=9, choices=ReportState.choices, default=ReportState.DRAFT, editable=False
    )
    submitted_at = models.DateTimeField(_("submitted at"), null=True, editable=False)
    decided_by = models.ForeignKey(
        Person, models.PROTECT, null=True, editable=False, related_name="+", verbose_name=_("decided by")
    )
    decided_at = models.DateTimeField(_("decided at"), null=True, editable=False)
    note = models.TextField(_("note"), blank=True, editable=False)

    objects = StatusReportQuerySet.as_manager()

    class Meta:
        verbose_name = _("status report")
        verbose_name_plural = _("status reports")
        ordering = ["-as_of", "-id"]
        indexes = [
            models.Index(fields=["milestone", "-as_of", "-id"], name="report_newest"),
            models.Index(fields=["state", "milestone"], name="report_state"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["milestone", "author"],
                condition=Q(state="draft", author__isnull=False),
                name="report_one_draft_an_author",
            ),
            models.CheckConstraint(condition=one_of("state", ReportState), name="report_state_known"),
            models.CheckConstraint(condition=Q(progress__lte=100), name="report_progress_in_per_cent"),
            models.CheckConstraint(condition=period_end("forecast", optional=True), name="report_forecast_period_end"),
            models.CheckConstraint(
                condition=Q(state="draft") | Q(submitted_at__isnull=False), name="report_submitted_at_an_instant"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["draft", "submitted"]) | Q(decided_at__isnull=False),
                name="report_decided_at_an_instant",
            ),
            models.CheckConstraint(condition=~Q(state="returned") | ~Q(note=""), name="report_returned_with_a_note"),
        ]

    def __str__(self) -> str:
        return f"{wording.day(self.as_of)}: {self.progress} %"

    @property
    def forecast(self) -> FuzzyDate | None:
        return fuzzy(self.forecast_on, self.forecast_precision)
