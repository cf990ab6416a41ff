"""What was promised for which period, ordered into which fields of work?"""

from __future__ import annotations

from zoneinfo import ZoneInfo

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from .base import Versioned, one_of
from .people import validate_time_zone


class PlanState(models.TextChoices):
    DRAFT = "draft", _("draft")
    ACTIVE = "active", _("active")
    CLOSED = "closed", _("closed")


class ReportCadence(models.TextChoices):
    MONTHLY = "monthly", _("monthly")
    WEEKLY = "weekly", _("weekly")
    NONE = "none", _("none")


class PlanQuerySet(models.QuerySet["Plan"]):
    def active(self) -> PlanQuerySet:
        return self.filter(state=PlanState.ACTIVE)

    def current_first(self) -> PlanQuerySet:
        """Active plans first, newest year first: the order in which people want to see them."""
        rank = models.Case(
            models.When(state=PlanState.ACTIVE, then=0),
            models.When(state=PlanState.DRAFT, then=1),
            default=2,
        )
        return self.order_by(rank, "-year", "code")


class Plan(Versioned):
    """计划. Only an active plan is reminded."""

    code = models.CharField(_("code"), max_length=60)
    title = models.CharField(_("title"), max_length=200)
    title_en = models.CharField(_("English title"), max_length=200, blank=True)
    year = models.PositiveSmallIntegerField(_("year"))
    starts_on = models.DateField(_("first day"))
    ends_on = models.DateField(_("last day"))
    time_zone = models.CharField(
        _("time zone"),
        max_length=64,
        default="Asia/Shanghai",
        validators=[validate_time_zone],
    )
    state = models.CharField(_("state"), max_length=6, choices=PlanState.choices, default=PlanState.DRAFT)
    activated_at = models.DateTimeField(_("activated at"), null=True, editable=False)
    closed_at = models.DateTimeField(_("closed at"), null=True, editable=False)
    policy = models.ForeignKey(
        "ReminderPolicy",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("reminder policy"),
    )
    source_document = models.TextField(
        _("source document"), blank=True, help_text=_("title, number or address of the published text")
    )
    report_cadence = models.CharField(
        _("report cadence"), max_length=7, choices=ReportCadence.choices, default=ReportCadence.MONTHLY
    )
    report_day = models.PositiveSmallIntegerField(
        _("report day"),
        default=28,
        validators=[MinValueValidator(1), MaxValueValidator(28)],
        help_text=_("the day of the month by which a monthly report is expected"),
    )
    weekly_from = models.PositiveSmallIntegerField(
        _("weekly reports from"),
        default=8,
        validators=[MaxValueValidator(52)],
        help_text=_("weeks before the deadline; 0: never weekly"),
    )
    warning_days = models.PositiveSmallIntegerField(
        _("warning window"),
        default=14,
        validators=[MaxValueValidator(250)],
        help_text=_("working days before the deadline within which a current report is asked for"),
    )
    tolerance = models.PositiveSmallIntegerField(
        _("tolerance"),
        default=10,
        validators=[MaxValueValidator(100)],
        help_text=_("percentage points that progress may be behind the time that has passed"),
    )
    is_demo = models.BooleanField(_("demonstration"), default=False, editable=False)

    objects = PlanQuerySet.as_manager()

    class Meta:
        verbose_name = _("plan")
        verbose_name_plural = _("plans")
        ordering = ["-year", "code"]
        constraints = [
            models.UniqueConstraint(fields=["code"], name="plan_code_unique"),
            models.CheckConstraint(condition=one_of("state", PlanState), name="plan_state_known"),
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")),
                name="plan_ends_after_it_starts",
            ),
            models.CheckConstraint(
                condition=Q(state="draft", activated_at__isnull=True) | Q(state__in=["active", "closed"]),
                name="plan_draft_was_never_active",
            ),
            models.CheckConstraint(condition=one_of("report_cadence", ReportCadence), name="plan_cadence_known"),
            models.CheckConstraint(
                condition=Q(report_day__gte=1, report_day__lte=28, tolerance__lte=100), name="plan_cadence_in_bounds"
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)

    @property
    def is_draft(self) -> bool:
        return self.state == PlanState.DRAFT

    @property
    def is_active(self) -> bool:
        return self.state == PlanState.ACTIVE


class Workstream(Versioned):
    """工作领域."""

    plan = models.ForeignKey(Plan, models.PROTECT, related_name="workstreams", verbose_name=_("plan"))
    code = models.CharField(_("code"), max_length=20)
    title = models.CharField(_("title"), max_length=120)
    title_en = models.CharField(_("English title"), max_length=120, blank=True)
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    lead = models.ForeignKey(
        "Organisation",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("lead organisation"),
    )
    policy = models.ForeignKey(
        "ReminderPolicy",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("reminder policy"),
    )

    class Meta:
        verbose_name = _("workstream")
        verbose_name_plural = _("workstreams")
        ordering = ["plan", "position", "code"]
        constraints = [models.UniqueConstraint(fields=["plan", "code"], name="workstream_code_unique_in_plan")]

    def __str__(self) -> str:
        return self.title
