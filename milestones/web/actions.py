"""Which verbs of a milestone does a page offer, with which form, and which of them is the obvious next step?"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from milestones import access
from milestones.actors import Actor
from milestones.evidence import operations as evidence
from milestones.evidence import rules
from milestones.models import CLOSED_STATES, TRANSITIONS, Milestone, State
from milestones.planning import lifecycle, operations
from milestones.web.forms import acts


@dataclass(frozen=True)
class Action:
    """`name` is its word in the address, `right` the verb that `access` is asked for; `perform` is one domain call."""

    name: str
    right: str
    label: Promise
    said: Promise
    form: type[acts.ActForm]
    perform: Callable[..., object]
    in_draft: bool = False

    @property
    def is_plain(self) -> bool:
        return self.form is acts.PlainForm

    def suits(self, milestone: Milestone) -> bool:
        """Whether plan and state allow it, whoever asks."""
        if not (milestone.plan.is_active or (self.in_draft and milestone.plan.is_draft)):
            return False
        if self.name in TRANSITIONS:
            return milestone.state in TRANSITIONS[self.name][0]
        if self.name == "attach":
            return rules.takes_evidence(milestone)
        if self.name == "reschedule":
            return milestone.state not in (*CLOSED_STATES, State.SUBMITTED)
        return milestone.state not in CLOSED_STATES


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


def _attach(milestone: Milestone, form: acts.AttachForm, *, version: int, **how: Any) -> None:
    """Whatever else changed meanwhile: a piece of evidence is added to what there is."""
    given = form.cleaned_data
    if file := given["file"]:
        evidence.attach_file(milestone, file=file, file_name=file.name, title=given["title"], **how)
    else:
        evidence.attach_link(milestone, url=given["url"], title=given["title"], **how)


def _assign(milestone: Milestone, form: acts.ActForm, **how: Any) -> None:
    given = form.cleaned_data
    operations.change(milestone, {"accountable": given["to"]}, reason=given["reason"], **how)


def _reschedule(milestone: Milestone, form: acts.ActForm, **how: Any) -> None:
    operations.reschedule(milestone, form.cleaned_data["due"], reason=form.cleaned_data["reason"], **how)


def _forecast(milestone: Milestone, form: acts.ActForm, **how: Any) -> None:
    operations.forecast(milestone, form.cleaned_data["expected"], reason=form.cleaned_data["reason"], **how)


def _plain(verb: Callable[..., object]) -> Callable[..., object]:
    return lambda milestone, _form, **how: verb(milestone, **how)


def _with_reason(verb: Callable[..., object]) -> Callable[..., object]:
    return lambda milestone, form, **how: verb(milestone, reason=form.cleaned_data["reason"], **how)


ALL = [
    Action("assign", "milestone.assign", _("Name an owner"), _("The owner is recorded and told by mail."),
           acts.AssignForm, _assign, in_draft=True),
    Action("start", "milestone.start", _("Start work"), _("Work has begun."), acts.PlainForm, _plain(lifecycle.start)),
    Action("submit", "milestone.submit", _("Submit as done"), _("Submitted; a second person verifies it now."),
           acts.SubmitForm, _submit),
    Action("attach", "evidence.attach", _("Attach evidence"), _("The evidence is attached; the office checks it."),
           acts.AttachForm, _attach),
    Action("verify", "milestone.verify", _("Verify"), _("Verified: this milestone is completed."),
           acts.PlainForm, _plain(lifecycle.verify)),
    Action("return", "milestone.return", _("Return for more"), _("Returned with your reason."),
           acts.ReasonForm, _with_reason(lifecycle.return_)),
    Action("forecast", "milestone.forecast", _("Give a forecast"), _("The forecast is recorded; the due date stays."),
           acts.ForecastForm, _forecast, in_draft=True),
    Action("reschedule", "milestone.reschedule", _("Move the due date"),
           _("The due date has moved; the first promise stays."), acts.RescheduleForm, _reschedule, in_draft=True),
    Action("reopen", "milestone.reopen", _("Reopen"), _("Reopened."), acts.ReasonForm, _with_reason(lifecycle.reopen)),
    Action("cancel", "milestone.cancel", _("Cancel this milestone"), _("Cancelled."),
           acts.ReasonForm, _with_reason(lifecycle.cancel)),
]  # fmt: skip
BY_NAME = {action.name: action for action in ALL}


def offered(milestone: Milestone, actor: Actor) -> list[Action]:
    """What this actor may do to this milestone as it is now."""
    return [action for action in ALL if action.suits(milestone) and _may(action, milestone, actor)]


def obvious(milestone: Milestone, actions: list[Action]) -> Action | None:
    """The one next step among the offered ones; None when nothing waits for this person."""
    by_name = {action.name: action for action in actions}
    if not milestone.accountable_id and "assign" in by_name:
        return by_name["assign"]
    if "verify" in by_name:
        return by_name["verify"]
    if milestone.state == State.IN_PROGRESS:
        return by_name.get("submit")
    return by_name.get("start")


def _may(action: Action, milestone: Milestone, actor: Actor) -> bool:
    if action.name == "verify" and actor.person and milestone.submitted_by_id == actor.person.pk:
        return False
    return access.may(actor, action.right, milestone)
