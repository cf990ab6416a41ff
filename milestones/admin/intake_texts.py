"""How does the office review a published text: read it in, decide on each proposal beside the text?"""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy
from django.views.decorators.http import require_POST

from milestones import access
from milestones.errors import DomainError
from milestones.intake import receiving, reviewing
from milestones.intake.kept import ACCEPTED, OPEN
from milestones.intake.standing import Stand, overview
from milestones.models import IntakeText, PlanState

from . import intake_shown as shown
from .filters import Between
from .forms import act
from .intake_deciding import Decided, decide
from .intake_forms import ReadForm
from .readonly import ReadOnlyAdmin
from .site import site


@admin.register(IntakeText, site=site)
class IntakeTextAdmin(ReadOnlyAdmin):
    list_display = ("name", "plan", "person", "created_at", "to_decide", "accepted")
    list_select_related = ("plan", "person")
    list_filter = ("plan", ("created_at", Between))
    search_fields = ("name", "plan__code", "plan__title", "person__display_name")
    search_help_text = gettext_lazy("name of the text, plan or person")
    ordering = ("-created_at",)
    change_list_template = "admin/lingang/intake_list.html"

    @admin.display(description=gettext_lazy("not decided"))
    def to_decide(self, obj: IntakeText) -> int:
        return sum(row["decision"] == OPEN for row in obj.proposals)

    @admin.display(description=pgettext_lazy("proposal", "accepted"))
    def accepted(self, obj: IntakeText) -> int:
        return sum(row["decision"] == ACCEPTED for row in obj.proposals)

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).defer("text")

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        return [
            path("read/", view(self.read), name="milestones_intaketext_read"),
            path("<uuid:pk>/drop/", view(require_POST(self.drop)), name="milestones_intaketext_drop"),
            *super().get_urls(),
        ]

    # A text comes -----------------------------------------------------------------------------------------------------
    def read(self, request: HttpRequest) -> HttpResponse:
        _check_right(request)
        form = ReadForm(request.POST or None, request.FILES or None, initial={"plan": request.GET.get("plan")})
        if request.method == "POST" and form.is_valid():
            try:
                return HttpResponseRedirect(self.url("change", _received(request, form.cleaned_data).pk))
            except DomainError as refusal:
                form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        context = {**self._context(request), "title": _("Read a published text"), "form": form, "object": None}
        return TemplateResponse(request, "admin/lingang/intake_read.html", context)

    # It is reviewed ---------------------------------------------------------------------------------------------------
    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        text = self._text(request, object_id)
        if request.method != "POST":
            return self._page(request, text, Decided())
        decided = decide(text, request.POST, act(request))
        self._tell(request, decided)
        if decided.is_refused:
            return self._page(request, text, decided)
        return HttpResponseRedirect(f"{self.url('change', text.pk)}#{_following(text, decided)}")

    def _page(self, request: HttpRequest, text: IntakeText, decided: Decided) -> HttpResponse:
        seen = overview(text)
        cards = shown.cards(text, seen, decided.forms, decided.errors)
        streams = [one.title for one in text.plan.workstreams.order_by("position", "code")]
        context = {
            **self._context(request),
            "title": text.name,
            "object": text,
            "text": text,
            "plan": text.plan,
            "is_closed": text.plan.state == PlanState.CLOSED,
            "segments": shown.segments(text, seen),
            "cards": cards,
            "gone": shown.gone(seen),
            "streams": list(dict.fromkeys(streams + [row.proposal.workstream for row in seen.rows])),
            "counts": [(stand, shown.SIGNS[stand], shown.WORDS[stand], len(cards[stand])) for stand in Stand],
            "refused": sorted(decided.errors),
            "refusal": decided.refusal,
            "reason": decided.reason or _("The text was revised: %(name)s") % {"name": text.name},
            "may_drop": not cards[Stand.ACCEPTED],
        }
        return TemplateResponse(request, "admin/lingang/intake.html", context)

    def _tell(self, request: HttpRequest, decided: Decided) -> None:
        if decided.made:
            words = ngettext("%(count)s was accepted.", "%(count)s were accepted.", decided.made)
            self.message_user(request, words % {"count": decided.made}, messages.SUCCESS)
        if decided.unknown:
            words = _("Not in the directory, so not entered as lead or party: %s") % ", ".join(decided.unknown)
            self.message_user(request, words, messages.WARNING)

    def drop(self, request: HttpRequest, pk: str) -> HttpResponse:
        text = self._text(request, pk)
        try:
            reviewing.drop(text, actor=act(request)["actor"])
        except DomainError as refusal:
            self.message_user(request, str(refusal), messages.ERROR)
            return HttpResponseRedirect(self.url("change", pk))
        self.message_user(request, _("Dropped: nothing of it was accepted."), messages.SUCCESS)
        return HttpResponseRedirect(self.url("changelist"))

    def _text(self, request: HttpRequest, pk: Any) -> IntakeText:
        _check_right(request)
        text = self.get_object(request, str(pk))
        if text is None:
            raise Http404
        return text

    def _context(self, request: HttpRequest) -> dict[str, Any]:
        return {**self.admin_site.each_context(request), "opts": self.opts, "media": self.media}


def _following(text: IntakeText, decided: Decided) -> str:
    """Where to look now: at what was decided when it is still there, else at the next that is new."""
    if decided.stays:
        return f"p-{decided.number}"
    left = [row.number for row in overview(text).all(Stand.NEW)]
    return f"p-{next((one for one in left if one > decided.number), left[0])}" if left else "content"


def _received(request: HttpRequest, typed: dict[str, Any]) -> IntakeText:
    how = act(request)
    if typed["file"]:
        text, name = receiving.text_of(typed["file"], typed["file"].name, **how), typed["file"].name
    else:
        text = receiving.pasted(typed["text"], **how)
        name = next(line.strip() for line in text.splitlines() if line.strip())[:80]
    return reviewing.receive(
        typed["plan"], text, typed["name"] or name, year=typed["year"], replaces=typed["replaces"], **how
    )


def _check_right(request: HttpRequest) -> None:
    if not access.may(act(request)["actor"], "intake.review"):
        raise PermissionDenied
