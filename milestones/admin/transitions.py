"""Which buttons does a milestone's page have, and what does each ask before it does its verb?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from milestones import access
from milestones.evidence import operations as evidence
from milestones.evidence import rules
from milestones.evidence.kinds import EXTENSIONS
from milestones.models import TRANSITIONS, Milestone
from milestones.planning import lifecycle

from . import pages
from .fields import FuzzyDateField
from .forms import act


class EvidenceFile(forms.FileField):
    def __init__(self, **options: Any) -> None:
        options.setdefault("label", _("file"))
        options.setdefault(
            "help_text",
            _(
                "Up to 20 MB: a picture, PDF, OFD or office file without macros. Nothing classified may enter; the "
                "text of the file is searched for markings."
            ),
        )
        super().__init__(required=False, widget=forms.FileInput({"accept": ",".join(EXTENSIONS)}), **options)


class Submission(pages.Ask):
    actual = FuzzyDateField(label=_("actual"), help_text=_("The day it was reached."))
    statement = forms.CharField(
        label=_("completion statement"), required=False, widget=forms.Textarea(attrs={"rows": 4, "cols": 80})
    )
    file = EvidenceFile(label=_("evidence: a file"))
    evidence = forms.CharField(
        label=_("evidence: links"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "cols": 80}),
        help_text=_("One link a line, with its title before it: Photo of the topping-out https://…"),
    )

    def clean_evidence(self) -> list[tuple[str, str]]:
        """(title, link) pairs; the last word of a line is the link."""
        lines = [line.strip() for line in self.cleaned_data["evidence"].splitlines() if line.strip()]
        return [(title.strip(), url) for title, _space, url in (line.rpartition(" ") for line in lines)]


class Attachment(pages.Ask):
    file = EvidenceFile()
    url = forms.URLField(label=_("or a link"), required=False, max_length=1000, assume_scheme="https")
    title = forms.CharField(label=_("title"), required=False, max_length=200)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if bool(given.get("file")) == bool(given.get("url")) and not self.errors:
            self.add_error("file", _("Give a file or a link, one of the two."))
        return given


def _submit(milestone: Milestone, typed: dict[str, Any], act: dict[str, Any]) -> None:
    file = typed.pop("file")
    evidence.submit(milestone, file=file, file_name=file.name if file else "", **typed, **act)


def _attach(milestone: Milestone, typed: dict[str, Any], act: dict[str, Any]) -> None:
    if file := typed["file"]:
        evidence.attach_file(milestone, file=file, file_name=file.name, title=typed["title"], **act)
    else:
        evidence.attach_link(milestone, url=typed["url"], title=typed["title"], **act)


@dataclass(frozen=True)
class Step:
    """A button and its page. `do` gets the milestone, what was typed, and actor and time."""

    verb: str
    label: Any
    question: Any
    do: pages.Do
    form_class: type[forms.Form] = pages.Ask
    noun: str = "milestone"

    @property
    def right(self) -> str:
        return f"{self.noun}.{self.verb}"

    def suits(self, milestone: Milestone) -> bool:
        """Whether the state allows it, whoever asks."""
        if self.noun == "evidence":
            return rules.takes_evidence(milestone)
        return milestone.state in TRANSITIONS[self.verb][0]


STEPS = {
    step.verb: step
    for step in (
        Step("start", _("Start"), _("Start this milestone?"), lambda m, typed, act: lifecycle.start(m, **typed, **act)),
        Step(
            "submit",
            _("Submit as done"),
            _("Submit this milestone as done"),
            _submit,
            Submission,
        ),
        Step(
            "attach",
            _("Attach evidence"),
            _("Attach a file or a link to this milestone"),
            _attach,
            Attachment,
            noun="evidence",
        ),
        Step(
            "verify",
            _("Verify"),
            _("Confirm that this milestone was reached?"),
            lambda m, typed, act: lifecycle.verify(m, **typed, **act),
        ),
        Step(
            "return",
            _("Return"),
            _("Return this milestone to its owner"),
            lambda m, typed, act: lifecycle.return_(m, **typed, **act),
            pages.AskReason,
        ),
        Step(
            "reopen",
            _("Reopen"),
            _("Reopen this milestone"),
            lambda m, typed, act: lifecycle.reopen(m, **typed, **act),
            pages.AskReason,
        ),
        Step(
            "cancel",
            _("Cancel milestone"),
            _("Cancel this milestone"),
            lambda m, typed, act: lifecycle.cancel(m, **typed, **act),
            pages.AskReason,
        ),
    )
}


def open_to(request: HttpRequest, milestone: Milestone) -> list[Step]:
    """The steps that the milestone's state, its plan and the reader's rights allow now."""
    if not milestone.plan.is_active:
        return []
    actor = act(request)["actor"]
    return [step for step in STEPS.values() if step.suits(milestone) and access.may(actor, step.right, milestone)]


def page(admin: Any, request: HttpRequest, object_id: str, verb: str) -> HttpResponse:
    if verb not in STEPS:
        raise Http404
    step, milestone = STEPS[verb], pages.found(admin, request, object_id)
    return pages.ask(
        admin,
        request,
        milestone,
        title=step.question,
        button=step.label,
        do=step.do,
        form_class=step.form_class,
        allowed=access.may(act(request)["actor"], step.right, milestone),
        shown={"milestone": milestone, "evidence": milestone.evidence.standing()},
    )
