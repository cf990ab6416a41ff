"""When must the reminder sweep look at a milestone next?"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import connection, models
from django.db.models import QuerySet, Value
from django.utils.translation import gettext_lazy as _

from .milestones import Milestone


class NextLookQuerySet(models.QuerySet["NextLook"]):
    def due(self, now: datetime) -> NextLookQuerySet:
        """What the sweep must look at: the moment set by a change or by the last look has come."""
        return self.filter(at__lte=now)

    def wake(self, milestones: QuerySet[Milestone], at: datetime) -> None:
        """Let the sweep look at each of these at `at`, by one INSERT … SELECT however many there are."""
        rows = milestones.order_by().annotate(_at=Value(at, models.DateTimeField())).values_list("pk", "_at")
        sql, params = rows.query.sql_with_params()
        table = self.model._meta.db_table
        with connection.cursor() as cursor:
            cursor.execute(
                f"INSERT INTO {table} (milestone_id, at) SELECT * FROM ({sql}) AS woken WHERE true "  # noqa: S608 - ours
                "ON CONFLICT (milestone_id) DO UPDATE SET at = excluded.at",
                params,
            )


class NextLook(models.Model):
    """No row: there is nothing to look for. A narrow table beside the milestones, since a sweep writes it for each
    milestone and step: on the wide row every index would be written each time.
    """

    milestone = models.OneToOneField(
        Milestone, models.CASCADE, primary_key=True, related_name="next_look", verbose_name=_("milestone")
    )
    at = models.DateTimeField(_("look at"), db_index=True)

    objects = NextLookQuerySet.as_manager()

    class Meta:
        verbose_name = _("next look")
        verbose_name_plural = _("next looks")

    def __str__(self) -> str:
        return f"{self.milestone_id} {self.at}"

    @classmethod
    def of(cls, milestone: Any) -> datetime | None:
        return cls.objects.filter(milestone=milestone).values_list("at", flat=True).first()
