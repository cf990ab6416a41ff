"""How does the office give a client a new token, and take one away? Pages of the client's own page."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext_lazy as _

from milestones import access
from milestones.clients import operations, tokens
from milestones.clients.operations import Issued
from milestones.models import ApiClient, ApiToken

from . import pages
from .client_form import LastDayField
from .forms import act

KEEP = "keep"
OTHERS = {
    "7": _("end in 7 days, so that the other system has time to change over"),
    "0": _("end at once"),
    KEEP: _("go on: this is one more"),
}


class NewToken(pages.Ask):
    others = forms.ChoiceField(
        label=_("the tokens it has"), choices=list(OTHERS.items()), widget=forms.RadioSelect, initial="7"
    )
    expires_at = LastDayField()


def urls(host: Any) -> list[URLPattern]:
    wrap = host.admin_site.admin_view
    new = wrap(lambda request, object_id: new_page(host, request, pages.found(host, request, object_id)))
    gone = wrap(lambda request, object_id, pk: revoke_page(host, request, pages.found(host, request, object_id), pk))
    return [
        path("<path:object_id>/token/", new, name="milestones_apiclient_token"),
        path("<path:object_id>/token/<uuid:pk>/revoke/", gone, name="milestones_apiclient_revoke"),
    ]


def new_page(host: Any, request: HttpRequest, client: ApiClient) -> HttpResponse:
    return pages.ask(
        host,
        request,
        client,
        title=_("New token"),
        button=_("Make the token"),
        do=lambda client, typed, how: shown(host, request, _make(client, typed, how)),
        done=_("The token was made."),
        form_class=NewToken,
        allowed=access.may(act(request)["actor"], "client.rotate", client),
    )


def revoke_page(host: Any, request: HttpRequest, client: ApiClient, pk: Any) -> HttpResponse:
    token = client.tokens.select_related("client").filter(pk=pk).first()
    if token is None:
        raise Http404
    return pages.ask(
        host,
        request,
        client,
        title=_("Revoke the token %(token)s?") % {"token": token},
        button=_("Revoke"),
        do=lambda _client, typed, how: _revoke(token, typed, how),
        done=_("Revoked; it opens nothing any more."),
        allowed=access.may(act(request)["actor"], "client.revoke_token", client),
    )


def shown(host: Any, request: HttpRequest, made: Issued) -> HttpResponse:
    """The only page on which a token is ever seen."""
    context = {
        **host.admin_site.each_context(request),
        "title": _("The token, this once"),
        "subtitle": str(made.client),
        "token": made.token,
        "object": made.client,
        "media": host.media,
        "opts": host.opts,
    }
    answer = TemplateResponse(request, "admin/lingang/token.html", context)
    add_never_cache_headers(answer)
    return answer


def _make(client: ApiClient, typed: dict[str, Any], how: dict[str, Any]) -> Issued:
    last, version = typed["expires_at"], typed["version"]
    expires_at = tokens.end_of(last) if last else None
    if typed["others"] == KEEP:
        return operations.add_token(client, expires_at=expires_at, version=version, **how)
    overlap = timedelta(days=int(typed["others"]))
    return operations.rotate(client, overlap=overlap, expires_at=expires_at, version=version, **how)


def _revoke(token: ApiToken, typed: dict[str, Any], how: dict[str, Any]) -> None:
    operations.revoke_token(token, version=typed["version"], **how)
