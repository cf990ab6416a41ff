"""What may be decided about what hangs on a milestone: evidence, reports, requests, comments, and so on?"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from milestones import access
from milestones.actors import Actor
from milestones.conversation import comments
from milestones.evidence import operations as evidence
from milestones.evidence import rules
from milestones.extensions import operations as extensions
from milestones.models import (
    Comment,
    Dependency,
    Evidence,
    EvidenceState,
    Extension,
    ExtensionState,
    HealthOverride,
    Milestone,
    ReportDraft,
    ReportState,
    StatusReport,
)
from milestones.planning import dependencies, overrides
from milestones.status_reports import drafts
from milestones.status_reports import operations as reports
from milestones.web.forms import deciding


@dataclass(frozen=True)
class Decision:
    """`noun` and `name` are its words in the address; `perform` is one domain call.

    `suits` says whether the states of the object and of its milestone, which is at hand, allow it.
    """

    noun: str
    name: str
    label: Promise
    said: Promise
    form: type[deciding.DecisionForm]
    perform: Callable[..., object]
    suits: Callable[[Any, Milestone], bool]
    right: str = ""
    by_another: str = ""  # the column of who may not decide it: a second person must

    def may(self, obj: Any, milestone: Milestone, actor: Actor) -> bool:
        if self.by_another and actor.person is not None and getattr(obj, self.by_another) == actor.person.pk:
            return False
        right = self.right or f"{self.noun}.{self.name}"
        return access.may(actor, right, obj)


@dataclass(frozen=True)
class Noun:
    """`anchor` is where on the milestone's page it stands; `near` is what its page and the rights ask for."""

    model: type[models.Model]
    anchor: str
    near: tuple[str, ...] = ("milestone__plan", "milestone__lead", "milestone__accountable", "milestone__workstream")
    owner: str = "milestone"


NOUNS = {
    "evidence": Noun(Evidence, "evidence"),
    "report": Noun(StatusReport, "reports"),
    "draft": Noun(ReportDraft, "reports"),
    "extension": Noun(Extension, "extension"),
    "comment": Noun(Comment, "comments"),
    "override": Noun(HealthOverride, "health"),
    "dependency": Noun(
        Dependency,
        "dependencies",
        ("successor__plan", "successor__lead", "successor__accountable", "successor__workstream", "predecessor__plan"),
        "successor",
    ),
}


def _always(_obj: Any, _milestone: Milestone) -> bool:
    return True


def _call(verb: Callable[..., object]) -> Callable[..., object]:
    return lambda obj, form, **how: verb(obj, **form.said, **how)


def _active(milestone: Milestone) -> bool:
    return milestone.plan.is_active


def _evidence(name: str) -> Callable[[Evidence, Milestone], bool]:
    return lambda piece, milestone: name in rules.decidable(piece, milestone)


def _report(*states: str) -> Callable[[StatusReport, Milestone], bool]:
    return lambda report, milestone: _active(milestone) and report.state in states


def _asked(extension: Extension, milestone: Milestone) -> bool:
    return _active(milestone) and extension.state == ExtensionState.REQUESTED


def _stands(comment: Comment, milestone: Milestone) -> bool:
    return milestone.plan.state != "closed" and comment.withdrawn_at is None


def _in_force(override: HealthOverride, milestone: Milestone) -> bool:
    return _active(milestone) and override.withdrawn_at is None


def _not_closed(_dependency: Dependency, milestone: Milestone) -> bool:
    return milestone.plan.state != "closed"


ALL = [
    Decision("evidence", "verify", pgettext_lazy("evidence", "Verify"), _("The piece of evidence is verified."),
             deciding.DecisionForm, _call(evidence.verify), _evidence("verify"), by_another="added_by_id"),
    Decision("evidence", "reject", pgettext_lazy("evidence", "Reject"),
             _("The piece of evidence is rejected, with your reason."),
             deciding.WithReason, _call(evidence.reject), _evidence("reject")),
    Decision("evidence", "withdraw", pgettext_lazy("evidence", "Withdraw"),
             _("The piece of evidence is withdrawn; it stays in the history."),
             deciding.WithReason, _call(evidence.withdraw), _evidence("withdraw")),
    Decision("report", "accept", pgettext_lazy("report", "Accept"), _("The report is accepted."),
             deciding.WithNote, _call(reports.accept), _report(ReportState.SUBMITTED), by_another="author_id"),
    Decision("report", "return", pgettext_lazy("report", "Return"), _("The report is returned; its author is told."),
             deciding.WithNeededNote, _call(reports.return_), _report(ReportState.SUBMITTED), by_another="author_id"),
    Decision("report", "discard", pgettext_lazy("report", "Discard the draft"), _("The draft is gone."),
             deciding.DecisionForm, _call(reports.discard), _report(ReportState.DRAFT)),
    Decision("draft", "discard", pgettext_lazy("report", "Discard the draft"), _("The draft is gone."),
             deciding.DecisionForm, _call(drafts.discard), _always),
    Decision("extension", "approve", pgettext_lazy("extension", "Approve"),
             _("Approved: the due date has moved, the first promise stays."),
             deciding.WithNote, _call(extensions.approve), _asked, by_another="requested_by_id"),
    Decision("extension", "decline", pgettext_lazy("extension", "Decline"), _("Declined; the date stays."),
             deciding.WithNeededNote, _call(extensions.decline), _asked, by_another="requested_by_id"),
    Decision("extension", "withdraw", pgettext_lazy("extension", "Withdraw the request"),
             _("The request is withdrawn; the date stays."), deciding.WithNote, _call(extensions.withdraw), _asked),
    Decision("comment", "withdraw", pgettext_lazy("comment", "Withdraw"),
             _("The comment is withdrawn; its text is shown no more."),
             deciding.WithReason, _call(comments.withdraw), _stands),
    Decision("override", "withdraw", _("Withdraw the override"), _("Withdrawn; what is computed counts again."),
             deciding.DecisionForm, _call(overrides.withdraw), _in_force, right="milestone.withdraw_override"),
    Decision("dependency", "edit", pgettext_lazy("dependency", "Change the lag"), _("The lag is changed."),
             deciding.LagForm, _call(dependencies.edit), _not_closed),
    Decision("dependency", "remove", pgettext_lazy("dependency", "Remove"), _("It does not wait for that any more."),
             deciding.DecisionForm, _call(dependencies.remove), _not_closed),
]  # fmt: skip
BY_NAME = {(decision.noun, decision.name): decision for decision in ALL}


def offered(noun: str, obj: Any, milestone: Milestone, actor: Actor) -> list[Decision]:
    """What this actor may decide about this object of this milestone as it is now."""
    return [one for one in of(noun) if one.suits(obj, milestone) and one.may(obj, milestone, actor)]


def of(noun: str) -> Iterable[Decision]:
    return (decision for decision in ALL if decision.noun == noun)


def hidden(obj: Any, actor: Actor) -> bool:
    """What was withdrawn is kept for the office alone; a draft is its author's alone (a system's is the office's)."""
    office = actor.person is not None and access.is_office(actor.person)
    if isinstance(obj, Evidence) and obj.state == EvidenceState.WITHDRAWN:
        return not office
    if isinstance(obj, StatusReport) and obj.state == ReportState.DRAFT:
        return obj.author_id is not None and (actor.person is None or obj.author_id != actor.person.pk)
    return False
