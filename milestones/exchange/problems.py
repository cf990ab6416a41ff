"""What is wrong with a file, on which line, and what is to be done?"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from milestones.errors import RuleBroken
from milestones.marking import Classified


@dataclasses.dataclass(frozen=True)
class Problem:
    """One thing wrong: `rule` is a stable code, `field` a path like `milestones[3].due.on` (counted from 1; empty for
    the whole file), `line` counts from 1, `message` is lazily translated and says what to do.
    """

    file: str
    line: int
    field: str
    rule: str
    message: Any
    params: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    refused: Classified | None = None  # the guard's refusal, to be kept by whoever knows the actor

    def __str__(self) -> str:
        where = f"{self.file}:{self.line}: {self.field}".rstrip(" :")
        return f"{where} [{self.rule}] {self.text}"

    @property
    def text(self) -> str:
        """The message in the present language."""
        return str(self.message) % dict(self.params)


class BadPlanFile(RuleBroken):
    """The file was refused whole. `problems` holds every fault found, in the order of their lines."""

    code = "plan-file"
    message = _("The plan file has errors; nothing was loaded.")

    def __init__(self, problems: Iterable[Problem]) -> None:
        super().__init__()
        self.problems = sorted(problems, key=lambda problem: (problem.line, problem.field))


class Rejected(Exception):
    """One value breaks one rule. `below` names the part of the value at fault (`on` of `due`)."""

    def __init__(self, rule: str, message: Any, below: str = "", **params: Any) -> None:
        self.rule, self.message, self.below, self.params = rule, message, below, params
        super().__init__(rule)
