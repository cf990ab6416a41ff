"""How does the office give an organisation a webhook, try it and take it away? Pages of the organisation's own page."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy as _

from milestones import access
from milestones.errors import StateConflict
from milestones.mail.transport import Fate
from milestones.models import ChangeEntry, Organisation, OrganisationWebhook, OutgoingMail
from milestones.people import webhooks

from . import pages
from .forms import act

LAST = 10  # posts that the page shows


class WebhookForm(pages.Ask):
    """The address is typed and never shown again."""

    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)
    url = forms.CharField(
        label=_("Address"),
        max_length=500,
        widget=forms.TextInput(attrs={"autocomplete": "off", "size": 80, "inputmode": "url"}),
        help_text=_("It may hold a secret: only its host is shown, here and in the history."),
    )
    is_active = forms.BooleanField(label=_("Switched on"), required=False, initial=True)


def urls(host: Any) -> list[URLPattern]:
    wrap = host.admin_site.admin_view

    def view(page: Any) -> Any:
        return wrap(lambda request, object_id: page(host, request, pages.found(host, request, object_id)))

    return [
        path("<path:object_id>/webhook/", view(edit_page), name="milestones_organisation_webhook"),
        path("<path:object_id>/webhook/test/", view(test_page), name="milestones_organisation_webhook_test"),
        path("<path:object_id>/webhook/remove/", view(remove_page), name="milestones_organisation_webhook_remove"),
    ]


def edit_page(host: Any, request: HttpRequest, organisation: Organisation) -> HttpResponse:
    webhook = _of(organisation)
    return pages.ask(
        host,
        request,
        organisation,
        title=_("Webhook"),
        button=_("Save"),
        do=lambda unit, typed, how: _save(unit, webhook, typed, how),
        done=_("Saved. Send a test message to see that it works."),
        allowed=access.may(act(request)["actor"], "webhook.edit", webhook),
        form_class=_form(webhook),
        template="admin/lingang/webhook.html",
        shown={
            "webhook": webhook,
            "address": webhooks.shown(webhook) if webhook is not None else "",
            "posts": OutgoingMail.objects.filter(organisation=organisation).defer("text", "html")[:LAST],
        },
    )


def test_page(host: Any, request: HttpRequest, organisation: Organisation) -> HttpResponse:
    return pages.ask(
        host,
        request,
        organisation,
        title=_("Send a test message now?"),
        button=_("Send test message"),
        do=_test,
        done=_("The receiver took the test message."),
        allowed=access.may(act(request)["actor"], "webhook.test", _found(organisation)),
    )


def remove_page(host: Any, request: HttpRequest, organisation: Organisation) -> HttpResponse:
    return pages.ask(
        host,
        request,
        organisation,
        title=_("Remove this webhook?"),
        button=_("Remove"),
        do=_remove,
        done=_("Removed. The organisation is told by mail only."),
        allowed=access.may(act(request)["actor"], "webhook.delete", _found(organisation)),
    )


def history(organisation: Organisation) -> QuerySet[ChangeEntry]:
    """The entries of the organisation and of every webhook that it had."""
    name = OrganisationWebhook._meta.model_name
    had = ChangeEntry.objects.filter(entity=name, changes__organisation_id__1=str(organisation.pk))
    of_webhooks = Q(entity=name, object_id__in=had.values("object_id"))
    return ChangeEntry.objects.filter(Q(entity="organisation", object_id=organisation.pk) | of_webhooks).order_by("id")


def _of(organisation: Organisation) -> OrganisationWebhook | None:
    return OrganisationWebhook.objects.select_related("organisation").filter(organisation=organisation).first()


def _found(organisation: Organisation) -> OrganisationWebhook:
    if (webhook := _of(organisation)) is None:
        raise Http404
    return webhook


def _form(webhook: OrganisationWebhook | None) -> type[forms.Form]:
    """Of one that is there: what is left empty stays as it is."""
    if webhook is None:
        return WebhookForm
    version, is_active = webhook.version, webhook.is_active

    class Present(WebhookForm):
        def __init__(self, *args: Any, **options: Any) -> None:
            super().__init__(*args, **options)
            self.fields["seen"].initial = version
            self.fields["is_active"].initial = is_active
            self.fields["url"].label = _("New address")
            self.fields["url"].required = False

    return Present


def _save(
    organisation: Organisation, webhook: OrganisationWebhook | None, typed: dict[str, Any], how: dict[str, Any]
) -> HttpResponse:
    if webhook is None:
        webhooks.create(organisation, typed["url"], is_active=typed["is_active"], **how)
    else:
        url = {"url": typed["url"]} if typed["url"] else {}
        webhooks.edit(webhook, {"is_active": typed["is_active"], **url}, version=typed["seen"], **how)
    return _back(organisation)


def _test(organisation: Organisation, typed: dict[str, Any], how: dict[str, Any]) -> HttpResponse:
    outcome = webhooks.test(_found(organisation), **how)
    if outcome.fate is not Fate.ACCEPTED:
        message = _("The receiver did not take it. Its words: %(reply)s")
        raise StateConflict(message % {"reply": outcome.reply}, code="not_taken")
    return _back(organisation)


def _remove(organisation: Organisation, typed: dict[str, Any], how: dict[str, Any]) -> HttpResponse:
    webhooks.delete(_found(organisation), **how)
    return _back(organisation)


def _back(organisation: Organisation) -> HttpResponse:
    return HttpResponseRedirect(reverse("admin:milestones_organisation_webhook", args=[organisation.pk]))
