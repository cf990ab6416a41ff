"""Which mails wait, left or failed, what do they say, and what did the server answer?"""

from __future__ import annotations

from typing import Any

from csp.constants import NONE, SELF, UNSAFE_INLINE
from csp.decorators import csp
from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.decorators.clickjacking import xframe_options_sameorigin

from milestones import access
from milestones.errors import DomainError
from milestones.models import Channel, OutgoingMail
from milestones.reminders import delivery

from . import columns, mail_gate, pages
from .filters import Between, OneOfMany
from .forms import act
from .readonly import ReadOnlyAdmin
from .site import site

# Nothing but the styles that are part of the mail: no script, no picture from elsewhere, no way out of the frame.
OF_A_MAIL = {
    "default-src": [NONE],
    "style-src": [UNSAFE_INLINE],
    "frame-ancestors": [SELF],
    "form-action": [NONE],
    "sandbox": "",
}


@admin.register(OutgoingMail, site=site)
class OutboxAdmin(ReadOnlyAdmin):
    show_facets = admin.ShowFacets.NEVER  # of rows without end
    list_display = (
        "created_at",
        "kind",
        "shown_to",
        "subject",
        "shown_state",
        "due_at",
        "attempts",
        "sent_at",
        "words",
    )
    list_display_links = ("created_at", "subject")
    list_select_related = ("organisation",)
    list_filter = ("state", "kind", ("recipient", OneOfMany), ("day", Between))
    search_fields = ("to", "subject", "recipient__display_name", "server_reply")
    ordering = ("-created_at", "-id")
    actions = ("resend",)
    fieldsets = [
        (
            None,
            {
                "fields": [
                    ("shown_state", "attempts", "handed_over"),
                    "server_reply",
                    ("due_at", "sent_at", "created_at"),
                ]
            },
        ),
        (
            _("Mail"),
            {"fields": [("kind", "language", "day"), ("recipient", "shown_to"), "milestone", "carried", "subject"]},
        ),
        (_("As it will be read"), {"fields": ["as_html", "as_text"]}),
    ]
    readonly_fields = (
        "shown_state",
        "attempts",
        "handed_over",
        "server_reply",
        "due_at",
        "sent_at",
        "created_at",
        "kind",
        "language",
        "day",
        "recipient",
        "shown_to",
        "milestone",
        "carried",
        "subject",
        "as_html",
        "as_text",
    )
    change_form_template = "admin/lingang/mail.html"
    change_list_template = "admin/lingang/outbox.html"

    def get_queryset(self, request: HttpRequest) -> Any:
        rows = super().get_queryset(request)
        match = request.resolver_match
        return rows.defer("text", "html") if match and (match.url_name or "").endswith("changelist") else rows

    @admin.display(description=_("state"), ordering="state")
    def shown_state(self, obj: OutgoingMail) -> SafeString:
        return columns.state(obj)

    @admin.display(description=_("to"), ordering="to")
    def shown_to(self, obj: OutgoingMail) -> str:
        """An address, or the organisation whose webhook it goes to."""
        return obj.to or str(obj.organisation or "")

    @admin.display(description=_("the server's words"))
    def words(self, obj: OutgoingMail) -> str:
        return obj.server_reply[:120]

    @admin.display(description=_("reminders"))
    def carried(self, obj: OutgoingMail) -> SafeString:
        url = f"{reverse('admin:milestones_reminder_changelist')}?mail__id__exact={obj.pk}"
        return format_html('<a href="{}">{}</a>', url, obj.reminders.count())

    @admin.display(description=_("text"))
    def as_text(self, obj: OutgoingMail) -> SafeString:
        return _dropped(obj) or format_html('<pre class="mail-text">{}</pre>', obj.text)

    @admin.display(description=_("HTML"))
    def as_html(self, obj: OutgoingMail) -> SafeString:
        if obj.channel != Channel.MAIL:
            return format_html('<p class="quiet">{}</p>', _("A webhook is posted the text."))
        url = reverse("admin:milestones_outgoingmail_html", args=[obj.pk])
        return _dropped(obj) or format_html(
            '<iframe class="mail-html" sandbox src="{}" title="{}"></iframe>', url, obj.subject
        )

    # Sending again -------------------------------------------------------------------------------------------------
    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        return [
            *mail_gate.urls(self),
            path("<path:object_id>/html/", wrap(self.html), name="milestones_outgoingmail_html"),
            path("<path:object_id>/do/resend/", wrap(self.resend_one), name="milestones_outgoingmail_do"),
            *super().get_urls(),
        ]

    @method_decorator([xframe_options_sameorigin, csp(OF_A_MAIL)])
    def html(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """The stored HTML, links as ••• (the row never holds a usable one), in a frame that can do nothing."""
        return HttpResponse(pages.found(self, request, object_id).html)

    def resend_one(self, request: HttpRequest, object_id: str) -> HttpResponse:
        mail = pages.found(self, request, object_id)
        return pages.ask(
            self,
            request,
            mail,
            title=str(_("Send this mail again?")),
            button=str(_("Send again")),
            do=lambda m, _typed, act: delivery.resend(m, **act),
            done=str(_("The mail is queued.")),
            allowed=access.may(act(request)["actor"], "mail.resend", mail),
        )

    @admin.action(description=_("Send again"))
    def resend(self, request: HttpRequest, queryset: Any) -> None:
        """Each on its own: one that did not fail is named, the others are queued."""
        count = 0
        for mail in queryset:
            try:
                delivery.resend(mail, **act(request))
                count += 1
            except DomainError as refusal:
                self.message_user(request, f"{mail.to} “{mail.subject}”: {refusal}", messages.ERROR)
        words = ngettext("%(count)s mail is queued.", "%(count)s mails are queued.", count)
        self.message_user(request, words % {"count": count}, messages.SUCCESS if count else messages.WARNING)

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        mail = kwargs.get("obj")
        context["can_resend"] = mail is not None and mail.state in delivery.NOT_ARRIVED and mail.body_dropped_at is None
        return super().render_change_form(request, context, *args, **kwargs)


def _dropped(mail: OutgoingMail) -> SafeString | None:
    """Instead of an empty preview."""
    if mail.body_dropped_at is None:
        return None
    words = _("Deleted on %(day)s, as the rules of retention say; subject, recipient and reasons stay.")
    return format_html(
        '<p class="quiet">{}</p>', words % {"day": date_format(timezone.localtime(mail.body_dropped_at))}
    )
