"""What is a promised number, and what does a clause know of those before it?"""

from __future__ import annotations

from dataclasses import dataclass

from .quantities import Quantity


@dataclass(frozen=True)
class Figure:
    """A promised number: its name, how it is measured, and which verbs lead to it (for the clause that follows)."""

    name: str
    measure: str
    quantity: Quantity
    verbs: str


@dataclass(frozen=True)
class Before:
    """What a clause takes over from those before it in its sentence: what it is about, the verbs of a figure, and the
    names of all figures."""

    subject: str = ""
    verbs: str | None = None  # None: no figure came before
    meant: bool = False  # the heading or the sentence says that these are goals
    names: tuple[str, ...] = ()
