"""Which buttons does the page of a row have, and what does each ask before it does its verb?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _

from milestones import access

from . import pages
from .fields import ReasonField
from .forms import act
from .verbs import VerbAdmin


class AskNote(pages.Ask):
    note = ReasonField(label=_("note"), required=False)


@dataclass(frozen=True)
class Step:
    """A button and its page. `right` is the verb's name in `access`, `sources` are the states it may start from; `do`
    gets the row, what was typed, and actor and time."""

    verb: str
    right: str
    sources: tuple[Any, ...]
    label: Any
    question: Any
    do: pages.Do
    form_class: type[forms.Form] = AskNote


class SteppingAdmin(VerbAdmin):
    """The admin of rows with a `state`, changed by verbs only."""

    change_form_template = "admin/lingang/steps.html"

    steps: ClassVar[Mapping[str, Step]]
    step_template = "admin/lingang/ask.html"

    def facts(self, obj: Any) -> dict[str, Any]:
        """What the page of a step shows so that one can decide."""
        return {}

    def step_url(self) -> str:
        return f"milestones_{self.opts.model_name}_do"

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.step)
        page = path("<path:object_id>/do/<slug:verb>/", view, name=self.step_url())
        return [page, *super().get_urls()]

    def step(self, request: HttpRequest, object_id: str, verb: str) -> HttpResponse:
        if verb not in self.steps:
            raise Http404
        step, row = self.steps[verb], pages.found(self, request, object_id)
        return pages.ask(
            self,
            request,
            row,
            title=step.question,
            button=step.label,
            do=step.do,
            form_class=step.form_class,
            template=self.step_template,
            allowed=access.may(act(request)["actor"], step.right, row),
            shown=self.facts(row),
        )

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        row, actor = kwargs.get("obj"), act(request)["actor"]
        context["steps"] = [
            step
            for step in self.steps.values()
            if row and row.state in step.sources and access.may(actor, step.right, row)
        ]
        context["step_url"] = f"admin:{self.step_url()}"
        return super().render_change_form(request, context, *args, **kwargs)
