"""What does a body look like? One story through all of them: the topping-out of a building in a plan of 2027."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

INPUTS: Mapping[str, Any] = {}


def of(name: str) -> dict[str, Any]:
    """The example of an input component, when there is one."""
    return {"example": INPUTS[name]} if name in INPUTS else {}


def answer(name: str, *, is_page: bool) -> dict[str, Any]:
    return {}
