"""How does the office make a milestone like the one it looks at?"""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext_lazy as _

from milestones import access
from milestones.models import Milestone
from milestones.planning import codes, copying

from . import pages
from .fields import FuzzyDateField
from .forms import act


def page(admin: Any, request: HttpRequest, object_id: str) -> HttpResponse:
    milestone: Milestone = pages.found(admin, request, object_id)

    def do(source: Milestone, typed: dict[str, Any], how: dict[str, Any]) -> HttpResponse:
        values = {name: typed[name] for name in ("code", "title", "due")}
        made = copying.clone(source, values, **how)
        return HttpResponseRedirect(admin.url("change", made.pk))

    return pages.ask(
        admin,
        request,
        milestone,
        title=_("Clone this milestone"),
        button=_("Clone"),
        do=do,
        done=_("Cloned; this is the new one."),
        allowed=access.may(act(request)["actor"], "milestone.create", milestone),
        form_class=_form(milestone),
        shown={"milestone": milestone, "evidence": ()},
    )


def _form(milestone: Milestone) -> type[forms.Form]:
    """What differs; all else that was promised is copied, with the owner, the lead and the parties."""
    fields = {
        "code": forms.CharField(label=_("code"), max_length=40, initial=codes.free_code(milestone.workstream)),
        "title": forms.CharField(
            label=_("title"), max_length=200, initial=milestone.title, widget=forms.TextInput({"size": 60})
        ),
        "due": FuzzyDateField(label=_("due"), initial=milestone.due),
    }
    return type("CloneForm", (pages.Ask,), fields)
