"""Which notices were issued, which wait for an answer, and how does the office issue and file them?"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any, cast

from django import forms
from django.contrib import admin, messages
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from milestones import access
from milestones.models import NOTICE_TRANSITIONS, Milestone, Notice, NoticeLevel, Organisation
from milestones.notices import operations, rules, words
from milestones.notices.matters import matter_for
from milestones.notices.recipients import recipients
from milestones.planning.calendars import calendar

from . import bulk, columns, pages
from .filters import Between, OneOfMany, YesFilter
from .forms import act
from .readonly import ReadOnlyAdmin, ReadOnlyInline
from .site import site

LEVELS = [(code, f"{words.MARKS[code]} {label}") for code, label in NoticeLevel.choices]
ALLOWED = _("Empty: blue %(blue)s, yellow %(yellow)s, red %(red)s working days.")


def _respond_days() -> forms.IntegerField:
    return forms.IntegerField(
        label=_("working days for the answer"),
        required=False,
        min_value=1,
        max_value=rules.MOST_DAYS,
        help_text=cast(str, ALLOWED) % rules.RESPOND_DAYS,
    )


class AskNotice(pages.Ask):
    level = forms.ChoiceField(label=_("level"), choices=LEVELS)
    organisation = forms.ModelChoiceField(Organisation.objects.none(), label=_("issued to"))
    matter = forms.CharField(
        label=_("matter"),
        required=False,
        max_length=rules.MATTER_LENGTH,
        widget=forms.Textarea(attrs={"rows": 5, "cols": 80}),
        help_text=_("What is asked for; one matter a notice."),
    )
    respond_days = _respond_days()

    def __init__(self, *args: Any, milestone: Milestone, **kwargs: Any) -> None:
        today = timezone.localdate(timezone=milestone.plan.zone)
        level = NoticeLevel.YELLOW if milestone.is_overdue(today) else NoticeLevel.BLUE
        suggested = {
            "level": level,
            "organisation": milestone.lead_id,
            "matter": matter_for(milestone, level, today=today),
        }
        kwargs["initial"] = suggested | (kwargs.get("initial") or {})
        super().__init__(*args, **kwargs)
        field = self.fields["organisation"]
        assert isinstance(field, forms.ModelChoiceField)
        takes_part = Q(pk=milestone.lead_id) | Q(parties__milestone=milestone)
        field.queryset = Organisation.objects.active().filter(takes_part).distinct()


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
        "milestone_code",
        "milestone_title",
        "issued_on",
        "respond_by",
        "shown_state",
        "shown_late",
    )
    list_select_related = ("organisation", "milestone__plan")
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
        ("issued_by", "issued_on"),
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
        "issued_by",
        "issued_on",
        "respond_by",
        "shown_late",
        "shown_state",
        "shown_signature",
        "shown_reply",
        "reason",
    )

    @admin.display(description=_("number"), ordering="number")
    def shown_number(self, obj: Notice) -> str:
        return words.number(obj)

    @admin.display(description=_("level"), ordering="level")
    def shown_level(self, obj: Notice) -> SafeString:
        return level_mark(obj)

    @admin.display(description=_("code"), ordering="milestone__code")
    def milestone_code(self, obj: Notice) -> str:
        return obj.milestone.code

    @admin.display(description=_("milestone"), ordering="milestone__title")
    def milestone_title(self, obj: Notice) -> SafeString:
        url = reverse("admin:milestones_milestone_change", args=[obj.milestone_id])
        return format_html('<a href="{}">{}</a>', url, obj.milestone.title)

    @admin.display(description=_("matter"))
    def shown_matter(self, obj: Notice) -> str:
        return obj.matter

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
            format_html("{} {}", obj.reply, _by(obj, obj.replied_by, obj.replied_at)) if obj.reply else SafeString("")
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
    return f"{said} {_('(on behalf)')}" if words.on_behalf(person, notice.organisation) else said


# From a milestone's page, and for many at once ------------------------------------------------------------------------
class NoticeRows(ReadOnlyInline):
    model = Notice
    fields = readonly_fields = (
        "shown_number",
        "shown_level",
        "organisation",
        "respond_by",
        "shown_state",
        "shown_late",
    )
    verbose_name_plural = _("Notices")
    ordering = ("-year", "-number")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).select_related("organisation", "milestone__plan")

    @admin.display(description=_("number"))
    def shown_number(self, row: Notice) -> SafeString:
        url = reverse("admin:milestones_notice_change", args=[row.pk])
        return format_html('<a href="{}">{}</a>', url, words.number(row))

    @admin.display(description=_("level"))
    def shown_level(self, row: Notice) -> SafeString:
        return level_mark(row)

    @admin.display(description=_("state"))
    def shown_state(self, row: Notice) -> SafeString:
        return columns.state(row)

    @admin.display(description=_("in time"))
    def shown_late(self, row: Notice) -> str | SafeString:
        return late_words(row)


def issue_page(host: Any, request: HttpRequest, object_id: str) -> HttpResponse:
    """One notice about one milestone; afterwards the notice's own page, which says who was told."""
    milestone = pages.found(host, request, object_id)

    def do(milestone: Milestone, typed: dict[str, Any], act: dict[str, Any]) -> HttpResponse:
        notice = operations.issue(milestone, **typed, **act)
        _say_who(host, request, notice)
        return HttpResponseRedirect(reverse("admin:milestones_notice_change", args=[notice.pk]))

    return pages.ask(
        host,
        request,
        milestone,
        title=_("Issue a notice about this milestone"),
        button=_("Issue"),
        do=do,
        done=_("The notice is issued."),
        form_class=cast(type[forms.Form], partial(AskNotice, milestone=milestone)),
        allowed=access.may(act(request)["actor"], "notice.issue", milestone),
        shown={"milestone": milestone},
    )


def _say_who(host: Any, request: HttpRequest, notice: Notice) -> None:
    told = recipients(notice.milestone, notice.organisation, notice.issued_on)
    if told:
        host.message_user(request, _("Told by mail: %(names)s") % {"names": ", ".join(str(p) for p in told)})
    else:
        message = _("Nobody could be told by mail: the organisation has no head, coordinator or owner with an account.")
        host.message_user(request, message, messages.WARNING)


class ManyNotices(bulk.Chosen):
    level = forms.ChoiceField(label=_("level"), choices=LEVELS)
    matter = forms.CharField(
        label=_("matter"),
        required=False,
        max_length=rules.MATTER_LENGTH,
        widget=forms.Textarea(attrs={"rows": 4, "cols": 80}),
        help_text=_("The same for all. Empty: each gets its own, from its title and its date."),
    )
    respond_days = _respond_days()


def _open_levels(milestone: Milestone) -> str:
    rows = Notice.objects.open().filter(milestone=milestone).order_by("year", "number")
    return ", ".join(f"{words.MARKS[row.level]} {row.get_level_display()}" for row in rows) or "—"


def _issue(milestone: Milestone, typed: dict[str, Any], act: dict[str, Any]) -> None:
    today = timezone.localdate(act["now"], milestone.plan.zone)
    matter = typed["matter"] or matter_for(milestone, typed["level"], today=today)
    operations.issue(milestone, level=typed["level"], matter=matter, respond_days=typed["respond_days"], **act)


def _issue_all(milestones: list[Milestone], typed: dict[str, Any], act: dict[str, Any]) -> None:
    for milestone in milestones:
        _issue(milestone, typed, act)


ISSUE = bulk.Job(
    "issue_notices",
    _("Issue notices"),
    _("Issue"),
    ManyNotices,
    says=_open_levels,
    each=_issue,
    whole=_issue_all,
    note=_("One notice for each milestone, to the organisation that leads it, with a number and mails of its own."),
    columns=(_("open notices now"), _("then")),
    done=lambda count: ngettext("%(count)s notice was issued.", "%(count)s notices were issued.", count),
)


@admin.action(description=ISSUE.title)
def issue_many(host: Any, request: HttpRequest, queryset: Any) -> HttpResponse | None:
    return bulk.page(ISSUE, host, request, queryset)
