"""Who gets which answer? The table is permissions.md; after a change that is meant, WRITE_PERMISSIONS=1 renews it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.db import transaction

from milestones.api.openapi.document import document
from tests.api.http import Api, new_client
from tests.api.people import signed_in
from tests.api.permission_cases import CASES, Case
from tests.cast import Cast

TABLE = Path(__file__).with_name("permissions.md")
DAY = datetime(2023, 12, 1, 10, tzinfo=ZoneInfo("Asia/Shanghai"))
CLIENTS: dict[str, tuple[str, ...]] = {
    "read": ("read",),
    "read, people": ("read", "people:read"),
    "readings": ("readings:write",),
    "webhooks": ("webhooks",),
    "write": ("write",),
    "write, people": ("write", "people:read"),
}
PEOPLE = ("viewer", "leader", "stranger", "owner", "coordinator", "office")
COLUMNS = ("nobody", *CLIENTS, "elsewhere", *PEOPLE)
HEAD = """\
# Who gets which answer over the API

Columns: without a token; clients with these scopes (`write` implies `read`); `elsewhere`, a client with `write` and
`people:read` that reaches another organisation only; signed-in people, of whom `stranger` is the coordinator of another
organisation, `owner` is accountable for the milestone, `coordinator` works in the organisation that leads it, and
`leader` supervises that organisation where it matters.

The body is always a good one. 404 stands where it is not theirs to know that the object exists, 409 where the state
forbids it to everybody, 422 where the body names what they do not see.

"""


@pytest.fixture
def callers(running: Cast) -> dict[str, Api]:
    found = {"nobody": Api(), **{name: new_client(*scopes, name=name) for name, scopes in CLIENTS.items()}}
    elsewhere = new_client("write", "people:read", name="elsewhere", organisations=[running.harbour])
    found["elsewhere"] = elsewhere
    return found | {name: signed_in(getattr(running, name)) for name in PEOPLE}


def test_every_operation_has_a_row() -> None:
    there = {
        f"{method.upper()} {path.removeprefix('/api/v1')}"
        for path, methods in document()["paths"].items()
        for method in methods
    }
    assert {row.partition(" · ")[0] for row in CASES} == there


@pytest.mark.one_database("rights are decided in Python")
@time_machine.travel(DAY, tick=False)
def test_the_answers_are_those_of_the_table(running: Cast, callers: dict[str, Api]) -> None:
    found = {row: answers(row, case, running, callers) for row, case in CASES.items()}
    if os.environ.get("WRITE_PERMISSIONS"):
        TABLE.write_text(written(found), encoding="utf-8")
    wrong = {
        f"{row}, {name}": f"{status} instead of {expected}"
        for row, statuses in found.items()
        for name, status, expected in zip(COLUMNS, statuses, kept().get(row, [0] * len(COLUMNS)), strict=True)
        if status != expected
    }
    assert wrong == {}
    assert list(kept()) == list(CASES)


def answers(row: str, case: Case, cast: Cast, callers: dict[str, Api]) -> list[int]:
    """Each caller asks of the same world."""
    with transaction.atomic():
        cast.refresh()
        cast.bureau.refresh_from_db()
        made = case.make(cast)
        statuses = [alone(row, case, made, callers[name]) for name in COLUMNS]
        transaction.set_rollback(True)
    return statuses


def alone(row: str, case: Case, made: Any, caller: Api) -> int:
    method, _space, path = row.partition(" · ")[0].partition(" ")
    of = getattr(made, "endpoint_id", None) or getattr(made, "pk", "")
    path = path.replace("{id}", str(of)).replace("{delivery}", str(getattr(made, "pk", "")))
    path = path.replace("{system}", "erp").replace("{external_id}", "1")
    headers = {"If_Match": "*"} if method in ("PATCH", "DELETE") else {}
    with transaction.atomic():
        answer = caller._ask(method, path, case.body, headers)
        assert not answer.streaming or b"".join(answer.streaming_content)
        transaction.set_rollback(True)
    assert answer.status_code != 400, (row, answer.content)
    return int(answer.status_code)


# --- The table --------------------------------------------------------------------------------------------------------
def kept() -> dict[str, list[int]]:
    return dict(_rows()) if TABLE.exists() else {}


def _rows() -> Iterator[tuple[str, list[int]]]:
    for line in TABLE.read_text(encoding="utf-8").splitlines():
        row, *cells = [cell.strip(" `") for cell in line.strip("|").split("|")]
        if row in CASES:
            yield row, [int(cell) for cell in cells]


def written(found: dict[str, list[int]]) -> str:
    width = max(map(len, found)) + 2
    lines = ["| " + " | ".join(("".ljust(width), *COLUMNS)) + " |"]
    lines.append("|" + "|".join("-" * (len(name) + 2) for name in ("-" * width, *COLUMNS)) + "|")
    for row, statuses in found.items():
        cells = (str(status).ljust(len(name)) for name, status in zip(COLUMNS, statuses, strict=True))
        lines.append("| " + " | ".join((f"`{row}`".ljust(width), *cells)) + " |")
    return HEAD + "\n".join(lines) + "\n"
