"""How does a verb make sure that its plan and its milestone stay in the state they were checked against?"""

from __future__ import annotations

from typing import Any

from django.db import connection
from django.db.models import QuerySet

from milestones.changes import record
from milestones.models import Milestone, Plan


def hold(plan: Plan) -> None:
    """Until this transaction ends the plan's state stays what `plan` says; Conflict when somebody changed it first.

    On PostgreSQL a share lock: verbs of one plan do not wait for each other, only for its activation or closing, and
    see what that wait was for. SQLite has a single writer.
    """
    _share(plan, Plan.objects.filter(pk=plan.pk))


def hold_milestone(milestone: Milestone) -> None:
    """The same for a milestone and its plan: for verbs that write what hangs on the milestone, not the row itself."""
    hold(milestone.plan)
    _share(milestone, Milestone.objects.filter(pk=milestone.pk))


def _share(row: Any, stored: QuerySet[Any]) -> None:
    sql, params = stored.order_by().values_list("state").query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(f"{sql} FOR SHARE" if connection.vendor == "postgresql" else sql, params)
        found = cursor.fetchone()
    if found != (row.state,):
        raise record.conflict(row)
