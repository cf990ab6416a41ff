"""Is this plan file right, and what does it say? Every fault is found before anything is loaded."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from milestones.exchange import checks, marked
from milestones.exchange.checks import Known
from milestones.exchange.fields import Field
from milestones.exchange.lines import Lines, index_lines
from milestones.exchange.problems import BadPlanFile, Problem, Rejected
from milestones.exchange.rows import PlanFile, Row
from milestones.exchange.tables import NEEDS_PLAN, TABLES

_AT = re.compile(r" \(at (?:line (?P<line>\d+), column \d+|end of document)\)$")


def read_plan_file(content: bytes, name: str, known: Known) -> PlanFile:
    """The rows of a plan file, checked whole; `known` is what the database already holds.

    Raises BadPlanFile with every fault, each with its line, field and rule. Where a text carries a classification
    marking, with these faults alone, none of which quotes the file; `marked.kept` keeps them.
    """
    text = _decoded(content, name)
    data = _parsed(text, name)
    reading = _Reading(name, index_lines(text))
    marked.check(text, data, reading.lines, name)
    rows = {table: tuple(reading.rows(table, data[table])) for table in TABLES if table in data}
    reading.unknown_tables(data)
    plans = rows.pop("plan", ())
    file = PlanFile(name, plans[0] if plans else None, **rows, key_lines=reading.lines.found)
    reading.needed(data)
    problems = reading.problems + [reading.problem(fault) for fault in checks.faults(file, known, "plan" in data)]
    if problems:
        raise BadPlanFile(problems)
    return file


def _decoded(content: bytes, name: str) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        message = _("This is not UTF-8 text; save the file as UTF-8.")
        raise BadPlanFile([Problem(name, line, "", "encoding", message)]) from None


def _parsed(text: str, name: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text, parse_float=Decimal)
    except (tomllib.TOMLDecodeError, RecursionError, ValueError) as error:
        # Also brackets nested without end, and a day such as 2023-02-30.
        marked.check(text, {}, Lines(), name)
        raise BadPlanFile([_syntax(str(error), text, name)]) from None


def _syntax(said: str, text: str, name: str) -> Problem:
    at = _AT.search(said)
    line = int(at["line"]) if at and at["line"] else text.count("\n") + 1
    detail = _AT.sub("", said)
    return Problem(name, line, "", "syntax", _("This is not TOML: %(detail)s."), {"detail": detail})


class _Reading:
    """Collects the problems of one file while its rows are read."""

    def __init__(self, name: str, lines: Lines) -> None:
        self.name, self.lines = name, lines
        self.problems: list[Problem] = []

    def rows(self, table: str, found: Any) -> Iterator[Row]:
        """The rows of a table, each with the values that could be read."""
        if table == "plan":
            if isinstance(found, dict):
                yield from self._row(table, 0, found)
            else:
                self._note(table, 0, "", Rejected("type", _("Write this table as [%(table)s]."), table=table))
        elif isinstance(found, list) and all(isinstance(row, dict) for row in found):
            for number, row in enumerate(found, 1):
                yield from self._row(table, number, row)
        else:
            self._note(
                table, 0, "", Rejected("type", _("Write each row of this table under [[%(table)s]]."), table=table)
            )

    def unknown_tables(self, data: dict[str, Any]) -> None:
        for table in data.keys() - TABLES.keys():
            message = _("“%(key)s” is not known here; known are: %(known)s.")
            self._note(table, 0, "", Rejected("unknown-key", message, key=table, known=", ".join(TABLES)))

    def needed(self, data: dict[str, Any]) -> None:
        if not data:
            self._note("", 0, "", Rejected("empty", _("The file is empty.")))
        for table in NEEDS_PLAN:
            if table in data and "plan" not in data:
                self._note(table, 0, "", Rejected("missing", _("These rows need a [plan] in the same file.")))

    def problem(self, fault: checks.Fault) -> Problem:
        """A fault between rows, as a problem of its file."""
        return self._problem(fault.row.table, fault.row.number, fault.key, fault.why)

    def _row(self, table: str, number: int, found: dict[str, Any]) -> Iterator[Row]:
        known = {field.name: field for field in TABLES[table]}
        for key in found.keys() - known.keys():
            message = _("“%(key)s” is not known here; known are: %(known)s.")
            self._note(table, number, key, Rejected("unknown-key", message, key=key, known=", ".join(known)))
        values = dict(self._values(table, number, found, TABLES[table]))
        yield Row(table, number, self.lines.of(table, number), values)

    def _values(
        self, table: str, number: int, found: dict[str, Any], known: tuple[Field, ...]
    ) -> Iterator[tuple[str, Any]]:
        for field in known:
            if field.name not in found:
                if field.required:
                    message = _("“%(key)s” is missing.")
                    self._note(table, number, field.name, Rejected("missing", message, key=field.name))
                continue
            try:
                yield field.name, field.read(found[field.name])
            except Rejected as error:
                self._note(table, number, field.name, error)

    def _note(self, table: str, number: int, key: str, why: Rejected) -> None:
        self.problems.append(self._problem(table, number, key, why))

    def _problem(self, table: str, number: int, key: str, why: Rejected) -> Problem:
        path = ".".join(part for part in (f"{table}[{number}]" if number else table, key, why.below) if part)
        line = self.lines.found.get((table, number, f"{key}.{why.below}"), self.lines.of(table, number, key))
        return Problem(self.name, line, path, why.rule, why.message, why.params)
