"""How does a person get an account, roles and an invitation, and leave again?"""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from milestones import access
from milestones.errors import DomainError
from milestones.mail import catalogue
from milestones.models import OutgoingMail, Person, Role
from milestones.people import bouncing, operations, preferences, second_factors

from . import first_passwords, handing_over, pages, privacy
from .filters import OneOfMany, YesFilter
from .forms import VerbForm, act
from .site import site
from .verbs import VerbAdmin


class PersonForm(VerbForm):
    roles = forms.MultipleChoiceField(
        label=_("roles"), choices=Role.choices, required=False, widget=forms.CheckboxSelectMultiple
    )
    muted_steps = forms.MultipleChoiceField(
        label=_("muted steps"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Notices and the deadline itself cannot be muted."),
    )
    not_columns = ("seen", "roles")

    class Meta:
        model = Person
        fields = ("display_name", "email", "organisation", *preferences.OWN)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.instance._state.adding:
            self.initial.setdefault("roles", sorted(self.instance.roles))
        steps: Any = self.fields.get("muted_steps")
        if steps is not None:
            steps.choices = preferences.choices(self.instance, timezone.localdate())


class Mutes(YesFilter):
    title, parameter_name, answer = _("mutes something"), "mutes", _("mutes something")

    def narrow(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(preferences.MUTES)


class Bouncing(YesFilter):
    title, parameter_name, answer = _("address returns mail"), "bouncing", _("address returns mail")

    def narrow(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(bouncing_since__isnull=False)


@admin.register(Person, site=site)
class PersonAdmin(VerbAdmin):
    noun = "person"
    form = PersonForm
    list_display = (
        "display_name",
        "email",
        "organisation",
        "shown_roles",
        "language",
        "mutes",
        "returns_mail",
        "is_active",
        "last_login",
    )
    list_display_links = ("display_name", "email")
    list_select_related = ("organisation",)
    list_filter = ("grants__role", "is_active", "language", Mutes, Bouncing, ("organisation", OneOfMany))
    search_fields = ("display_name", "email", "organisation__name", "organisation__short_name")
    autocomplete_fields = ("organisation",)
    actions = ("invite", "clear_bouncing")
    readonly_fields = (
        "is_active",
        "deactivated_at",
        "anonymised_at",
        "last_login",
        "bouncing_since",
        "bounce_reply",
    )
    fieldsets = [
        (None, {"fields": ["display_name", "email", "organisation", "roles"]}),
        (_("How to reach"), {"fields": [*preferences.OWN]}),
        (
            _("Account"),
            {
                "fields": [
                    ("is_active", "deactivated_at", "last_login"),
                    "anonymised_at",
                    ("bouncing_since", "bounce_reply"),
                ]
            },
        ),
    ]
    change_form_template = "admin/lingang/person.html"

    @admin.display(description=_("mutes something"), boolean=True)
    def mutes(self, obj: Person) -> bool:
        return obj.digest_muted or bool(obj.muted_steps)

    @admin.display(description=_("address returns mail"), boolean=True, ordering="bouncing_since")
    def returns_mail(self, obj: Person) -> bool:
        return obj.bouncing_since is not None

    @admin.display(description=_("roles"))
    def shown_roles(self, obj: Person) -> str:
        return ", ".join(str(Role(role).label) for role in sorted(obj.roles))

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).prefetch_related("grants")

    def get_search_results(self, request: HttpRequest, queryset: QuerySet[Any], term: str) -> Any:
        suggests = request.resolver_match is not None and request.resolver_match.url_name == "autocomplete"
        rows = queryset.filter(is_active=True).select_related("organisation") if suggests else queryset
        return super().get_search_results(request, rows, term)

    def label(self, obj: Any) -> str:
        return " · ".join(str(part) for part in (obj.display_name, obj.organisation, obj.email) if part)

    def may_change(self, obj: Any) -> bool:
        return obj.anonymised_at is None

    def groups(self, obj: Any, only_read: bool) -> list[Any]:
        return super().groups(obj, only_read)[: 2 if obj is None else None]

    def create(self, request: HttpRequest, form: Any, formsets: list[Any]) -> Person:
        return operations.create(form.values(changed_only=False), roles=form.cleaned_data["roles"], **act(request))

    def change(self, request: HttpRequest, obj: Person, form: Any, formsets: list[Any]) -> None:
        typed = form.cleaned_data
        operations.edit(
            obj, form.values(changed_only=True), roles=typed["roles"], version=typed["seen"], **act(request)
        )

    # What else can be done -----------------------------------------------------------------------------------------
    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        return [
            path("<path:object_id>/do/anonymise/", wrap(self.anonymise), name="milestones_person_anonymise"),
            path("<path:object_id>/do/hand-over/", wrap(self.hand_over), name="milestones_person_hand_over"),
            path("<path:object_id>/do/first-password/", wrap(self.first_password), name="milestones_person_password"),
            path("<path:object_id>/export/", wrap(self.export), name="milestones_person_export"),
            path("<path:object_id>/do/<slug:verb>/", wrap(self.step), name="milestones_person_do"),
            *super().get_urls(),
        ]

    def hand_over(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return handing_over.page(self, request, pages.found(self, request, object_id))

    def anonymise(self, request: HttpRequest, object_id: str) -> HttpResponseBase:
        return privacy.anonymise(self, request, pages.found(self, request, object_id))

    def export(self, request: HttpRequest, object_id: str) -> HttpResponseBase:
        return privacy.download(request, pages.found(self, request, object_id))

    def first_password(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return first_passwords.page(self, request, pages.found(self, request, object_id))

    def step(self, request: HttpRequest, object_id: str, verb: str) -> HttpResponse:
        if verb not in STEPS:
            raise Http404
        title, button, do, needs = STEPS[verb]
        person = pages.found(self, request, object_id)
        allowed = access.may(act(request)["actor"], needs, person)
        return pages.ask(self, request, person, title=title, button=button, do=do, allowed=allowed)

    @admin.action(description=_("Invite: send a link to set a password"))
    def invite(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        """One mail each; whoever cannot be invited is named, the others are."""
        invited = 0
        for person in queryset:
            try:
                operations.invite(person, **act(request))
                invited += 1
            except DomainError as refusal:
                self.message_user(request, f"{person}: {refusal}", messages.ERROR)
        self.message_user(request, _("Invitations queued: %(count)s") % {"count": invited}, messages.SUCCESS)

    @admin.action(description=_("Address works again"))
    def clear_bouncing(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        """Each on its own: whose address is not marked is named."""
        count = 0
        for person in queryset:
            try:
                bouncing.clear_bouncing(person, **act(request))
                count += 1
            except DomainError as refusal:
                self.message_user(request, f"{person}: {refusal}", messages.ERROR)
        self.message_user(request, _("Marks cleared: %(count)s") % {"count": count}, messages.SUCCESS)


def _deactivate(person: Person, typed: dict[str, Any], act: dict[str, Any]) -> None:
    operations.deactivate(person, **typed, **act)


def _reactivate(person: Person, typed: dict[str, Any], act: dict[str, Any]) -> None:
    operations.reactivate(person, **typed, **act)


def _take_second_factor(person: Person, typed: dict[str, Any], act: dict[str, Any]) -> None:
    second_factors.take_away(person, **typed, **act)


def _clear_bouncing(person: Person, typed: dict[str, Any], act: dict[str, Any]) -> None:
    bouncing.clear_bouncing(person, **typed, **act)


def _invite(person: Person, typed: dict[str, Any], act: dict[str, Any]) -> HttpResponse:
    return _to_mail(operations.invite(person, **act))


def _send_test(person: Person, typed: dict[str, Any], act: dict[str, Any]) -> HttpResponse:
    mail = catalogue.test(person, now=act["now"])
    mail.save(force_insert=True)
    return _to_mail(mail)


def _to_mail(mail: OutgoingMail) -> HttpResponse:
    """To the page of the outbox row, which shows the server's own words as soon as it has spoken."""
    return HttpResponseRedirect(reverse("admin:milestones_outgoingmail_change", args=[mail.pk]))


STEPS: dict[str, tuple[Any, Any, pages.Do, str]] = {
    "invite": (_("Send a link to set a password?"), _("Invite"), _invite, "person.invite"),
    "test-mail": (_("Send a test mail?"), _("Send test mail"), _send_test, "person.invite"),
    "deactivate": (_("Deactivate this account?"), _("Deactivate"), _deactivate, "person.deactivate"),
    "address-works": (
        _("Does this address work again?"),
        _("Send mail there again"),
        _clear_bouncing,
        bouncing.CLEARED,
    ),
    "second-factor": (
        _("Take the second factor away? Telephone first, so that you know who asks."),
        _("Take it away"),
        _take_second_factor,
        "person.take_second_factor",
    ),
    "reactivate": (_("Reactivate this account?"), _("Reactivate"), _reactivate, "person.edit"),
}
