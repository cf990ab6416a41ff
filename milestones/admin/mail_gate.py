"""How does the office pause mail, let it go on, and say how much of it leaves a minute?"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from milestones import access
from milestones.mail import gate
from milestones.models import MailGate, MailWindow, OutgoingMail

from . import pages
from .forms import act

BUSIEST = 20  # domains that are shown
CAP_HELP = _("Empty: as many as the server takes.")


class PauseForm(pages.Ask):
    reason = forms.CharField(
        label=_("reason"), max_length=200, help_text=_("Stands above every page of the office until mail goes on.")
    )


class CapsForm(pages.Ask):
    per_minute = forms.IntegerField(label=_("mails a minute"), required=False, min_value=1, help_text=CAP_HELP)
    per_domain = forms.IntegerField(
        label=_("mails a minute to one domain"), required=False, min_value=1, help_text=CAP_HELP
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if (present := MailGate.objects.first()) is not None:
            self.initial.update(per_minute=present.per_minute, per_domain=present.per_domain)


def urls(host: Any) -> list[URLPattern]:
    def page(view: Any) -> Any:
        return host.admin_site.admin_view(lambda request: view(host, request))

    return [
        path("gate/", page(look), name="milestones_outgoingmail_gate"),
        path("gate/pause/", page(pause), name="milestones_outgoingmail_pause"),
        path("gate/resume/", page(resume), name="milestones_outgoingmail_resume"),
        path("gate/caps/", page(caps), name="milestones_outgoingmail_caps"),
    ]


def look(host: Any, request: HttpRequest) -> HttpResponse:
    """Open, capped or paused, since when and by whom; what waits, and what this minute took."""
    now = timezone.now()
    context = {
        **host.admin_site.each_context(request),
        "title": _("Pause and caps"),
        "opts": host.opts,
        "media": host.media,
        "object": None,
        "gate": MailGate.objects.select_related("paused_by").first(),
        "waiting": OutgoingMail.objects.waiting().filter(channel="mail").count(),
        "for_a_turn": OutgoingMail.objects.waiting().filter(lease_holder=gate.HELD).count(),
        "windows": _windows(now),
    }
    return TemplateResponse(request, "admin/lingang/gate.html", context)


def pause(host: Any, request: HttpRequest) -> HttpResponse:
    return _ask(
        host,
        request,
        "mail.pause",
        title=_("Pause all mail?"),
        button=_("Pause"),
        done=_("Mail is paused; nothing leaves."),
        form_class=PauseForm,
        do=lambda _gate, typed, how: gate.pause(**typed, **how),
    )


def resume(host: Any, request: HttpRequest) -> HttpResponse:
    return _ask(
        host,
        request,
        "mail.resume",
        title=_("Let mail leave again?"),
        button=_("Resume"),
        done=_("Mail leaves again."),
        do=lambda _gate, typed, how: gate.resume(**typed, **how),
    )


def caps(host: Any, request: HttpRequest) -> HttpResponse:
    return _ask(
        host,
        request,
        "mail.set_caps",
        title=_("How much mail a minute?"),
        button=_("Save"),
        form_class=CapsForm,
        do=lambda _gate, typed, how: gate.set_caps(**typed, **how),
    )


def _ask(host: Any, request: HttpRequest, verb: str, *, do: pages.Do, **how: Any) -> HttpResponse:
    def then(present: Any, typed: dict[str, Any], by: dict[str, Any]) -> HttpResponse:
        do(present, typed, by)
        return HttpResponseRedirect(reverse("admin:milestones_outgoingmail_gate"))

    present = MailGate.objects.first() or MailGate()
    allowed = access.may(act(request)["actor"], verb)
    return pages.ask(host, request, present, do=then, allowed=allowed, template="admin/lingang/gate_ask.html", **how)


def _windows(now: datetime) -> list[MailWindow]:
    """Of this minute, all first, then the busiest domains."""
    minute = now.replace(second=0, microsecond=0)
    return sorted(MailWindow.objects.filter(minute=minute), key=lambda row: (row.domain != "", -row.taken))[:BUSIEST]
