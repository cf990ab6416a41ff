"""Does POST /milestones/batch answer as the contract says, whatever is sent?"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from milestones.models import ChangeEntry, ExternalRef, Milestone
from tests.api.http import Api, new_client
from tests.batch.sending import row
from tests.cast import Cast

BATCH = "/milestones/batch"
NDJSON = "application/x-ndjson"


@pytest.fixture
def api(running: Cast) -> Api:
    return new_client("write", name="erp")


def told(answer: Any) -> list[Any]:
    """(status, code of what is wrong, where) of each row."""
    assert answer.status_code in (200, 422), answer.content
    rows = answer.json()["results"]
    faults = [(one["problem"] or {}).get("errors") or [{}] for one in rows]
    return [
        (one["status"], fault[0].get("code"), fault[0].get("pointer")) for one, fault in zip(rows, faults, strict=True)
    ]


def lines(*rows: Any) -> bytes:
    return b"\n".join(one if isinstance(one, bytes) else json.dumps(one).encode() for one in rows)


def test_rows_of_an_array_and_lines_are_the_same(api: Api) -> None:
    made = api.post(BATCH, [row("N-1", ref={"system": "erp", "id": "1"}), row("N-2")])
    assert made.status_code == 200
    assert made.json()["summary"] == {"created": 2, "updated": 0, "unchanged": 0, "conflict": 0, "invalid": 0}
    again = api.raw("POST", BATCH, lines(row("N-1"), row("N-2", title="新")), NDJSON)
    assert [one["status"] for one in again.json()["results"]] == ["unchanged", "updated"]
    assert [one["version"] for one in again.json()["results"]] == [1, 2]
    assert again.json()["results"][1]["id"] == str(Milestone.objects.get(code="N-2").pk)


def test_each_bad_row_has_its_own_answer(api: Api) -> None:
    bad = lines(
        row("N-1"),
        7,
        b'{"plan": ',
        b'{"title": "\xff"}',
        row("N-2", nonsense=1),
        row("N-3", due={"on": "2023-10-30", "precision": "month"}),
    )
    assert told(api.raw("POST", BATCH, bad, NDJSON)) == [
        ("created", None, None),
        ("invalid", "type", ""),
        ("invalid", "malformed", ""),
        ("invalid", "malformed", ""),
        ("invalid", "unknown_field", "/nonsense"),
        ("invalid", "period_end", "/due/on"),
    ]


def test_atomic_writes_nothing_when_a_row_is_bad(api: Api) -> None:
    before = ChangeEntry.objects.count()
    answer = api.post(f"{BATCH}?atomic=true", [row("N-1"), row("N-2", weight=0)])
    assert answer.status_code == 422
    assert answer["Content-Type"] == "application/problem+json"
    assert told(answer) == [("created", None, None), ("invalid", "weight", "/weight")]
    assert answer.json()["results"][0]["id"] is None
    assert ChangeEntry.objects.count() == before
    assert api.post(f"{BATCH}?atomic=true", [row("N-1"), row("N-2")]).json()["summary"]["created"] == 2


def test_a_dry_run_says_what_would_happen_and_writes_nothing(api: Api) -> None:
    before = ChangeEntry.objects.count()
    answer = api.post(
        f"{BATCH}?dry_run=true",
        [row("N-1"), {"plan": "p-2023", "code": "FIN-01", "title": "新"}, {"plan": "p-2023", "code": "FIN-02"}],
    )
    assert told(answer) == [("created", None, None), ("updated", None, None), ("unchanged", None, None)]
    stored = [Milestone.objects.get(code=code).version for code in ("FIN-01", "FIN-02")]
    assert [one["version"] for one in answer.json()["results"]] == [None, *stored]
    assert ChangeEntry.objects.count() == before


def test_one_key_twice_names_both_rows(api: Api) -> None:
    refs = {"ref": {"system": "erp", "id": "1"}}
    answer = api.post(BATCH, [row("N-1", **refs), row("N-2"), row("N-3", **refs)])
    assert answer.status_code == 422
    assert [fault["pointer"] for fault in answer.json()["errors"]] == ["/0", "/2"]
    assert not Milestone.objects.filter(code="N-2").exists()


def test_an_old_version_is_a_conflict_that_shows_both_values(api: Api) -> None:
    key = {"plan": "p-2023", "code": "FIN-01"}
    version = Milestone.objects.get(code="FIN-01").version
    api.post(BATCH, [{**key, "title": "先到"}])
    (answer,) = api.post(BATCH, [{**key, "title": "后到", "if_version": version}]).json()["results"]
    assert answer["status"] == "conflict"
    assert answer["version"] == version + 1
    assert answer["problem"]["values"] == {"title": {"yours": "后到", "current": "先到"}}
    assert answer["problem"]["status"] == 412
    assert (
        api.post(BATCH, [{**key, "title": "后到", "if_version": version + 1}]).json()["results"][0]["status"]
        == "updated"
    )


def test_a_version_of_nothing_is_a_conflict(api: Api) -> None:
    assert told(api.post(BATCH, [row("N-1", if_version=1)]))[0][0] == "conflict"


REFUSED: list[tuple[str, str, bytes, int]] = [
    ("no JSON", "", b"[{]", 400),
    ("broken UTF-8", "", b'[{"title": "\xff"}]', 400),
    ("not a number", "", b'[{"weight": NaN}]', 400),
    ("nesting without end", "", b"[" * 200_000, 400),
    ("no list", "", b"{}", 422),
    ("an empty list", "", b"[]", 422),
    ("nothing at all", "", b"", 422),
    ("rows without number", "", b"[" + b"1," * 1_000_000 + b"1]", 413),
    ("a row too many", "", b"[" + b"{}," * 10_000 + b"{}]", 413),
    ("more bytes than fit", "", b'["' + b"x" * (32 * 1024 * 1024) + b'"]', 413),
    ("an unknown parameter", "?fast=true", b"[{}]", 400),
    ("a wrong word", "?atomic=1", b"[{}]", 400),
    ("a parameter twice", "?atomic=true&atomic=false", b"[{}]", 400),
]


@pytest.mark.parametrize(("query", "body", "status"), [case[1:] for case in REFUSED], ids=[case[0] for case in REFUSED])
def test_what_is_no_batch_is_refused_as_a_whole(api: Api, query: str, body: bytes, status: int) -> None:
    answer = api.raw("POST", BATCH + query, body)
    assert answer.status_code == status
    assert answer["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize("body", [b"\n" * 2_000_000 + b"{}", b"\r\n{}\r\n\r\n"], ids=["many", "few"])
def test_blank_lines_are_no_rows(api: Api, body: bytes) -> None:
    assert len(told(api.raw("POST", BATCH, body, NDJSON))) == 1


def test_lines_are_counted(api: Api) -> None:
    assert api.raw("POST", BATCH, b"{}\n" * 10_001, NDJSON).status_code == 413


def test_a_text_full_of_commas_is_one_row(api: Api) -> None:
    answer = api.post(BATCH, [row("N-1", description="," * 500_000)])
    assert told(answer) == [("invalid", "too_long", "/description")]


def test_what_is_deep_or_odd_inside_a_row_is_that_rows_fault(api: Api) -> None:
    odd = [
        b'{"a":' + b"[" * 50_000 + b"]" * 50_000 + b"}",
        b'{"title": "\\ud800"}',
        b'{"plan": "\\u0000", "code": "x"}',
        b"[]",
    ]
    assert [one[0] for one in told(api.raw("POST", BATCH, lines(*odd), NDJSON))] == ["invalid"] * 4


def test_a_body_of_another_kind_is_not_read(api: Api) -> None:
    assert api.raw("POST", BATCH, b"a,b", "text/csv").status_code == 415


def test_it_needs_the_scope_write(api: Api) -> None:
    assert new_client("read", name="reader").post(BATCH, [row("N-1")]).status_code == 403
    assert Api().post(BATCH, [row("N-1")]).status_code == 401
    assert api.get(BATCH).status_code == 405


def test_a_key_makes_it_happen_once(api: Api) -> None:
    how: dict[str, str] = {"Idempotency_Key": "k-1"}
    first = api.post(BATCH, [row("N-1"), row("N-2", weight=0)], **how)
    again = api.raw(
        "POST", BATCH, json.dumps([dict(reversed(row("N-1").items())), row("N-2", weight=0)], indent=1).encode(), **how
    )
    assert again["Idempotent-Replayed"] == "true"
    assert again.content == first.content
    assert api.post(BATCH, [row("N-3")], **how).status_code == 422
    assert Milestone.objects.filter(code__startswith="N-").count() == 1


def test_a_client_makes_nothing_outside_its_reach(running: Cast, client_of: Callable[..., Api]) -> None:
    api = client_of("write", organisations=[running.bureau])
    answers = api.post(
        BATCH, [row("N-1"), row("N-2", lead="FTB"), row("N-3", parties=[{"role": "supporting", "organisation": "FTB"}])]
    )
    assert told(answers) == [("invalid", "outside_reach", "/lead"), ("created", None, None), ("created", None, None)]
    hidden = [
        {"plan": "p-2023", "code": "FIN-02", "title": "x"},
        {"plan": "p-2024", "code": "X"},
        row("N-2", parent="FIN-02"),
    ]
    assert told(api.post(BATCH, hidden)) == [
        ("invalid", "duplicate", "/code"),
        ("invalid", "reference", "/plan"),
        ("invalid", "reference", "/parent"),
    ]


def test_a_known_reference_of_what_cannot_be_seen_is_taken(running: Cast, client_of: Callable[..., Api]) -> None:
    ExternalRef.objects.create(system="erp", entity="milestone", external_id="1", object_id=running.school.pk)
    api = client_of("write", organisations=[running.bureau])
    answer = api.post(BATCH, [row("N-1", ref={"system": "erp", "id": "1"}, lead="FTB")])
    assert told(answer) == [("invalid", "duplicate", "/ref")]


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL keeps statistics by itself")
def test_a_table_without_statistics_is_not_gone_through_for_each_row(api: Api) -> None:
    with CaptureQueriesContext(connection) as asked:
        api.post(BATCH, [row("N-1", ref={"system": "erp", "id": "1"}), row("N-2")])
    joins = [query["sql"] for query in asked.captured_queries if ") AS k " in query["sql"]]
    with connection.cursor() as cursor:
        for sql in joins:
            cursor.execute(f"EXPLAIN QUERY PLAN {sql}")
            steps = [one[3] for one in cursor.fetchall()]
            assert steps[0].startswith("SCAN k"), sql
            assert "=? AND" in steps[1], steps  # by all of the key
    assert len(joins) >= 2
