"""What does the page show that stands between choosing many milestones and changing them?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _

from milestones.bulk.acts import Act
from milestones.bulk.doing import Line

SHORT = 200  # more are long work
SAMPLE = 50  # of those, so many are looked ahead
MOST = 5000


@dataclass(frozen=True)
class Page:
    NOTHING: ClassVar[Any] = _("No milestone was chosen; tick at least one row first.")

    act: Act
    form: Any
    versions: Mapping[str, int]
    lines: list[Line]
    looked: bool
    back: str
    query: str

    @property
    def rows(self) -> str:
        return " ".join(f"{pk}:{version}" for pk, version in self.versions.items())

    @property
    def total(self) -> int:
        return len(self.versions)

    @property
    def is_long(self) -> bool:
        return self.total > SHORT

    @property
    def is_cut(self) -> bool:
        """Whether there may have been more than are taken at once."""
        return self.total == MOST

    @property
    def refused(self) -> list[Line]:
        return [line for line in self.lines if line.refusal]

    @property
    def able(self) -> int:
        """How many will be tried when the button is pressed."""
        return self.total if self.is_long else len(self.lines) - len(self.refused)

    @property
    def may_apply(self) -> bool:
        return self.looked and not self.form.errors and self.able > 0
