"""By which buttons is it said who answers for a milestone, what it is, and what it waits for?"""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from milestones.models import CLOSED_STATES, Milestone
from milestones.planning import dependencies, operations
from milestones.web.forms import acts, editing

from .action import Action, Group, unversioned


def _assign(milestone: Milestone, form: acts.ActForm, **how: Any) -> None:
    given = form.cleaned_data
    operations.change(milestone, {"accountable": given["to"]}, reason=given["reason"], **how)


def _edit(milestone: Milestone, form: editing.EditForm, **how: Any) -> None:
    operations.change(milestone, form.values, parties=form.parties, reason=form.cleaned_data["reason"], **how)


def _depend(milestone: Milestone, form: acts.DependForm, **how: Any) -> None:
    given = form.cleaned_data
    dependencies.add(given["predecessor"], milestone, lag=given["lag"] or 0, **how)


ALL = [
    Action("assign", "milestone.assign", _("Name an owner"), _("The owner is recorded and told by mail."),
           acts.AssignForm, _assign, lambda milestone: milestone.state not in CLOSED_STATES, Group.WHO, in_draft=True),
    Action("depend", "dependency.add", _("Add a predecessor"), _("From now on this milestone waits for it."),
           acts.DependForm, unversioned(_depend), lambda milestone: milestone.is_open, Group.MORE, in_draft=True),
    Action("edit", "milestone.edit", _("Edit"), _("Saved."), editing.EditForm, _edit, lambda _milestone: True,
           Group.MORE, in_draft=True),
]  # fmt: skip
