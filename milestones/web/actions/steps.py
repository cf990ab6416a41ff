"""By which buttons does a milestone go from one state to the next?"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext_lazy as _

from milestones.evidence import operations as evidence
from milestones.models import TRANSITIONS, Milestone
from milestones.planning import lifecycle
from milestones.web.forms import acts

from .action import Action, plain, with_reason


def _in_state(verb: str) -> Callable[[Milestone], bool]:
    return lambda milestone: milestone.state in TRANSITIONS[verb][0]


def _submit(milestone: Milestone, form: acts.SubmitForm, **how: Any) -> None:
    given = form.cleaned_data
    file = given["evidence_file"]
    evidence.submit(
        milestone,
        actual=given["actual"],
        statement=given["statement"],
        evidence=form.evidence,
        file=file,
        file_name=file.name if file else "",
        file_title=given["evidence_file_title"],
        **how,
    )


ALL = [
    Action("start", "milestone.start", _("Start work"), _("Work has begun."), acts.PlainForm, plain(lifecycle.start),
           _in_state("start")),
    Action("submit", "milestone.submit", _("Submit as done"), _("Submitted; a second person verifies it now."),
           acts.SubmitForm, _submit, _in_state("submit")),
    Action("verify", "milestone.verify", _("Verify"), _("Verified: this milestone is completed."),
           acts.PlainForm, plain(lifecycle.verify), _in_state("verify")),
    Action("return", "milestone.return", _("Return for more"), _("Returned with your reason."),
           acts.ReasonForm, with_reason(lifecycle.return_), _in_state("return")),
    Action("reopen", "milestone.reopen", _("Reopen"), _("Reopened."),
           acts.ReasonForm, with_reason(lifecycle.reopen), _in_state("reopen")),
    Action("cancel", "milestone.cancel", _("Cancel this milestone"), _("Cancelled."),
           acts.ReasonForm, with_reason(lifecycle.cancel), _in_state("cancel")),
]  # fmt: skip
