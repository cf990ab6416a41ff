"""By which buttons is evidence attached to a milestone, or its health set by hand?"""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from milestones.evidence import operations as evidence
from milestones.evidence import rules
from milestones.models import Milestone
from milestones.planning import overrides
from milestones.web.forms import acts

from .action import Action, Group, unversioned


def _attach(milestone: Milestone, form: acts.AttachForm, **how: Any) -> None:
    given = form.cleaned_data
    if file := given["file"]:
        evidence.attach_file(milestone, file=file, file_name=file.name, title=given["title"], **how)
    else:
        evidence.attach_link(milestone, url=given["url"], title=given["title"], **how)


def _override(milestone: Milestone, form: acts.OverrideForm, **how: Any) -> None:
    given = form.cleaned_data
    overrides.give(milestone, given["health"], reason=given["reason"], until=given["until"], **how)


ALL = [
    Action("attach", "evidence.attach", _("Attach evidence"), _("The evidence is attached; the office checks it."),
           acts.AttachForm, unversioned(_attach), rules.takes_evidence, Group.PROGRESS),
    Action("override", "milestone.override_health", _("Set the health by hand"),
           _("Set until that day; what is computed stands beside it."),
           acts.OverrideForm, _override, lambda milestone: milestone.is_open, Group.MORE),
]  # fmt: skip
