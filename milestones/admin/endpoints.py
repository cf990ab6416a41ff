"""Which addresses of other systems are told of changes, do they take what they are told, and how is that changed?"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Count, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from milestones import access
from milestones.models import DeliveryState, WebhookEndpoint
from milestones.webhooks import events, operations
from milestones.webhooks.operations import Issued

from . import pages
from .filters import OneOfMany
from .forms import VerbForm, act
from .site import site
from .verbs import VerbAdmin

# What a question is, its button, what is said when it is done.
VERBS: dict[str, tuple[Any, Any, Any]] = {
    "ping": (
        _("Send a message that says nothing?"),
        _("Send"),
        _("It is on its way; the log will say what came back."),
    ),
    "enable": (_("Switch this endpoint on again?"), _("Switch on"), _("Switched on; what was held goes out.")),
    "disable": (_("Switch this endpoint off? What waits is held."), _("Switch off"), _("Switched off.")),
}
WHY = {
    operations.BY_HAND: _("by hand"),
    "gone": _("the receiver answered that it is gone (410)"),
    "failing": _("it took nothing for three days"),
}
OVERLAPS = {"24": _("signs too for 24 hours"), "0": _("ends at once")}


class EndpointForm(VerbForm):
    url = forms.CharField(label=_("address"), max_length=500, widget=forms.TextInput(attrs={"size": 80}))
    events = forms.CharField(
        label=_("events"),
        initial=events.EVERYTHING,
        widget=forms.Textarea(attrs={"rows": 2, "cols": 60}),
        help_text=_("One a line: * for all, milestone.* for all of milestones, or milestone.updated."),
    )

    class Meta:
        model = WebhookEndpoint
        fields = "__all__"  # the admin says which

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.instance._state.adding:
            self.initial["events"] = "\n".join(self.instance.events)

    def clean_events(self) -> list[str]:
        return [word for word in self.cleaned_data["events"].replace(",", " ").split() if word]


class Rotate(pages.Ask):
    overlap = forms.ChoiceField(
        label=_("the present secret"), choices=list(OVERLAPS.items()), widget=forms.RadioSelect, initial="24"
    )


class ReplayFailed(pages.Ask):
    days = forms.IntegerField(label=_("of the last days"), min_value=1, max_value=90, initial=3)


@admin.register(WebhookEndpoint, site=site)
class EndpointAdmin(VerbAdmin):
    noun = "endpoint"
    form = EndpointForm
    list_display = (
        "shown_name",
        "client",
        "shown_events",
        "is_active",
        "shown_why",
        "failing_since",
        "waiting",
        "failed",
    )
    list_select_related = ("client",)
    list_filter = ("is_active", ("client", OneOfMany))
    search_fields = ("description", "client__name")
    autocomplete_fields = ("client",)
    fieldsets = [(None, {"fields": ["client", "url", "events", "description"]})]
    change_form_template = "admin/lingang/endpoint.html"

    # The list ------------------------------------------------------------------------------------------------------
    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        states = {
            "count_waiting": (DeliveryState.WAITING, DeliveryState.SENDING),
            "count_failed": (DeliveryState.FAILED,),
        }
        counts = {name: Count("deliveries", filter=Q(deliveries__state__in=some)) for name, some in states.items()}
        return super().get_queryset(request).annotate(**counts)

    @admin.display(description=_("name"), ordering="description")
    def shown_name(self, obj: WebhookEndpoint) -> str:
        return str(obj)

    @admin.display(description=_("events"))
    def shown_events(self, obj: WebhookEndpoint) -> str:
        return ", ".join(obj.events)

    @admin.display(description=_("why it is switched off"))
    def shown_why(self, obj: WebhookEndpoint) -> Any:
        return WHY.get(obj.disabled_why, obj.disabled_why) or "–"

    @admin.display(description=_("waiting"))
    def waiting(self, obj: Any) -> int:
        return int(obj.count_waiting)

    @admin.display(description=_("given up"))
    def failed(self, obj: Any) -> int:
        return int(obj.count_failed)

    # The page ------------------------------------------------------------------------------------------------------
    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return () if obj is None else ("client",)

    def create(self, request: HttpRequest, form: Any, formsets: list[Any]) -> WebhookEndpoint:
        values = form.values(changed_only=False)
        made = operations.create(values, client=values.pop("client"), **act(request))
        request.issued = made  # type: ignore[attr-defined]  # for the page that shows the secret
        return made.endpoint

    def response_add(self, request: HttpRequest, obj: Any, post_url_continue: str | None = None) -> HttpResponse:
        return self.shown(request, request.issued)  # type: ignore[attr-defined]

    def change(self, request: HttpRequest, obj: WebhookEndpoint, form: Any, formsets: list[Any]) -> None:
        operations.edit(obj, form.values(changed_only=True), version=form.cleaned_data["seen"], **act(request))

    def may_erase(self, obj: WebhookEndpoint) -> bool:
        return True

    def erase(self, request: HttpRequest, obj: WebhookEndpoint) -> None:
        operations.delete(obj, **act(request))

    def holds(self, obj: WebhookEndpoint) -> list[str]:
        words = ngettext(
            "%(count)s message of its log", "%(count)s messages of its log", count := obj.deliveries.count()
        )
        return [words % {"count": count}]

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        endpoint = kwargs.get("obj")
        if endpoint is not None:
            log = reverse("admin:milestones_webhookdelivery_changelist")
            context |= {"why": self.shown_why(endpoint), "log": f"{log}?endpoint__id__exact={endpoint.pk}"}
        return super().render_change_form(request, context, *args, **kwargs)

    # What else can be done -----------------------------------------------------------------------------------------
    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        return [
            path("<path:object_id>/secret/", wrap(self.rotate), name="milestones_webhookendpoint_secret"),
            path("<path:object_id>/replay/", wrap(self.replay), name="milestones_webhookendpoint_replay"),
            path("<path:object_id>/do/<slug:verb>/", wrap(self.act), name="milestones_webhookendpoint_do"),
            *super().get_urls(),
        ]

    def act(self, request: HttpRequest, object_id: str, verb: str) -> HttpResponse:
        if verb not in VERBS:
            raise Http404
        title, button, done = VERBS[verb]

        def do(endpoint: WebhookEndpoint, typed: dict[str, Any], how: dict[str, Any]) -> None:
            match verb:
                case "ping":
                    operations.ping(endpoint, **how)
                case "enable":
                    operations.enable(endpoint, **typed, **how)
                case _:
                    operations.disable(endpoint, **typed, **how)

        return self.ask(request, object_id, verb, title=title, button=button, do=do, done=done)

    def rotate(self, request: HttpRequest, object_id: str) -> HttpResponse:
        def do(endpoint: WebhookEndpoint, typed: dict[str, Any], how: dict[str, Any]) -> HttpResponse:
            overlap = timedelta(hours=int(typed["overlap"]))
            issued = operations.rotate_secret(endpoint, overlap=overlap, version=typed["version"], **how)
            return self.shown(request, issued)

        options = {"title": _("New secret"), "button": _("Make the secret"), "done": _("The secret was made.")}
        return self.ask(request, object_id, "rotate_secret", do=do, form_class=Rotate, **options)

    def replay(self, request: HttpRequest, object_id: str) -> HttpResponse:
        told: list[int] = []

        def do(endpoint: WebhookEndpoint, typed: dict[str, Any], how: dict[str, Any]) -> None:
            since = timezone.now() - timedelta(days=typed["days"])
            told.append(operations.replay_failed(endpoint, since=since, **how))

        def words() -> str:
            said = ngettext("%(count)s message is sent again.", "%(count)s messages are sent again.", told[-1])
            return said % {"count": told[-1]}

        options = {"title": _("Send again what was given up?"), "button": _("Send again"), "done": lazy(words, str)()}
        return self.ask(request, object_id, "replay", do=do, form_class=ReplayFailed, **options)

    def ask(self, request: HttpRequest, object_id: str, verb: str, **options: Any) -> HttpResponse:
        endpoint = pages.found(self, request, object_id)
        allowed = access.may(act(request)["actor"], f"endpoint.{verb}", endpoint)
        return pages.ask(self, request, endpoint, allowed=allowed, **options)

    def shown(self, request: HttpRequest, made: Issued) -> HttpResponse:
        """The only page on which a secret is ever seen."""
        context = {
            **self.admin_site.each_context(request),
            "title": _("The secret, this once"),
            "subtitle": str(made.endpoint),
            "secret": made.secret,
            "object": made.endpoint,
            "media": self.media,
            "opts": self.opts,
        }
        answer = TemplateResponse(request, "admin/lingang/secret.html", context)
        add_never_cache_headers(answer)
        return answer
