"""How does a test fill in a form as a browser would: what is shown is sent, except what was typed?"""

from __future__ import annotations

from typing import Any

from django.test import Client


class Desk:
    def __init__(self, client: Client, language: str = "en") -> None:
        self.client = client
        self.client.cookies["django_language"] = language

    def open(self, url: str) -> dict[str, Any]:
        """The fields of the form at `url` as they stand."""
        return fields(self.client.get(url).context)

    def send(self, url: str, data: dict[str, Any], **typed: Any) -> Any:
        return self.client.post(url, {**data, **typed})

    def save(self, url: str, **typed: Any) -> Any:
        """Open, type, save."""
        return self.send(url, self.open(url), **typed)

    def text(self, url: str) -> str:
        return str(self.client.get(url).content.decode())


def fields(context: Any) -> dict[str, Any]:
    """Every field of the page's admin form and of its inlines, as a browser would send it."""
    data: dict[str, Any] = {}
    _read(data, context["adminform"].form)
    for inline in context["inline_admin_formsets"]:
        _read(data, inline.formset.management_form)
        for form in inline.formset.forms:
            _read(data, form)
    return data


def _read(data: dict[str, Any], form: Any) -> None:
    for bound in form:
        widget = bound.field.widget
        if hasattr(widget, "widgets"):
            value = bound.value()
            values = value if isinstance(value, list) else widget.decompress(value)
            for name, item in zip(widget.widgets_names, values, strict=True):
                data[bound.html_name + name] = "" if item is None else str(item)
        elif (value := bound.value()) is not None and value is not False and value != []:
            data[bound.html_name] = "on" if value is True else value


def errors(response: Any) -> dict[str, list[str]]:
    return {name: [str(e) for e in found] for name, found in response.context["adminform"].form.errors.items()}
