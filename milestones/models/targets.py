"""Which numbers were promised, and what has been read so far?"""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from milestones import wording

from .base import Versioned, one_of, source_span
from .plans import Plan, Workstream
from .search import FindField


class Measure(models.TextChoices):
    FLOW_GROWTH = "flow_growth", _("growth of a flow, year on year")
    STOCK_GROWTH = "stock_growth", _("growth of a year-end stock")
    CUMULATIVE = "cumulative", _("cumulative in the year")
    STOCK = "stock", _("stock at a date")


class Bound(models.TextChoices):
    AT_LEAST = "at_least", _("at least")
    ABOVE = "above", _("above")
    AT_MOST = "at_most", _("at most")
    RANGE = "range", _("range")
    EXACTLY = "exactly", _("exactly")
    ABOUT = "about", _("about")


class Target(Versioned):
    """指标. `value` is in `unit`; growth measures are in per cent."""

    plan = models.ForeignKey(Plan, models.PROTECT, related_name="targets", verbose_name=_("plan"))
    workstream = models.ForeignKey(
        Workstream,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="targets",
        verbose_name=_("workstream"),
    )
    code = models.CharField(_("code"), max_length=40)
    name = models.CharField(_("name"), max_length=200)
    name_en = models.CharField(_("English name"), max_length=200, blank=True)
    unit = models.CharField(_("unit"), max_length=20)
    measure = models.CharField(_("measure"), max_length=12, choices=Measure.choices)
    bound = models.CharField(_("bound"), max_length=8, choices=Bound.choices, default=Bound.AT_LEAST)
    value = models.DecimalField(_("value"), max_digits=18, decimal_places=4)
    value_max = models.DecimalField(_("upper value"), max_digits=18, decimal_places=4, null=True, blank=True)
    lead = models.ForeignKey(
        "Organisation",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("lead organisation"),
    )
    source_start = models.PositiveIntegerField(_("source from"), null=True, blank=True)
    source_end = models.PositiveIntegerField(_("source to"), null=True, blank=True)
    find = FindField("code", "name", "name_en")

    class Meta:
        verbose_name = _("target")
        verbose_name_plural = _("targets")
        ordering = ["plan", "workstream__position", "code"]
        constraints = [
            models.UniqueConstraint(fields=["plan", "code"], name="target_code_unique_in_plan"),
            models.CheckConstraint(condition=one_of("measure", Measure), name="target_measure_known"),
            models.CheckConstraint(condition=one_of("bound", Bound), name="target_bound_known"),
            models.CheckConstraint(
                condition=Q(bound="range", value_max__isnull=False, value_max__gte=F("value"))
                | (~Q(bound="range") & Q(value_max__isnull=True)),
                name="target_upper_value_only_for_a_range",
            ),
            models.CheckConstraint(
                condition=source_span(),
                name="target_source_span_ordered",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class Reading(Versioned):
    """读数: append-only, held so by triggers; a correction is a new row that `revises` the old one."""

    target = models.ForeignKey(Target, models.PROTECT, related_name="readings", verbose_name=_("target"))
    as_of = models.DateField(_("as of"))
    value = models.DecimalField(_("value"), max_digits=18, decimal_places=4)
    source = models.CharField(_("source"), max_length=200)
    provisional = models.BooleanField(_("provisional"), default=True)
    revises = models.OneToOneField(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="revised_by",
        verbose_name=_("revises"),
    )
    recorded_by = models.CharField(_("recorded by"), max_length=120, editable=False)

    class Meta:
        verbose_name = _("reading")
        verbose_name_plural = _("readings")
        ordering = ["as_of", "id"]
        indexes = [models.Index(fields=["target", "as_of"], name="reading_target_as_of")]
        constraints = [models.CheckConstraint(condition=~Q(source=""), name="reading_has_a_source")]

    def __str__(self) -> str:
        return f"{wording.day(self.as_of)}: {self.value}"
