"""Does a plan file carry a classification marking, in a value or in a comment?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from milestones import marking
from milestones.actors import Actor
from milestones.changes import guard
from milestones.exchange.lines import Lines
from milestones.exchange.problems import BadPlanFile, Problem
from milestones.marking import Classified


def check(text: str, data: Mapping[str, Any], lines: Lines, name: str) -> None:
    """Raise BadPlanFile with every value that carries a marking; where no value does, with the first marked line.

    Nothing else that is wrong is said with it: other messages quote the file, and would be shown and kept in logs.
    """
    problems = [_problem(error, name, line, error.place) for error, line in _values(data, lines)]
    if not problems and (found := marking.find(text)):
        line = text.splitlines()[found.line - 1]
        error = Classified(f"line {found.line}", found, marking.digest(line), name)
        problems = [_problem(error, name, found.line, "")]
    if problems:
        raise BadPlanFile(problems)


@contextmanager
def kept(*, actor: Actor, now: datetime) -> Iterator[None]:
    """Around `read_plan_file`, which knows nobody: each marked text that it refuses is kept as a refusal."""
    with guard.attempt():
        try:
            yield
        except BadPlanFile as error:
            for problem in error.problems:
                if problem.refused:
                    guard.note(problem.refused, actor=actor, now=now)
            raise


def _values(data: Mapping[str, Any], lines: Lines) -> Iterator[tuple[Classified, int]]:
    for table, found in data.items():
        for number, row in enumerate(found, 1) if isinstance(found, list) else [(0, found)]:
            for key, value in row.items() if isinstance(row, dict) else [("", row)]:
                path = ".".join(part for part in (f"{table}[{number}]" if number else table, key) if part)
                try:
                    marking.check({path: value})
                except Classified as error:
                    yield error, lines.of(table, number, key)


def _problem(error: Classified, name: str, line: int, field: str) -> Problem:
    return Problem(name, line, field, error.code, "%(said)s", {"said": str(error)}, refused=error)
