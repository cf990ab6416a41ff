"""Which notices were issued, which wait for an answer, and how does the office file what comes in for them?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import OuterRef, QuerySet, Subquery
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from milestones import access
from milestones.models import NOTICE_TRANSITIONS, Notice, Reminder
from milestones.notices import operations, rules, words
from milestones.planning.calendars import calendar

from . import columns, pages
from .filters import Between, OneOfMany, YesFilter
from .forms import act
from .readonly import ReadOnlyAdmin
from .site import site


class AskReply(pages.Ask):
    reply = forms.CharField(
        label=_("reply"),
        required=False,
        max_length=rules.REPLY_LENGTH,
        widget=forms.Textarea(attrs={"rows": 6, "cols": 80}),
        help_text=_("As the organisation gave it; the history says that the office entered it."),
    )


@dataclass(frozen=True)
class Step:
    """A button and its page."""

    verb: str
    label: Any
    question: Any
    do: pages.Do
    form_class: type[forms.Form] = pages.Ask


STEPS = {
    step.verb: step
    for step in (
        Step(
            "sign",
            _("Sign on behalf"),
            _("Has it arrived there? The history says that the office entered it"),
            lambda notice, typed, act: operations.sign(notice, **typed, **act),
        ),
        Step(
            "reply",
            _("Enter the answer"),
            _("Enter the answer of the organisation"),
            lambda notice, typed, act: operations.reply(notice, typed.pop("reply"), **typed, **act),
            AskReply,
        ),
        Step(
            "cancel",
            _("Cancel notice"),
            _("Cancel this notice; its number stays used"),
            lambda notice, typed, act: operations.cancel(notice, **typed, **act),
            pages.AskReason,
        ),
    )
}


class LateOnly(YesFilter):
    title, parameter_name, answer = _("answer overdue"), "late", _("overdue only")

    def narrow(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.open().filter(respond_by__lt=timezone.localdate())  # type: ignore[attr-defined]


def level_mark(notice: Notice) -> SafeString:
    """Shape and word; a colour alone says nothing."""
    said = words.MARKS[notice.level], notice.get_level_display()
    return format_html('<span class="level level-{}">{} {}</span>', notice.level, *said)


def late_words(notice: Notice) -> str | SafeString:
    said = words.lateness(notice, timezone.localdate(timezone=notice.milestone.plan.zone), calendar())
    return format_html('<strong class="late">■ {}</strong>', said) if said else ""


@admin.register(Notice, site=site)
class NoticeAdmin(ReadOnlyAdmin):
    list_display = (
        "shown_number",
        "shown_level",
        "organisation",
        "milestone_title",
        "issued_on",
        "shown_issuer",
        "respond_by",
        "shown_state",
        "shown_late",
    )
    list_select_related = ("organisation", "milestone__plan", "issued_by")
    list_filter = (
        "level",
        "state",
        LateOnly,
        ("organisation", OneOfMany),
        ("milestone", OneOfMany),
        ("respond_by", Between),
        "year",
    )
    search_fields = ("=number", "matter", "milestone__code", "milestone__title", "organisation__name")
    search_help_text = _("number, matter, milestone or organisation")
    ordering = ("-year", "-number")
    change_form_template = "admin/lingang/notice.html"
    fields = (
        ("shown_number", "shown_level"),
        "organisation",
        "milestone_title",
        "shown_matter",
        ("shown_issuer", "issued_on"),
        ("respond_by", "shown_late"),
        "shown_state",
        "shown_signature",
        "shown_reply",
        "reason",
    )
    readonly_fields = (
        "shown_number",
        "shown_level",
        "organisation",
        "milestone_title",
        "shown_matter",
        "shown_issuer",
        "issued_on",
        "respond_by",
        "shown_late",
        "shown_state",
        "shown_signature",
        "shown_reply",
        "reason",
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        carried = Reminder.objects.filter(mail__notice=OuterRef("pk")).order_by("id")
        return super().get_queryset(request).annotate(step=Subquery(carried.values("step__code")[:1]))

    @admin.display(description=_("notice number"), ordering="number")
    def shown_number(self, obj: Notice) -> str:
        return words.number(obj)

    @admin.display(description=_("level"), ordering="level")
    def shown_level(self, obj: Notice) -> SafeString:
        return level_mark(obj)

    @admin.display(description=_("milestone"), ordering="milestone__code")
    def milestone_title(self, obj: Notice) -> SafeString:
        url = reverse("admin:milestones_milestone_change", args=[obj.milestone_id])
        return format_html('<a href="{}">{}</a>', url, obj.milestone)

    @admin.display(description=_("matter"))
    def shown_matter(self, obj: Notice) -> str:
        return obj.matter

    @admin.display(description=_("issued by"), ordering="issued_by")
    def shown_issuer(self, obj: Notice) -> str:
        """Who, or the step of the ladder."""
        if obj.issued_by is not None:
            return str(obj.issued_by)
        step: str | None = getattr(obj, "step", None)
        return str(_("the step %(step)s") % {"step": step} if step else _("the system"))

    @admin.display(description=_("state"), ordering="state")
    def shown_state(self, obj: Notice) -> SafeString:
        return columns.state(obj)

    @admin.display(description=_("in time"))
    def shown_late(self, obj: Notice) -> str | SafeString:
        return late_words(obj)

    @admin.display(description=_("signed for"))
    def shown_signature(self, obj: Notice) -> str:
        return _by(obj, obj.signed_by, obj.signed_at)

    @admin.display(description=_("reply"))
    def shown_reply(self, obj: Notice) -> SafeString:
        return (
            format_html("{} — {}", obj.reply, _by(obj, obj.replied_by, obj.replied_at)) if obj.reply else SafeString("")
        )

    # What can be done -------------------------------------------------------------------------------------------------
    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.step)
        return [path("<path:object_id>/do/<slug:verb>/", view, name="milestones_notice_do"), *super().get_urls()]

    def step(self, request: HttpRequest, object_id: str, verb: str) -> HttpResponse:
        if verb not in STEPS:
            raise Http404
        step, notice = STEPS[verb], pages.found(self, request, object_id)
        return pages.ask(
            self,
            request,
            notice,
            title=step.question,
            button=step.label,
            do=step.do,
            form_class=step.form_class,
            allowed=access.may(act(request)["actor"], f"notice.{verb}", notice),
        )

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        context["steps"] = open_to(request, kwargs["obj"]) if kwargs.get("obj") is not None else []
        return super().render_change_form(request, context, *args, **kwargs)


def open_to(request: HttpRequest, notice: Notice) -> list[Step]:
    """The steps that the notice's state, its plan and the reader's rights allow now."""
    if not notice.milestone.plan.is_active:
        return []
    actor = act(request)["actor"]
    fits = [step for verb, step in STEPS.items() if notice.state in NOTICE_TRANSITIONS[verb][0]]
    return [step for step in fits if access.may(actor, f"notice.{step.verb}", notice)]


def _by(notice: Notice, person: Any, at: Any) -> str:
    """“王小明, 2023-09-21 10:00 (on behalf)”; empty when it did not happen."""
    if at is None:
        return ""
    said = f"{person or '—'}, {timezone.localtime(at, notice.milestone.plan.zone):%Y-%m-%d %H:%M}"
    return said + " " + _("(on behalf)") if words.on_behalf(person, notice.organisation) else said
