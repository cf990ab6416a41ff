"""Which other systems come in, what may they, do they still come, and how does the office change that?"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from milestones import access
from milestones.clients import activity, operations, tokens
from milestones.clients.activity import Health
from milestones.models import ApiClient, Organisation, Plan

from . import client_tokens, pages
from .client_form import ClientForm
from .filters import OneOfMany, YesFilter
from .forms import act
from .site import site
from .verbs import VerbAdmin

SWITCHES = {
    "deactivate": (_("Switch this client off? None of its tokens works then."), _("Switch off"), operations.deactivate),
    "reactivate": (_("Switch this client on again?"), _("Switch on"), operations.reactivate),
}


class Silent(YesFilter):
    title, parameter_name, answer = _("silent"), "silent", _("silent only")

    def narrow(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(pk__in=[one.client.pk for one in activity.silent(timezone.now())])


@admin.register(ApiClient, site=site)
class ClientAdmin(VerbAdmin):
    noun = "client"
    form = ClientForm
    list_display = ("name", "is_active", "behind", "pulled", "refused", "shown_scopes", "reach", "prefixes", "used")
    list_filter = ("is_active", Silent, ("owner", OneOfMany))
    search_fields = ("name", "description", "tokens__prefix")
    autocomplete_fields = ("owner",)
    fieldsets = [
        (None, {"fields": ["name", "description", "owner"]}),
        (_("What it may do"), {"fields": ["scopes", "plans", "organisations"]}),
        (_("From where and how often"), {"fields": ["networks", "rate", "expected_every"]}),
        (_("First token"), {"fields": ["expires_at"]}),
    ]
    change_form_template = "admin/lingang/client.html"
    change_list_template = "admin/lingang/clients.html"

    # The list ------------------------------------------------------------------------------------------------------
    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).prefetch_related("tokens")

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        """With the health of each row, and what its reach is called: a few queries for all of them."""
        found = super().get_changelist_instance(request)
        names = _names(found.result_list)
        for row, health in zip(found.result_list, activity.healths(found.result_list, timezone.now()), strict=True):
            row.health, row.reach_named = health, _reach(row, names)
        return found

    @admin.display(description=_("scopes"))
    def shown_scopes(self, obj: ApiClient) -> str:
        return ", ".join(obj.scopes)

    @admin.display(description=_("reach"))
    def reach(self, obj: Any) -> Any:
        return obj.reach_named

    @admin.display(description=_("tokens"))
    def prefixes(self, obj: ApiClient) -> str:
        return ", ".join(str(token) for token in _usable(obj)) or "–"

    @admin.display(description=_("last used"))
    def used(self, obj: ApiClient) -> str:
        return _short(max((token.last_used_at for token in obj.tokens.all() if token.last_used_at), default=None))

    @admin.display(description=_("last pull"))
    def pulled(self, obj: Any) -> str:
        return _short(obj.health.last_pull_at)

    @admin.display(description=_("behind by"))
    def behind(self, obj: Any) -> Any:
        if obj.health.is_silent:
            return format_html('<strong class="late">{}</strong> {}', _("■ silent"), obj.health.behind or "")
        return obj.health.behind

    @admin.display(description=_("refused in a day"))
    def refused(self, obj: Any) -> str:
        return refusals(obj.health) or "–"

    # The page ------------------------------------------------------------------------------------------------------
    def groups(self, obj: Any, only_read: bool) -> list[Any]:
        """A first token is made with the client; later ones have a page of their own."""
        found = super().groups(obj, only_read)
        return found if obj is None else found[:-1]

    def create(self, request: HttpRequest, form: Any, formsets: list[Any]) -> ApiClient:
        last = form.cleaned_data["expires_at"]
        made = operations.create(
            form.values(changed_only=False), expires_at=tokens.end_of(last) if last else None, **act(request)
        )
        request.issued = made  # type: ignore[attr-defined]  # for the page that shows the token
        return made.client

    def response_add(self, request: HttpRequest, obj: Any, post_url_continue: str | None = None) -> HttpResponse:
        return client_tokens.shown(self, request, request.issued)  # type: ignore[attr-defined]

    def change(self, request: HttpRequest, obj: ApiClient, form: Any, formsets: list[Any]) -> None:
        operations.edit(obj, form.values(changed_only=True), version=form.cleaned_data["seen"], **act(request))

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        client = kwargs.get("obj")
        if client is not None:
            now = timezone.now()
            health = activity.health(client, now)
            usable = {token.pk for token in _usable(client)}
            rows = [{"token": token, "works": token.pk in usable} for token in client.tokens.all()]
            context |= {"health": health, "refusals": refusals(health), "tokens": rows}
        return super().render_change_form(request, context, *args, **kwargs)

    # What else can be done -----------------------------------------------------------------------------------------
    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        return [
            path("health/", wrap(self.health_page), name="milestones_apiclient_health"),
            path("<path:object_id>/do/<slug:verb>/", wrap(self.switch), name="milestones_apiclient_do"),
            *client_tokens.urls(self),
            *super().get_urls(),
        ]

    def switch(self, request: HttpRequest, object_id: str, verb: str) -> HttpResponse:
        if verb not in SWITCHES:
            raise Http404
        client, (question, button, do) = pages.found(self, request, object_id), SWITCHES[verb]
        return pages.ask(
            self,
            request,
            client,
            title=question,
            button=button,
            do=lambda client, typed, how: do(client, **typed, **how) and None,
            allowed=access.may(act(request)["actor"], f"client.{verb}", client),
        )

    def health_page(self, request: HttpRequest) -> HttpResponse:
        """Who still follows the changes: the silent first, then by how far they are behind."""
        clients = self.get_queryset(request).filter(is_active=True).select_related("owner")
        found = activity.healths(clients, timezone.now())
        found.sort(key=lambda one: (not one.is_silent, -(one.behind or 0), one.client.name))
        context = {
            **self.admin_site.each_context(request),
            "title": _("Do other systems still come?"),
            "rows": [(one, refusals(one)) for one in found],
            "feed": activity.newest(),
            "object": None,
            "media": self.media,
            "opts": self.opts,
        }
        return TemplateResponse(request, "admin/lingang/client_health.html", context)


def refusals(health: Health) -> str:
    """“404 × 3, 429 × 12”."""
    return ", ".join(f"{status} × {count}" for status, count in health.errors.items())


def _short(at: datetime | None) -> str:
    return date_format(timezone.localtime(at), "Y-m-d H:i") if at else "–"


def _usable(client: ApiClient) -> list[Any]:
    now = timezone.now()
    if not client.is_active:
        return []
    return [t for t in client.tokens.all() if t.revoked_at is None and (t.expires_at is None or t.expires_at > now)]


def _names(clients: list[ApiClient]) -> dict[str, str]:
    """What the ids in their reach are called."""
    wanted: dict[Any, set[str]] = {Plan: set(), Organisation: set()}
    for client in clients:
        wanted[Plan] |= set(client.plans or [])
        wanted[Organisation] |= set(client.organisations or [])
    rows = (row for model, ids in wanted.items() for row in model._default_manager.filter(pk__in=ids))
    return {str(row.pk): row.code for row in rows}


def _reach(client: ApiClient, names: dict[str, str]) -> Any:
    if client.plans is None and client.organisations is None:
        return _("everything")
    limits = (
        sorted(names.get(pk, "?") for pk in ids) for ids in (client.plans, client.organisations) if ids is not None
    )
    return " · ".join(", ".join(limit) for limit in limits)
