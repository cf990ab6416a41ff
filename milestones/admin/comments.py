"""What was said about which milestone, who is named in it, and who watches?"""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AutocompleteSelect
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from milestones import access
from milestones.conversation import comments, watching
from milestones.models import Comment, Milestone, Person, Watch

from . import pages
from .filters import Between, OneOfMany, YesFilter
from .forms import act
from .readonly import ReadOnlyAdmin, ReadOnlyInline
from .site import site


class AskComment(pages.Ask):
    text = forms.CharField(
        label=_("text"),
        required=False,
        max_length=comments.LENGTH,
        widget=forms.Textarea(attrs={"rows": 5, "cols": 80}),
        help_text=_("@ and a name or an e-mail address mentions somebody, who gets a mail. It is not edited later."),
    )


class AskWatcher(pages.Ask):
    person = forms.ModelChoiceField(
        Person.objects.active(),
        label=_("person"),
        widget=AutocompleteSelect(Watch._meta.get_field("person"), site),
    )
    what = forms.ChoiceField(label=_("what"), choices=[("start", _("watches")), ("stop", _("no longer watches"))])


class Withdrawn(YesFilter):
    title, parameter_name, answer = _("withdrawn"), "withdrawn", _("withdrawn only")

    def narrow(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(withdrawn_at__isnull=False)


def shown_text(comment: Comment) -> str | SafeString:
    """The text of a withdrawn comment stands in its history only."""
    if comment.withdrawn_at is None:
        return comment.text
    return format_html('<em class="quiet">{}</em>', gettext("withdrawn: %(reason)s") % {"reason": comment.reason})


@admin.register(Comment, site=site)
class CommentAdmin(ReadOnlyAdmin):
    list_display = ("created_at", "milestone_title", "author", "text_or_why_not", "mentioned")
    list_display_links = ("created_at",)
    list_select_related = ("milestone__plan", "author")
    list_filter = (("milestone", OneOfMany), ("author", OneOfMany), Withdrawn, ("created_at", Between))
    search_fields = ("milestone__code", "milestone__title", "author__display_name")
    search_help_text = _("milestone or author")
    ordering = ("-created_at", "-id")
    change_form_template = "admin/lingang/comment.html"
    fields = ("created_at", "milestone_title", "author", "text_or_why_not", "mentioned", "withdrawn_at")
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).prefetch_related("mentions__person")

    @admin.display(description=_("milestone"), ordering="milestone__code")
    def milestone_title(self, obj: Comment) -> SafeString:
        url = reverse("admin:milestones_milestone_change", args=[obj.milestone_id])
        return format_html('<a href="{}">{}</a>', url, obj.milestone)

    @admin.display(description=_("text"))
    def text_or_why_not(self, obj: Comment) -> str | SafeString:
        return shown_text(obj)

    @admin.display(description=_("mentioned"))
    def mentioned(self, obj: Comment) -> str:
        return ", ".join(str(row.person) for row in obj.mentions.all())

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.withdraw)
        return [path("<path:object_id>/do/withdraw/", view, name="milestones_comment_withdraw"), *super().get_urls()]

    def withdraw(self, request: HttpRequest, object_id: str) -> HttpResponse:
        comment = pages.found(self, request, object_id)
        return pages.ask(
            self,
            request,
            comment,
            title=_("Withdraw this comment; its text is shown no more"),
            button=_("Withdraw comment"),
            do=lambda comment, typed, act: comments.withdraw(comment, **typed, **act),
            form_class=pages.AskReason,
            allowed=access.may(act(request)["actor"], "comment.withdraw", comment),
        )

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        comment = kwargs.get("obj")
        context["may_withdraw"] = comment is not None and comment.withdrawn_at is None
        return super().render_change_form(request, context, *args, **kwargs)


# On a milestone's page ------------------------------------------------------------------------------------------------
class CommentRows(ReadOnlyInline):
    model = Comment
    fields = readonly_fields = ("shown_at", "author", "text_or_why_not")
    verbose_name_plural = _("Comments")
    ordering = ("created_at", "id")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).select_related("author")

    @admin.display(description=_("created at"))
    def shown_at(self, row: Comment) -> SafeString:
        url = reverse("admin:milestones_comment_change", args=[row.pk])
        return format_html('<a href="{}">{}</a>', url, f"{timezone.localtime(row.created_at):%Y-%m-%d %H:%M}")

    @admin.display(description=_("text"))
    def text_or_why_not(self, row: Comment) -> str | SafeString:
        return shown_text(row)


class WatchRows(ReadOnlyInline):
    model = Watch
    fields = readonly_fields = ("person", "created_at")
    verbose_name_plural = _("Watchers")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).select_related("person")


def comment_page(host: Any, request: HttpRequest, object_id: str) -> HttpResponse:
    milestone = pages.found(host, request, object_id)

    def do(milestone: Milestone, typed: dict[str, Any], act: dict[str, Any]) -> None:
        comments.add(milestone, typed["text"], **act)

    return pages.ask(
        host,
        request,
        milestone,
        title=_("Comment on this milestone"),
        button=_("Add comment"),
        do=do,
        done=_("The comment is stored, and whoever it names is told by mail."),
        form_class=AskComment,
        allowed=access.may(act(request)["actor"], "comment.add", milestone),
    )


def watch_page(host: Any, request: HttpRequest, object_id: str) -> HttpResponse:
    milestone = pages.found(host, request, object_id)

    def do(milestone: Milestone, typed: dict[str, Any], act: dict[str, Any]) -> None:
        verb = watching.start if typed["what"] == "start" else watching.stop
        verb(milestone, person=typed["person"], **act)

    return pages.ask(
        host,
        request,
        milestone,
        title=_("Who watches this milestone?"),
        button=_("Save"),
        do=do,
        form_class=AskWatcher,
        allowed=access.may(act(request)["actor"], "watch.start_for", milestone),
    )
