"""What stands in the way: a few common words to tick, and a line for whatever they do not say; stored as one text."""

from __future__ import annotations

from typing import Any

from django import forms
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

KINDS = {
    "material": pgettext_lazy("obstacle", "deliveries"),
    "approval": pgettext_lazy("obstacle", "approvals"),
    "weather": pgettext_lazy("obstacle", "weather"),
    "money": pgettext_lazy("obstacle", "funds"),
    "land": pgettext_lazy("obstacle", "land and relocation"),
}
BETWEEN, BEFORE = "、", "："


def compose(kinds: list[str], text: str) -> str:
    """“材料到货、审批：钢构件晚一周”"""
    words = BETWEEN.join(str(KINDS[kind]) for kind in kinds if kind in KINDS)
    return BEFORE.join(part for part in (words, text.strip()) if part)


def split(text: str) -> tuple[list[str], str]:
    """What `compose` put together in this language; anything else is all text."""
    head, _before, rest = text.partition(BEFORE)
    codes = {str(word): code for code, word in KINDS.items()}
    words = head.strip().split(BETWEEN)
    if all(word in codes for word in words):
        return [codes[word] for word in words], rest
    return [], text


class ObstaclesWidget(forms.MultiWidget):
    template_name = "web/reports/obstacles_widget.html"
    use_fieldset = True

    def __init__(self) -> None:
        text = forms.Textarea({"rows": 2, "aria-label": _("in your own words"), "maxlength": 3900})
        super().__init__({"": text, "kinds": forms.CheckboxSelectMultiple(choices=list(KINDS.items()))})

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context(name, value, attrs)
        text, kinds = value if isinstance(value, list) else self.decompress(value)
        known = [{"code": code, "word": word, "is_on": code in (kinds or [])} for code, word in KINDS.items()]
        context["widget"] |= {"kinds_to_tick": known, "text": text or ""}
        return context

    def _render(self, template_name: str, context: Any, renderer: Any = None) -> SafeString:
        """By the site's own templates; the renderer of forms knows Django's only."""
        return render_to_string(template_name, context)

    def decompress(self, value: str | None) -> list[Any]:
        kinds, text = split(value or "")
        return [text, kinds]


class ObstaclesField(forms.MultiValueField):
    widget = ObstaclesWidget

    def __init__(self, **options: Any) -> None:
        fields = (
            forms.CharField(required=False, max_length=3900),
            forms.MultipleChoiceField(choices=list(KINDS.items()), required=False),
        )
        super().__init__(fields=fields, required=False, require_all_fields=False, **options)

    def compress(self, given: list[Any]) -> str:
        text, kinds = [*given, "", []][:2] if given else ("", [])
        return compose(kinds or [], text or "")

    def has_changed(self, initial: Any, data: Any) -> bool:
        text, kinds = data or ("", [])
        return compose(kinds or [], (text or "").replace("\r\n", "\n")) != (initial or "")
