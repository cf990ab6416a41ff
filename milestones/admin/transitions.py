"""Which buttons does a milestone's page have, and what does each ask before it does its verb?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from milestones import access
from milestones.models import TRANSITIONS, Milestone
from milestones.planning import lifecycle

from . import pages
from .fields import FuzzyDateField
from .forms import act


class Submission(pages.Ask):
    actual = FuzzyDateField(label=_("actual"), help_text=_("The day it was reached."))
    statement = forms.CharField(
        label=_("completion statement"), required=False, widget=forms.Textarea(attrs={"rows": 4, "cols": 80})
    )
    evidence = forms.CharField(
        label=_("evidence"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "cols": 80}),
        help_text=_("One link a line, with its title before it: Photo of the topping-out https://…"),
    )

    def clean_evidence(self) -> list[tuple[str, str]]:
        """(title, link) pairs; the last word of a line is the link."""
        lines = [line.strip() for line in self.cleaned_data["evidence"].splitlines() if line.strip()]
        return [(title.strip(), url) for title, _space, url in (line.rpartition(" ") for line in lines)]


@dataclass(frozen=True)
class Step:
    """A button and its page. `do` gets the milestone, what was typed, and actor and time."""

    verb: str
    label: Any
    question: Any
    do: pages.Do
    form_class: type[forms.Form] = pages.Ask


STEPS = {
    step.verb: step
    for step in (
        Step("start", _("Start"), _("Start this milestone?"), lambda m, typed, act: lifecycle.start(m, **typed, **act)),
        Step(
            "submit",
            _("Submit as done"),
            _("Submit this milestone as done"),
            lambda m, typed, act: lifecycle.submit(m, **typed, **act),
            Submission,
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
    return [
        step
        for verb, step in STEPS.items()
        if milestone.state in TRANSITIONS[verb][0] and access.may(actor, f"milestone.{verb}", milestone)
    ]


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
        allowed=access.may(act(request)["actor"], f"milestone.{verb}", milestone),
        shown={"milestone": milestone, "evidence": milestone.evidence.all()},
    )
