"""How does a page lead to what may be decided?"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from milestones.web.decisions import Decision


@dataclass(frozen=True)
class Link:
    url: str
    label: str


def links(pk: Any, decisions: Iterable[Decision]) -> list[Link]:
    return [Link(reverse(f"{one.noun}_decide", args=[pk, one.name]), str(one.label)) for one in decisions]
