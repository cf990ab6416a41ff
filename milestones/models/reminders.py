"""Which steps remind of a deadline, and which reminders were planned, sent or held back, and why?"""

from __future__ import annotations

from datetime import date

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from .base import Versioned, one_of, uuid7
from .mail import OutgoingMail
from .milestones import Milestone
from .people import Person


class ReminderPolicy(Versioned):
    """提醒策略: a ladder of steps. Exactly one policy is the default."""

    code = models.CharField(_("code"), max_length=40)
    name = models.CharField(_("name"), max_length=120)
    is_default = models.BooleanField(_("default"), default=False)

    class Meta:
        verbose_name = _("reminder policy")
        verbose_name_plural = _("reminder policies")
        ordering = ["code"]
        constraints = [
            models.UniqueConstraint(fields=["code"], name="policy_code_unique"),
            models.UniqueConstraint(
                fields=["is_default"],
                condition=Q(is_default=True),
                name="policy_one_default",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Anchor(models.TextChoices):
    BEFORE_DUE = "before_due", _("before the deadline")
    ON_DUE = "on_due", _("on the deadline")
    AFTER_DUE = "after_due", _("after the deadline")
    PACE_CHECK = "pace_check", _("before each quarter's end")
    BEHIND_PACE = "behind_pace", _("when it is behind its pace")
    REPORT_DUE = "report_due", _("when a report is due")
    DECISION_DUE = "decision_due", _("when a decision is due")
    READING_DUE = "reading_due", _("when a target's reading is due")


# What hangs on a deadline is planned by the sweep and stands in the ledger; what asks for an answer by a day of its own
# is a letter a person and day, written by the capability that knows whether the answer is there.
ASKING_ANCHORS = (Anchor.REPORT_DUE, Anchor.DECISION_DUE, Anchor.READING_DUE)


class Audience(models.TextChoices):
    """Who of those around a milestone a step speaks to."""

    OWNER = "owner", _("owner")
    DEPUTY = "deputy", _("who stands in for one of them")
    COORDINATOR = "coordinator", _("coordinator of the lead")
    HEAD = "head", _("head of the lead")
    SUPERVISING_LEADER = "supervising_leader", _("supervising leader")
    OFFICE = "office", _("supervision office")
    WATCHERS = "watchers", _("watchers")


class Channel(models.TextChoices):
    MAIL = "mail", _("e-mail")
    WEBHOOK = "webhook", _("webhook of the lead organisation")


class Level(models.TextChoices):
    """A step of a level issues a numbered notice; one without reminds."""

    REMINDER = "", _("reminder")
    BLUE = "blue", _("blue notice")
    YELLOW = "yellow", _("yellow notice")
    RED = "red", _("red notice")


def usual_audience() -> list[str]:
    return [Audience.OWNER.value, Audience.DEPUTY.value]


def usual_channels() -> list[str]:
    return [Channel.MAIL.value]


class DayUnit(models.TextChoices):
    WORKING = "working", _("working days")
    CALENDAR = "calendar", _("calendar days")


class ReminderStep(models.Model):
    """A rung of a policy's ladder; what it says stands in its versions. Part of the policy."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    policy = models.ForeignKey(ReminderPolicy, models.CASCADE, related_name="steps", verbose_name=_("reminder policy"))
    code = models.CharField(_("code"), max_length=40)

    class Meta:
        verbose_name = _("reminder step")
        verbose_name_plural = _("reminder steps")
        ordering = ["policy", "code"]
        constraints = [models.UniqueConstraint(fields=["policy", "code"], name="step_code_unique_in_policy")]

    def __str__(self) -> str:
        return self.code


class StepVersionQuerySet(models.QuerySet["StepVersion"]):
    def effective_on(self, day: date) -> StepVersionQuerySet:
        return self.filter(effective_from__lte=day).filter(Q(effective_until__isnull=True) | Q(effective_until__gt=day))


class StepVersion(models.Model):
    """What a step says from `effective_from` on, until the day before `effective_until` (None: until further notice).

    `offset` counts `unit`s from the anchor: before a deadline or an expected answer, after a deadline or the day since
    which it is behind its pace. A step that repeats counts after the anchor's day, every `offset` units, `most` times
    (None: as long as it is called for). `stops_when_answered`: not while an answer to a notice stands whose forecast
    has not passed. `level` makes it a notice, to be answered within `respond_days` working days (None: as its level
    has it). What is not `digestible` leaves in a mail of its own.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    step = models.ForeignKey(ReminderStep, models.CASCADE, related_name="versions", verbose_name=_("step"))
    number = models.PositiveSmallIntegerField(_("number"), default=1)
    effective_from = models.DateField(_("effective from"))
    effective_until = models.DateField(_("effective until"), null=True, blank=True)
    anchor = models.CharField(_("anchor"), max_length=12, choices=Anchor.choices)
    offset = models.PositiveSmallIntegerField(_("offset"), default=0)
    unit = models.CharField(_("unit"), max_length=8, choices=DayUnit.choices, default=DayUnit.WORKING)
    repeats = models.BooleanField(_("repeats"), default=False)
    most = models.PositiveSmallIntegerField(_("at most"), null=True, blank=True)
    stops_when_answered = models.BooleanField(_("stops while an answer stands"), default=False)
    audience = models.JSONField(_("speaks to"), default=usual_audience)
    level = models.CharField(_("level"), max_length=6, choices=Level.choices, blank=True, default="")
    respond_days = models.PositiveSmallIntegerField(_("working days to answer"), null=True, blank=True)
    channels = models.JSONField(_("channels"), default=usual_channels)
    digestible = models.BooleanField(_("in the digest"), default=True)

    objects = StepVersionQuerySet.as_manager()

    class Meta:
        verbose_name = _("step version")
        verbose_name_plural = _("step versions")
        ordering = ["step", "number"]
        constraints = [
            models.UniqueConstraint(fields=["step", "number"], name="step_version_number_unique"),
            models.CheckConstraint(condition=one_of("anchor", Anchor), name="step_version_anchor_known"),
            models.CheckConstraint(condition=one_of("unit", DayUnit), name="step_version_unit_known"),
            models.CheckConstraint(condition=one_of("level", Level), name="step_version_level_known"),
            models.CheckConstraint(
                condition=(
                    Q(anchor="on_due", offset=0)
                    | (Q(anchor__in=["before_due", "after_due", "pace_check"]) & Q(offset__gte=1))
                    | (Q(anchor__in=["behind_pace", "report_due", "decision_due", "reading_due"]))
                ),
                name="step_version_offset_fits_anchor",
            ),
            models.CheckConstraint(
                condition=Q(repeats=False)
                | Q(anchor__in=["after_due", "report_due", "decision_due", "reading_due"], offset__gte=1),
                name="step_version_what_repeats",
            ),
            models.CheckConstraint(
                condition=Q(most__isnull=True) | Q(repeats=True, most__gte=1), name="step_version_most_of_repeats"
            ),
            models.CheckConstraint(
                condition=Q(level="")
                | Q(anchor__in=["before_due", "on_due", "after_due", "pace_check", "behind_pace"]),
                name="step_version_notice_about_a_deadline",
            ),
            models.CheckConstraint(
                condition=Q(effective_until__isnull=True) | Q(effective_until__gte=F("effective_from")),
                name="step_version_period_ordered",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.step} v{self.number}"


class ReminderState(models.TextChoices):
    PLANNED = "planned", _("planned")
    CLAIMED = "claimed", _("claimed")
    SENT = "sent", _("sent")
    FAILED = "failed", _("failed")
    SUPPRESSED = "suppressed", _("suppressed")
    ACKNOWLEDGED = "acknowledged", _("acknowledged")


class Suppression(models.TextChoices):
    """Why a reminder was held back."""

    COMPLETED = "completed", _("completed")
    SUBMITTED = "submitted", _("submitted, waiting for verification")
    CANCELLED = "cancelled", _("cancelled")
    DATE_MOVED = "date_moved", _("date moved")
    SUPERSEDED = "superseded", _("superseded by a later step")
    HANDED_OVER = "handed_over", _("handed over")
    PERSON_INACTIVE = "person_inactive", _("person inactive")
    MUTED = "muted", _("muted")
    PLAN_CLOSED = "plan_closed", _("plan closed")
    FORECAST_GIVEN = "forecast_given", _("a forecast of the month or day exists")
    POLICY_CHANGED = "policy_changed", _("the step was changed or removed")
    BOUNCING = "bouncing", _("the person's address returns mail")
    ANSWERED = "answered", _("a notice was answered with a date to come")
    CAUGHT_UP = "caught_up", _("no longer behind its pace")
    NO_CHANNEL = "no_channel", _("the organisation has no such channel")


class ReminderQuerySet(models.QuerySet["Reminder"]):
    def planned(self) -> ReminderQuerySet:
        """In the words of the partial index: neither in a mail nor held back (constraints hold that it is the same)."""
        return self.filter(state=ReminderState.PLANNED, mail__isnull=True, reason="")

    def suppress(self, reason: str) -> int:
        return self.update(state=ReminderState.SUPPRESSED, reason=reason)


class Reminder(models.Model):
    """提醒台账: one row for each (step, milestone, recipient, deadline version, occurrence, channel), ever.

    `day` is a day of the plan; it is recomputed while the row is planned and frozen once claimed.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    milestone = models.ForeignKey(
        Milestone, models.PROTECT, db_index=False, related_name="reminders", verbose_name=_("milestone")
    )
    recipient = models.ForeignKey(
        Person, models.PROTECT, db_index=False, related_name="reminders", verbose_name=_("recipient")
    )
    step = models.ForeignKey(ReminderStep, models.PROTECT, db_index=False, related_name="+", verbose_name=_("step"))
    step_version = models.ForeignKey(
        StepVersion, models.PROTECT, db_index=False, related_name="+", verbose_name=_("step version")
    )
    due_version = models.PositiveIntegerField(_("deadline version"))
    occurrence = models.PositiveSmallIntegerField(_("occurrence"), default=0, validators=[MinValueValidator(0)])
    channel = models.CharField(_("channel"), max_length=8, choices=Channel.choices, default=Channel.MAIL)
    day = models.DateField(_("day"))
    state = models.CharField(
        _("state"),
        max_length=12,
        choices=ReminderState.choices,
        default=ReminderState.PLANNED,
    )
    reason = models.CharField(_("reason"), max_length=20, blank=True)
    mail = models.ForeignKey(
        OutgoingMail,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="reminders",
        verbose_name=_("mail"),
    )
    planned_at = models.DateTimeField(_("planned at"))
    updated_at = models.DateTimeField(_("updated at"))

    objects = ReminderQuerySet.as_manager()

    class Meta:
        verbose_name = _("reminder")
        verbose_name_plural = _("reminders")
        ordering = ["-day", "-id"]
        indexes = [
            models.Index(
                fields=["recipient", "day"],
                condition=Q(mail__isnull=True, reason=""),
                name="reminder_planned",
            ),
            models.Index(fields=["recipient", "-day"], name="reminder_of_person"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=[
                    "milestone",
                    "step",
                    "recipient",
                    "due_version",
                    "occurrence",
                    "channel",
                ],
                name="reminder_once",
            ),
            models.CheckConstraint(condition=one_of("state", ReminderState), name="reminder_state_known"),
            models.CheckConstraint(
                condition=(Q(state="suppressed") & ~Q(reason="")) | (~Q(state="suppressed") & Q(reason="")),
                name="reminder_suppressed_with_a_reason",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["claimed", "sent", "failed", "acknowledged"]) | Q(mail__isnull=False),
                name="reminder_claimed_by_a_mail",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.step_id} → {self.recipient_id}"
