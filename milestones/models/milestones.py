"""What must happen by when, who answers for it, and how far is it?"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.expressions import RawSQL
from django.utils.translation import gettext_lazy as _

from .base import (
    Versioned,
    date_field,
    fuzzy,
    one_of,
    period_end,
    precision_field,
    source_span,
)
from .people import Person
from .plans import Plan, PlanState, Workstream
from .search import FindField

if TYPE_CHECKING:
    from milestones.workdays.periods import FuzzyDate


class Kind(models.TextChoices):
    CONSTRUCTION = "construction", _("construction")
    INSTITUTION = "institution", _("institution")
    POLICY = "policy", _("policy")
    EVENT = "event", _("event")
    PROJECT = "project", _("project")
    OTHER = "other", _("other")


class State(models.TextChoices):
    PLANNED = "planned", _("planned")
    IN_PROGRESS = "in_progress", _("in progress")
    SUBMITTED = "submitted", _("submitted")
    COMPLETED = "completed", _("completed")
    CANCELLED = "cancelled", _("cancelled")


class Health(models.TextChoices):
    GREEN = "green", _("on track")
    YELLOW = "yellow", _("at risk")
    RED = "red", _("late")
    DONE = "done", _("done")
    MADE_UP = "made_up", _("made up")


OPEN_STATES = (State.PLANNED, State.IN_PROGRESS, State.SUBMITTED)
CLOSED_STATES = (State.COMPLETED, State.CANCELLED)
# 报送办结 waits for the verifier: the owner is not reminded of what is out of their hands.
REMINDED_STATES = (State.PLANNED, State.IN_PROGRESS)

# verb → (states it may start from, state it leads to); `return` and `reopen` both lead back to work
TRANSITIONS: dict[str, tuple[tuple[State, ...], State]] = {
    "start": ((State.PLANNED,), State.IN_PROGRESS),
    "submit": ((State.PLANNED, State.IN_PROGRESS), State.SUBMITTED),
    "verify": ((State.SUBMITTED,), State.COMPLETED),
    "return": ((State.SUBMITTED,), State.IN_PROGRESS),
    "reopen": ((State.COMPLETED, State.CANCELLED), State.IN_PROGRESS),
    "cancel": (OPEN_STATES, State.CANCELLED),
}


# What needs attention first; "none" is what has no health.
HEALTH_RANKS = {"red": 0, "yellow": 1, "green": 2, "made_up": 3, "done": 4, "none": 5}


class HealthRank(models.Func):
    """As HEALTH_RANKS says. Without parameters: SQLite uses an index on an expression only for the very same text."""

    output_field = models.SmallIntegerField()
    template = (
        "CASE %(expressions)s WHEN 'red' THEN 0 WHEN 'yellow' THEN 1 WHEN 'green' THEN 2"
        " WHEN 'made_up' THEN 3 WHEN 'done' THEN 4 ELSE 5 END"
    )


# Later than was promised, as far as dates alone tell; an index holds just these.
SLIPPED = Q(forecast_on__gt=F("due_on")) | Q(due_on__gt=F("baseline_on")) | Q(actual_on__gt=F("due_on"))


class MilestoneQuerySet(models.QuerySet["Milestone"]):
    def open(self) -> MilestoneQuerySet:
        return self.filter(state__in=OPEN_STATES)

    def submitted(self) -> MilestoneQuerySet:
        """The state stands in the text: an index of just these rows is found for no parameter."""
        return self.filter(state=RawSQL("'submitted'", ()))

    def in_active_plans(self) -> MilestoneQuerySet:
        return self.filter(plan__state=PlanState.ACTIVE)

    def unassigned(self) -> MilestoneQuerySet:
        return self.filter(accountable__isnull=True)

    def due_between(self, first: date, last: date) -> MilestoneQuerySet:
        """Effective day in [first, last]."""
        return self.filter(due_on__gte=first, due_on__lte=last)

    def overdue(self, today: date) -> MilestoneQuerySet:
        """Open, and today is after the effective day."""
        return self.open().filter(due_on__lt=today)

    def led_by(self, organisation: object) -> MilestoneQuerySet:
        return self.filter(lead=organisation)

    def owned_by(self, person: object) -> MilestoneQuerySet:
        return self.filter(accountable=person)


class Milestone(Versioned):
    """节点. Four dates that are never mixed up: `baseline` (the first promise), `due` (the commitment now),
    `forecast` (what the owner expects) and `actual`; each a day and a precision.

    `due_version` counts deadline versions: it rises only when due's effective day or precision changes.
    `reminded_since` is how far back the reminder sweep may catch up: the last time the milestone was created,
    activated, moved, given to another person or another policy. It is no part of the object that other systems see.
    `reported_progress` is what the last report that counts says (None before the first): a trigger keeps it, so that
    sums over many need not look for it.
    `health` is derived, with `health_reason` as {"code", "params"}; both None in drafts and when cancelled.
    """

    plan = models.ForeignKey(Plan, models.PROTECT, db_index=False, related_name="milestones", verbose_name=_("plan"))
    workstream = models.ForeignKey(
        Workstream,
        models.PROTECT,
        db_index=False,
        related_name="milestones",
        verbose_name=_("workstream"),
    )
    code = models.CharField(_("code"), max_length=40)
    title = models.CharField(_("title"), max_length=200)
    title_en = models.CharField(_("English title"), max_length=200, blank=True)
    kind = models.CharField(_("kind"), max_length=12, choices=Kind.choices, default=Kind.OTHER)
    stage = models.CharField(
        _("stage word"),
        max_length=40,
        blank=True,
        help_text=_("such as 封顶, 挂牌, 印发"),
    )
    description = models.TextField(_("description"), blank=True)
    criterion = models.TextField(_("completion criterion"), blank=True)
    weight = models.PositiveSmallIntegerField(_("weight"), default=1, validators=[MinValueValidator(1)])
    state = models.CharField(
        _("state"),
        max_length=11,
        choices=State.choices,
        default=State.PLANNED,
        editable=False,
    )
    accountable = models.ForeignKey(
        Person,
        models.PROTECT,
        db_index=False,
        null=True,
        blank=True,
        related_name="accountable_for",
        verbose_name=_("owner"),
    )
    lead = models.ForeignKey(
        "Organisation",
        models.PROTECT,
        db_index=False,
        null=True,
        blank=True,
        related_name="leads",
        verbose_name=_("lead organisation"),
    )
    parent = models.ForeignKey(
        "self",
        models.PROTECT,
        db_index=False,
        null=True,
        blank=True,
        related_name="children",
        verbose_name=_("parent milestone"),
    )
    policy = models.ForeignKey(
        "ReminderPolicy",
        models.PROTECT,
        db_index=False,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("reminder policy"),
    )
    source_start = models.PositiveIntegerField(_("source from"), null=True, blank=True)
    source_end = models.PositiveIntegerField(_("source to"), null=True, blank=True)

    baseline_on = date_field(_("baseline"), editable=False)
    baseline_precision = precision_field(_("baseline precision"), editable=False)
    due_on = date_field(_("due"))
    due_precision = precision_field(_("due precision"), default="day")
    forecast_on = date_field(_("forecast"), null=True, blank=True)
    forecast_precision = precision_field(_("forecast precision"), null=True, blank=True)
    actual_on = date_field(_("actual"), null=True, blank=True, editable=False)
    actual_precision = precision_field(_("actual precision"), null=True, blank=True, editable=False)

    statement = models.TextField(_("completion statement"), blank=True, editable=False)
    submitted_by = models.ForeignKey(
        Person,
        models.PROTECT,
        db_index=False,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=_("submitted by"),
    )
    submitted_at = models.DateTimeField(_("submitted at"), null=True, editable=False)
    verified_by = models.ForeignKey(
        Person,
        models.PROTECT,
        db_index=False,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=_("verified by"),
    )
    verified_at = models.DateTimeField(_("verified at"), null=True, editable=False)

    submitted_client = models.CharField(_("submitted by client"), max_length=80, blank=True, editable=False)
    verified_client = models.CharField(_("verified by client"), max_length=80, blank=True, editable=False)

    health = models.CharField(_("health"), max_length=7, choices=Health.choices, null=True, editable=False)
    health_reason = models.JSONField(_("reason of the health"), null=True, editable=False)
    behind_since = date_field(_("behind its pace since"), null=True, editable=False)
    reported_progress = models.PositiveSmallIntegerField(_("progress as last reported"), null=True, editable=False)
    carried_from = models.OneToOneField(
        "self",
        models.PROTECT,
        null=True,
        editable=False,
        related_name="carried_to",
        verbose_name=_("carried over from"),
    )

    due_version = models.PositiveIntegerField(_("deadline version"), default=1, editable=False)
    reminded_since = models.DateTimeField(_("reminded since"), editable=False)
    find = FindField("code", "title", "title_en")

    objects = MilestoneQuerySet.as_manager()

    class Meta:
        verbose_name = _("milestone")
        verbose_name_plural = _("milestones")
        ordering = ["due_on", "code"]
        indexes = [
            models.Index(fields=["plan", "due_on", "id"], name="milestone_plan_due"),
            models.Index(F("plan"), HealthRank("health"), F("due_on"), F("code"), name="milestone_ledger"),
            models.Index(fields=["accountable", "state", "due_on"], name="milestone_owner_due"),
            models.Index(fields=["lead", "state", "due_on"], name="milestone_lead_due"),
            # What an overview sums up is read from these alone.
            models.Index(
                fields=["plan", "workstream", "health", "state", "weight", "reported_progress"],
                name="milestone_standing",
            ),
            # Without the id, by which each entry would be another: many milestones with the same dates are one.
            models.Index(
                fields=["plan", "state", "due_on", "forecast_on", "actual_on", "baseline_on", "weight"],
                name="milestone_days",
            ),
            models.Index(
                fields=["plan", "baseline_on", "due_on", "forecast_on", "actual_on", "state", "id"],
                condition=SLIPPED,
                name="milestone_slipped",
            ),
            models.Index(
                fields=["plan", "state", "due_on", "weight", "id"],
                condition=Q(accountable__isnull=True),
                name="milestone_unassigned",
            ),
            models.Index(fields=["plan", "id"], condition=Q(carried_from__isnull=False), name="milestone_carried"),
            models.Index(fields=["parent"], condition=Q(parent__isnull=False), name="milestone_children"),
            models.Index(
                fields=["plan", "due_on", "submitted_by"], condition=Q(state=State.SUBMITTED), name="milestone_waiting"
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["plan", "code"], name="milestone_code_unique_in_plan"),
            models.CheckConstraint(condition=one_of("kind", Kind), name="milestone_kind_known"),
            models.CheckConstraint(condition=one_of("state", State), name="milestone_state_known"),
            models.CheckConstraint(condition=Q(weight__gte=1), name="milestone_weight_positive"),
            models.CheckConstraint(
                condition=period_end("baseline", optional=False),
                name="milestone_baseline_period_end",
            ),
            models.CheckConstraint(
                condition=period_end("due", optional=False),
                name="milestone_due_period_end",
            ),
            models.CheckConstraint(
                condition=period_end("forecast", optional=True),
                name="milestone_forecast_period_end",
            ),
            models.CheckConstraint(
                condition=period_end("actual", optional=True),
                name="milestone_actual_period_end",
            ),
            models.CheckConstraint(
                condition=Q(parent__isnull=True) | ~Q(parent=F("id")),
                name="milestone_not_own_parent",
            ),
            models.CheckConstraint(
                condition=source_span(),
                name="milestone_source_span_ordered",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["submitted", "completed"])
                | (Q(submitted_at__isnull=False, actual_on__isnull=False) & ~Q(statement="")),
                name="milestone_submitted_with_statement",
            ),
            models.CheckConstraint(
                condition=~Q(state="completed") | Q(verified_at__isnull=False),
                name="milestone_completed_is_verified",
            ),
            models.CheckConstraint(
                condition=Q(verified_by__isnull=True) | ~Q(verified_by=F("submitted_by")),
                name="milestone_verifier_is_another",
            ),
            models.CheckConstraint(
                condition=Q(verified_client="") | ~Q(verified_client=F("submitted_client")),
                name="milestone_verifying_client_is_another",
            ),
            models.CheckConstraint(
                condition=Q(health__isnull=True) | one_of("health", Health), name="milestone_health_known"
            ),
            models.CheckConstraint(
                condition=Q(carried_from__isnull=True) | ~Q(carried_from=F("id")),
                name="milestone_not_carried_from_itself",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.title}"

    @property
    def baseline(self) -> FuzzyDate:
        return fuzzy(self.baseline_on, self.baseline_precision)  # type: ignore[return-value]

    @property
    def due(self) -> FuzzyDate:
        return fuzzy(self.due_on, self.due_precision)  # type: ignore[return-value]

    @property
    def forecast(self) -> FuzzyDate | None:
        return fuzzy(self.forecast_on, self.forecast_precision)

    @property
    def actual(self) -> FuzzyDate | None:
        return fuzzy(self.actual_on, self.actual_precision)

    @property
    def is_open(self) -> bool:
        return self.state in OPEN_STATES

    def is_overdue(self, today: date) -> bool:
        return self.is_open and today > self.due_on
