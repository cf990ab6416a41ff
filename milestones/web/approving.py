"""What can be decided on the approvals page, by which verb, and with which words?"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from milestones.evidence import operations as evidence
from milestones.extensions import operations as extensions
from milestones.models import (
    Evidence,
    EvidenceState,
    Extension,
    ExtensionState,
    Milestone,
    ReportState,
    State,
    StatusReport,
)
from milestones.planning import lifecycle
from milestones.status_reports import operations as reports


@dataclass(frozen=True)
class Verb:
    """`says` is the verb's argument for what was typed, empty when it takes no words; `needs`: it must have some."""

    name: str
    label: Promise
    said: Promise
    call: Callable[..., object]
    says: str = ""
    needs: bool = False

    def perform(self, obj: Any, words: str, **how: Any) -> None:
        """One domain call."""
        self.call(obj, **({self.says: words} if self.says else {}), **how)


@dataclass(frozen=True)
class Kind:
    """`yes` and `no` are the two ways to decide; `waits` is the state in which there is something to decide."""

    name: str
    label: Promise
    model: type[models.Model]
    waits: str
    right: str
    near: tuple[str, ...]
    words: Promise
    yes: Verb
    no: Verb

    def verb(self, name: str) -> Verb | None:
        return next((one for one in (self.yes, self.no) if one.name == name), None)


MILESTONE = ("plan", "workstream", "lead", "accountable")
OF_MILESTONE = tuple(f"milestone__{name}" for name in MILESTONE)

EXTENSION = Kind(
    "extension", _("Extension request"), Extension, ExtensionState.REQUESTED, "extension.approve",
    (*OF_MILESTONE, "milestone__lead__supervising_leader", "requested_by__organisation", "decided_by"),
    _("Reason: needed to decline; of an approval it stands in the date history, for everybody to read."),
    Verb("approve", pgettext_lazy("extension", "Approve"),
         _("Approved: the due date has moved, the first promise stays."), extensions.approve, "note"),
    Verb("decline", pgettext_lazy("extension", "Decline"), _("Declined; the date stays."),
         extensions.decline, "note", needs=True),
)  # fmt: skip
CLOSEOUT = Kind(
    "closeout", _("Close-out"), Milestone, State.SUBMITTED, "milestone.verify",
    (*MILESTONE, "submitted_by__organisation", "verified_by"),
    _("Reason: needed to return it, and sent to the owner."),
    Verb("verify", _("Verify"), _("Verified: this milestone is completed."), lifecycle.verify),
    Verb("return", _("Return for more"), _("Returned with your reason."), lifecycle.return_, "reason", needs=True),
)  # fmt: skip
REPORT = Kind(
    "report", _("Status report"), StatusReport, ReportState.SUBMITTED, "report.accept",
    (*OF_MILESTONE, "author__organisation", "decided_by"),
    _("Note: needed to return it, and sent to its author."),
    Verb("accept", pgettext_lazy("report", "Accept"), _("The report is accepted."), reports.accept, "note"),
    Verb("return", pgettext_lazy("report", "Return"), _("The report is returned; its author is told."),
         reports.return_, "note", needs=True),
)  # fmt: skip
EVIDENCE = Kind(
    "evidence", _("Piece of evidence"), Evidence, EvidenceState.PENDING, "evidence.verify",
    (*OF_MILESTONE, "added_by__organisation", "decided_by"),
    _("Reason: needed to reject it."),
    Verb("verify", pgettext_lazy("evidence", "Verify"), _("The piece of evidence is verified."), evidence.verify),
    Verb("reject", pgettext_lazy("evidence", "Reject"), _("The piece of evidence is rejected, with your reason."),
         evidence.reject, "reason", needs=True),
)  # fmt: skip
KINDS = {kind.name: kind for kind in (EXTENSION, CLOSEOUT, REPORT, EVIDENCE)}
