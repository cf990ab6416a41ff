"""How many queries does each page take, and does the number stay when rows are added?

The numbers stand in query_counts.json. A change that saves queries, or needs more for a reason, edits them there.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from milestones.planning import operations, tally
from tests.web import cast as casting
from tests.web.cast import SYSTEM, TODAY, Cast
from tests.web.conftest import SignIn

PINNED = json.loads((Path(__file__).parent / "query_counts.json").read_text())
MORE = 12


@pytest.mark.parametrize("page", PINNED)
def test_queries(cast: Cast, client_of: SignIn, page: str) -> None:
    role, path = page.split(" ")
    client = client_of(getattr(cast, role))
    assert count(client, path) == PINNED[page]
    for n in range(MORE):
        row = casting.make(
            cast.plan, cast.stream, f"NEW-{n:02}", title=f"新节点 {n}", accountable=cast.owner, lead=cast.roof.lead
        )
        operations.change(row, {"title": f"改名 {n}"}, actor=SYSTEM, now=TODAY)
        operations.change(cast.roof, {"description": f"第 {n} 次"}, actor=SYSTEM, now=TODAY)
    assert count(client, path) <= PINNED[page], "more rows, more queries"


def count(client: object, path: str) -> int:
    """With nothing kept from a look before."""
    tally._kept.clear()
    with CaptureQueriesContext(
        connection,
    ) as seen:
        answer = client.get(path)  # type: ignore[attr-defined]
    assert answer.status_code == 200
    return len(seen)
