"""When must a milestone be looked at next: by the reminder sweep, and to assess its health?"""

from __future__ import annotations

from datetime import datetime
from typing import Any, Self
from uuid import UUID

from django.db import connection, models
from django.db.models import QuerySet, Value
from django.utils.translation import gettext_lazy as _

from .milestones import Milestone
from .prepared import cursor


class DueTableQuerySet(models.QuerySet[Any]):
    def due(self, now: datetime) -> Self:
        """What must be looked at: the moment set by a change or by the last look has come."""
        return self.filter(at__lte=now)

    def wake(self, milestones: QuerySet[Milestone], at: datetime) -> None:
        """Let each of these be looked at at `at`, by one INSERT … SELECT however many there are; in one order for all,
        so that two who wake the same ones wait for one another instead of each for the other."""
        rows = milestones.order_by("pk").annotate(_at=Value(at, models.DateTimeField())).values_list("pk", "_at")
        sql, params = rows.query.sql_with_params()
        table = self.model._meta.db_table
        with connection.cursor() as cursor:
            cursor.execute(
                f"INSERT INTO {table} (milestone_id, at) SELECT * FROM ({sql}) AS woken WHERE true "  # noqa: S608 - ours
                "ON CONFLICT (milestone_id) DO UPDATE SET at = excluded.at",
                params,
            )

    def wake_one(self, milestone: UUID, at: datetime) -> None:
        """The same of one, that is there."""
        pk, when = self.model._meta.pk, self.model._meta.get_field("at")
        with cursor() as asking:
            asking.execute(
                f"INSERT INTO {self.model._meta.db_table} (milestone_id, at) VALUES (%s, %s) "  # noqa: S608 - ours
                "ON CONFLICT (milestone_id) DO UPDATE SET at = excluded.at",
                [pk.get_db_prep_value(milestone, connection), when.get_db_prep_value(at, connection)],
            )


class DueTable(models.Model):
    """No row: there is nothing to look for. A narrow table beside the milestones, since each look writes it: on the
    wide row every index would be written each time.
    """

    at = models.DateTimeField(_("look at"), db_index=True)

    objects = DueTableQuerySet.as_manager()

    class Meta:
        abstract = True

    @classmethod
    def of(cls, milestone: Any) -> datetime | None:
        return cls.objects.filter(milestone=milestone).values_list("at", flat=True).first()


class NextLook(DueTable):
    """When the reminder sweep looks next."""

    milestone = models.OneToOneField(
        Milestone, models.CASCADE, primary_key=True, related_name="next_look", verbose_name=_("milestone")
    )

    class Meta:
        verbose_name = _("next look")
        verbose_name_plural = _("next looks")

    def __str__(self) -> str:
        return f"{self.milestone_id} {self.at}"


class NextAssessment(DueTable):
    """When health is assessed next: as the plan's next day begins, or when something it hangs on moved."""

    milestone = models.OneToOneField(
        Milestone, models.CASCADE, primary_key=True, related_name="next_assessment", verbose_name=_("milestone")
    )

    class Meta:
        verbose_name = _("next assessment")
        verbose_name_plural = _("next assessments")

    def __str__(self) -> str:
        return f"{self.milestone_id} {self.at}"
