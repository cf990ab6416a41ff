"""Where in the published text does a milestone or a target stand?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from milestones.errors import RuleBroken


def check_span(obj: Any, values: Mapping[str, Any]) -> None:
    """A beginning and a later end, or neither, once `values` are written to `obj`; RuleBroken otherwise."""
    start, end = (values.get(name, getattr(obj, name)) for name in ("source_start", "source_end"))
    if start is None and end is None:
        return
    if start is None or end is None or start >= end:
        message = _("The source sentence needs a beginning and an end after it.")
        raise RuleBroken(message, field="source_end", code="span")
