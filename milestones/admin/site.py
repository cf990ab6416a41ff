"""Who enters the office's workbench, and how are its tables grouped?"""

from __future__ import annotations

from functools import update_wrapper
from typing import Any

from django.conf import settings
from django.contrib import admin
from django.contrib.admin.views.autocomplete import AutocompleteJsonView
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from milestones import access

from . import dashboard

# The order in which people look for things; whatever is registered and not named here stands last.
PLANS = ("Plan", "Workstream", "Milestone", "Dependency", "Evidence", "Target", "ImportBatch", "IntakeText")
GROUPS: tuple[tuple[str, Any, tuple[str, ...]], ...] = (
    ("plans", _("Plans"), PLANS),
    ("progress", _("Progress"), ("StatusReport", "Extension")),
    ("talk", _("Notices and comments"), ("Notice", "Comment")),
    ("units", _("Organisations and people"), ("Organisation", "Person", "Delegation", "CalendarFeed")),
    ("reminders", _("Reminders"), ("ReminderPolicy", "Reminder", "OutgoingMail", "Incident", "DayOverride")),
    ("systems", _("Other systems"), ("ApiClient", "WebhookEndpoint", "WebhookDelivery")),
    ("doors", _("Sign-in"), ("SignIn", "SecondFactorDemand")),
    ("records", _("Records"), ("ChangeEntry", "HistorySeal", "GuardRefusal")),
)


class Labels(AutocompleteJsonView):
    """Suggestions that say enough to tell two rows of the same name apart."""

    def serialize_result(self, obj: Any, to_field_name: str) -> dict[str, str]:
        label = getattr(self.model_admin, "label", str)
        return {"id": str(getattr(obj, to_field_name)), "text": label(obj)}


class OfficeSite(admin.AdminSite):
    """The stock admin behind the application's own sign-in; who may enter is asked of `milestones.access`."""

    site_header = _("Lingang milestones · office")
    site_title = _("Lingang milestones")
    index_title = _("What needs the office")
    index_template = "admin/lingang/index.html"
    site_url = "/"
    enable_nav_sidebar = True

    def has_permission(self, request: HttpRequest) -> bool:
        return access.may_enter_admin(request.user)

    def admin_view(self, view: Any, cacheable: bool = False) -> Any:
        """As stock, but an account without the right is told so instead of being asked to sign in again."""
        inner = super().admin_view(view, cacheable)

        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if request.user.is_authenticated and not self.has_permission(request):
                raise PermissionDenied
            return inner(request, *args, **kwargs)

        return update_wrapper(guarded, inner)

    def login(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        if self.has_permission(request):
            return HttpResponseRedirect(reverse("admin:index", current_app=self.name))
        return redirect_to_login(request.GET.get("next", reverse("admin:index")), settings.LOGIN_URL)

    def logout(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:  # type: ignore[override]
        return HttpResponseRedirect(reverse("account_logout"))

    def password_change(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:  # type: ignore[override]
        return HttpResponseRedirect(reverse("account_change_password"))

    def autocomplete_view(self, request: HttpRequest) -> JsonResponse:
        return Labels.as_view(admin_site=self)(request)  # type: ignore[return-value]

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[Any]:
        """Our one application as the groups of GROUPS, each shown where stock shows an application."""
        apps: list[Any] = super().get_app_list(request, app_label)
        if app_label is not None or not apps:
            return apps
        models = {model["object_name"]: model for app in apps for model in app["models"]}
        return [
            {**apps[0], "name": title, "app_label": code, "models": [models[name] for name in names if name in models]}
            for code, title, names in GROUPS
        ]

    def index(self, request: HttpRequest, extra_context: Any = None) -> TemplateResponse:
        return super().index(request, {**dashboard.context(), **(extra_context or {})})


site = OfficeSite(name="admin")
