"""How does one button become one verb? A small page that asks, then does, and shows a refusal in its form."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext_lazy as _

from milestones.errors import DomainError

from .fields import ReasonField
from .forms import act

Do = Callable[[Any, dict[str, Any], dict[str, Any]], Any]


class Ask(forms.Form):
    """Nothing but the version that was looked at."""

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)


class AskReason(Ask):
    reason = ReasonField(required=False)


def found(admin: Any, request: HttpRequest, object_id: str) -> Any:
    obj = admin.get_object(request, object_id)
    if obj is None:
        raise Http404
    return obj


def ask(
    admin: Any,
    request: HttpRequest,
    obj: Any,
    *,
    title: Any,
    button: Any,
    do: Do,
    allowed: bool = True,
    done: Any = "",
    form_class: type[forms.Form] = Ask,
    template: str = "admin/lingang/ask.html",
    shown: dict[str, Any] | None = None,
) -> HttpResponse:
    """GET asks; POST calls `do(obj, what was typed, actor and now)`; a DomainError comes back in the form."""
    if not allowed:
        raise PermissionDenied
    initial = {"version": getattr(obj, "version", None)}
    form = form_class(request.POST, request.FILES) if request.method == "POST" else form_class(initial=initial)
    if request.method == "POST" and form.is_valid():
        answer = _attempt(form, lambda: do(obj, form.cleaned_data, act(request)))
        if not form.errors:
            admin.message_user(request, done or _("Done."), messages.SUCCESS)
            return answer if isinstance(answer, HttpResponse) else HttpResponseRedirect(admin.url("change", obj.pk))
    context = {
        **admin.admin_site.each_context(request),
        **(shown or {}),
        "title": title,
        "subtitle": str(obj),
        "button": button,
        "form": form,
        "media": admin.media + form.media,
        "object": obj,
        "opts": admin.opts,
    }
    return TemplateResponse(request, template, context)


def _attempt(form: forms.Form, verb: Callable[[], Any]) -> Any:
    try:
        return verb()
    except DomainError as refusal:
        field = refusal.field if refusal.field in form.fields else None
        form.add_error(field, forms.ValidationError(str(refusal).splitlines()))  # one for each row at fault
        return None
