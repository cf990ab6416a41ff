"""How does the office edit a ladder of reminders, so that each edit is a new version effective from tomorrow?"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from milestones import access
from milestones.errors import Conflict
from milestones.models import ReminderPolicy
from milestones.reminders import ladder, policies

from . import conflicts, pages, policy_preview, policy_view
from .forms import act
from .policy_steps import PREFIX, Steps, inputs, rungs, show_again, tomorrow, typed_words, words
from .site import site
from .verbs import VerbAdmin


class Copying(pages.Ask):
    code = forms.CharField(label=gettext_lazy("code"), max_length=40)
    name = forms.CharField(label=gettext_lazy("name"), max_length=120)


@admin.register(ReminderPolicy, site=site)
class PolicyAdmin(VerbAdmin):
    noun = "policy"
    list_display = ("code", "name", "is_default", "steps_total", "chosen_by")
    list_display_links = ("code", "name")
    search_fields = ("code", "name")
    inlines = (Steps,)
    change_form_template = "admin/lingang/policy.html"
    fieldsets = [
        (
            None,
            {
                "fields": ["code", "name", "is_default"],
                "description": gettext_lazy(
                    "A changed step counts from tomorrow on; what was sent keeps the version it was planned from."
                ),
            },
        ),
        (gettext_lazy("Who follows it"), {"fields": ["users", "followers"]}),
        (gettext_lazy("Versions"), {"classes": ["collapse"], "fields": ["versions"]}),
    ]

    # The list ------------------------------------------------------------------------------------------------------
    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return policy_view.counted(super().get_queryset(request), tomorrow())

    @admin.display(description=gettext_lazy("steps"))
    def steps_total(self, obj: Any) -> int:
        return int(obj.total)

    @admin.display(description=gettext_lazy("chosen by"))
    def chosen_by(self, obj: Any) -> str:
        return policy_view.chosen_by(obj)

    # The page ------------------------------------------------------------------------------------------------------
    @admin.display(description=gettext_lazy("chosen by"))
    def users(self, obj: ReminderPolicy) -> str | SafeString:
        return policy_view.users(obj)

    @admin.display(description=gettext_lazy("open milestones"))
    def followers(self, obj: ReminderPolicy) -> str:
        return policy_view.followers(obj)

    @admin.display(description=gettext_lazy("versions"))
    def versions(self, obj: ReminderPolicy) -> SafeString:
        return policy_view.versions(obj)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return () if obj is None else ("code", "is_default", "users", "followers", "versions")

    def groups(self, obj: Any, only_read: bool) -> list[Any]:
        return super().groups(obj, only_read) if obj is not None else [(None, {"fields": ["code", "name"]})]

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        if (policy := kwargs.get("obj")) is not None:
            may_choose = not policy.is_default and access.may(act(request)["actor"], "policy.make_default", policy)
            context |= {"tomorrow": tomorrow(), "news": policy_view.news(policy), "may_choose": may_choose}
        return super().render_change_form(request, context, *args, **kwargs)

    def create(self, request: HttpRequest, form: Any, formsets: list[Any]) -> ReminderPolicy:
        steps = inputs(formsets)
        policy = policies.create_policy(form.values(changed_only=False), steps, **act(request))
        self._warn_of_silence(request, steps)
        return policy

    def change(self, request: HttpRequest, obj: ReminderPolicy, form: Any, formsets: list[Any]) -> None:
        version = form.cleaned_data["seen"]
        if values := form.values(changed_only=True):
            policies.edit(obj, values, version=version, **act(request))
            version = None  # the row was just taken in the version that was looked at
        if any(formset.has_changed() for formset in formsets):
            steps = inputs(formsets)
            policies.edit_steps(obj, steps, version=version, **act(request))
            self._warn_of_silence(request, steps)

    def _warn_of_silence(self, request: HttpRequest, steps: list[ladder.StepInput]) -> None:
        if ladder.silence(steps):
            self.message_user(request, ladder.NO_DEADLINE, messages.WARNING)

    def may_erase(self, obj: ReminderPolicy) -> bool:
        return policies.is_unused(obj)

    def erase(self, request: HttpRequest, obj: ReminderPolicy) -> None:
        policies.delete(obj, **act(request))

    def compare(self, request: HttpRequest, object_id: str | None, conflict: Conflict) -> conflicts.Comparison:
        """Steps that others changed are shown as they are now; what was typed stands beside them in words."""
        shown = super().compare(request, object_id, conflict)
        if PREFIX not in conflict.fields:
            return shown
        policy, data = self.present(object_id), request.POST.copy()
        present = rungs(policy, tomorrow())
        row = conflicts.Row(_("steps"), "; ".join(f"{v.step.code}: {words(v)}" for v in present), typed_words(data))
        show_again(data, policy, present)
        request.POST = data  # type: ignore[assignment]
        return replace(shown, rows=[*shown.rows, row])

    # What else can be done -----------------------------------------------------------------------------------------
    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.step)
        page = path("<path:object_id>/do/<slug:verb>/", view, name="milestones_reminderpolicy_do")
        return [page, *super().get_urls()]

    def step(self, request: HttpRequest, object_id: str, verb: str) -> HttpResponse:
        policy, actor = pages.found(self, request, object_id), act(request)["actor"]
        if verb == "copy":
            return pages.ask(
                self,
                request,
                policy,
                title=gettext_lazy("Copy this policy"),
                button=gettext_lazy("Copy"),
                allowed=access.may(actor, "policy.create"),
                do=self._copy,
                form_class=Copying,
            )
        if verb == "preview":
            return policy_preview.page(self, request, policy)
        if verb == "default":
            return pages.ask(
                self,
                request,
                policy,
                title=gettext_lazy("Make this the default policy?"),
                button=gettext_lazy("Make it the default"),
                allowed=access.may(actor, "policy.make_default", policy),
                do=lambda p, typed, act: policies.make_default(p, **typed, **act),
                template="admin/lingang/policy_default.html",
                shown={"note": policy_view.silent_ones(policy)},
            )
        raise Http404

    def _copy(self, policy: ReminderPolicy, typed: dict[str, Any], act: dict[str, Any]) -> HttpResponse:
        values = {name: typed[name] for name in policies.EDITABLE}
        made = policies.copy(policy, values, **act)
        return HttpResponseRedirect(self.url("change", made.pk))

    def label(self, obj: Any) -> str:
        return f"{obj.name} ({_('default')})" if obj.is_default else str(capfirst(obj.name))
