"""How does a verb make sure that its plan and its milestone stay in the state they were checked against?

In which order locks are taken: docs/decisions/0045.
"""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from milestones.changes import record
from milestones.errors import RuleBroken
from milestones.models import Milestone, Plan, ReminderPolicy
from milestones.models.prepared import held


def hold(*plans: Plan) -> None:
    """Until this transaction ends each plan's state stays what `plans` say; Conflict when somebody changed it first.

    On PostgreSQL a share lock: verbs of one plan do not wait for each other, only for its activation or closing, and
    see what that wait was for. SQLite has a single writer.
    """
    for plan in sorted(set(plans), key=lambda plan: plan.pk):
        _lock(plan, "FOR SHARE")


def hold_alone(plan: Plan) -> None:
    """The same, and no other verb in this plan goes on meanwhile: something of a draft is about to be deleted."""
    _lock(plan, "FOR NO KEY UPDATE")


def hold_milestone(milestone: Milestone) -> None:
    """The same for a milestone and its plan: for verbs that write what hangs on the milestone, not the row itself."""
    hold(milestone.plan)
    _lock(milestone, "FOR SHARE")


def still_there(plan: Plan, **rows: Any) -> None:
    """What this plan's new rows will point to, under `hold(plan)`; RuleBroken for what was deleted meanwhile.

    Only of a draft anything is ever deleted, and then by `hold_alone`. Without this PostgreSQL would notice at the
    commit only, as a violated foreign key.
    """
    for name, row in rows.items():
        if row is not None and plan.is_draft and not type(row)._default_manager.filter(pk=row.pk).exists():
            raise RuleBroken(_("This was deleted meanwhile; choose another."), field=name, code="gone")


def hold_policies(*policies: ReminderPolicy | None) -> None:
    """Until this transaction ends none of them is deleted; RuleBroken for one that was. Nobody else waits for this.

    Django's own check of a foreign key comes at the commit, too late to be said at its field.
    """
    for policy in sorted({policy for policy in policies if policy is not None}, key=lambda policy: policy.pk):
        if held(ReminderPolicy, "pk", "FOR KEY SHARE").first(pk=policy.pk) is None:
            raise RuleBroken(_("This was deleted meanwhile; choose another."), field="policy", code="gone")


def _lock(row: Plan | Milestone, how: str) -> None:
    if held(type(row), "state", how).first(pk=row.pk) != (row.state,):
        raise record.conflict(row)
