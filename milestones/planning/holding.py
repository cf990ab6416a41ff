"""How does a verb make sure that its plan stays in the state it was checked against?"""

from __future__ import annotations

from django.db import connection

from milestones.changes import record
from milestones.models import Plan


def hold(plan: Plan) -> None:
    """Until this transaction ends the plan's state stays what `plan` says; Conflict when somebody changed it first.

    On PostgreSQL a share lock: verbs of one plan do not wait for each other, only for its activation or closing, and
    see what that wait was for. SQLite has a single writer.
    """
    sql, params = Plan.objects.filter(pk=plan.pk).order_by().values_list("state").query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(f"{sql} FOR SHARE" if connection.vendor == "postgresql" else sql, params)
        found = cursor.fetchone()
    if found != (plan.state,):
        raise record.conflict(plan)
