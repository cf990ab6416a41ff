"""Does whatever is sent get its documented answer, and change nothing?"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.apps import apps

from milestones.api.openapi.document import document
from milestones.models import ChangeEntry, Plan
from tests.api.http import Api
from tests.api.test_milestones import NEW
from tests.cast import Cast
from tests.shapes.conftest import furnished

__all__ = ["furnished"]  # rows of every noun

SOME_ID = "01890a5d-ac96-774b-bcce-b302099a8057"
MILLION = 1_000_000
WRITTEN = ("post", "patch", "put")
# What may stand in an address where something else should.
JUNK = (
    *("%00", "%0a", "%ff", "%2e%2e", "..;", "%25", "'%20or%201=1--", "%E2%80%AE", "a" * 3_000, "%7B%7B7*7%7D%7D", "-1"),
    *("1", "null", SOME_ID[:-1], SOME_ID.replace("-", "%2D") + "0", "%F0%9F%98%80"),
)


@pytest.fixture(autouse=True)
def nothing_changes(furnished: Cast, api: Api) -> Iterator[None]:
    """Every row stays as it is. What is counted of clients moves, and changes get their numbers."""
    before = stored()
    yield
    after = stored()
    assert {name for name in before if before[name] != after[name]} == set()


def stored() -> dict[str, list[Any]]:
    moves = ("apiclient", "apitoken", "clientactivity", "clienthour", "feedepoch", "changeentry")
    models = [model for model in apps.get_app_config("milestones").get_models() if model._meta.model_name not in moves]
    rows = {str(model._meta.model_name): [*model._default_manager.order_by("pk").values_list()] for model in models}
    entries = ChangeEntry.objects.exclude(entity="apiclient").order_by("pk")
    return rows | {"changeentry": [*entries.values_list("pk", "object_id", "version", "changes")]}


def kind_of(answer: Any) -> tuple[int, str]:
    """(status, kind) of a refusal; of what is none, or no whole problem, something that no test expects."""
    if answer["Content-Type"] != "application/problem+json":
        return answer.status_code, f"not a problem: {answer.content[:200]!r}"
    told = json.loads(answer.content)
    whole = set(told) >= {"type", "title", "status", "detail", "errors"} and told["status"] == answer.status_code
    return answer.status_code, told["type"].rpartition("/")[2] if whole else f"not whole: {told}"


MALFORMED, BAD_PARAMETER, BAD_CURSOR = (400, "malformed"), (400, "bad-parameter"), (400, "bad-cursor")
UNKNOWN, ABSENT, TOO_LARGE = (401, "unauthenticated"), (404, "not-found"), (413, "too-large")
NOT_READ, INVALID, STALE = (415, "unsupported-media-type"), (422, "invalid"), (412, "stale")


def addresses(*methods: str) -> list[tuple[str, str]]:
    """(method, path) of the description, those with variables too."""
    return [
        (method.upper(), path)
        for path, there in document()["paths"].items()
        for method in there
        if not methods or method in methods
    ]


def filled(path: str, pk: str = SOME_ID) -> str:
    for name in ("id", "delivery", "system", "external_id"):
        path = path.replace(f"{{{name}}}", pk)
    return path


def first_id(api: Api, path: str) -> str:
    """Of an object that the address may mean."""
    rows = api.get(path.partition("/{id}")[0]).json()["results"] if "{id}" in path else []
    return str(rows[0]["id"]) if rows else SOME_ID


# --- Bodies -----------------------------------------------------------------------------------------------------------
BROKEN = {
    "no JSON": b"{",
    "two values": b"{}{}",
    "a trailing comma": b'{"title": "a",}',
    "single quotes": b"{'title': 'a'}",
    "NaN": b'{"weight": NaN}',
    "Infinity": b'{"weight": -Infinity}',
    "broken UTF-8": b'{"title": "\xc3\x28"}',
    "UTF-16": '{"title": "a"}'.encode("utf-16"),
    "Latin-1": '{"title": "\xe9"}'.encode("latin-1"),
    "half a surrogate": b'{"title": "\\ud800"}',
    "a byte order mark": b'\xef\xbb\xbf{"title": "a"}',
    "nesting without end": b'{"parties":' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    "a control character": b'{"title": "a\x01"}',
    "NUL at the end": b'{"title": "a"}\x00',
    "a number that stops": b'{"weight": 1e}',
    "a number of 400 digits": b'{"weight": 1' + b"0" * 400 + b"}",
}


def test_what_is_no_json_in_utf_8_is_malformed(api: Api) -> None:
    found = {name: kind_of(api.raw("POST", "/milestones", body)) for name, body in BROKEN.items()}
    assert found == dict.fromkeys(BROKEN, MALFORMED)


def test_a_body_that_is_no_object_is_refused(api: Api) -> None:
    for method, path in addresses(*WRITTEN):
        if path.endswith("/batch"):
            continue
        where = filled(path, first_id(api, path))
        for body in (b"[]", b'"text"', b"7", b"null", b"true", b"[{}]"):
            answer = api.raw(method, where, body, If_Match="*")
            expected = STALE if "by-ref" in path else INVALID if SOME_ID not in where else ABSENT
            assert kind_of(answer) in (expected, INVALID), (method, path, body)


def test_a_value_of_the_wrong_type_is_named(api: Api) -> None:
    odd: tuple[Any, ...] = (
        7,
        1.5,
        True,
        [],
        {},
        ["FIN"],
        {"$ne": None},
        10**30,
        -1,
        "a\x00b",
        " \t ",
        "",
        "x" * 211,
        None,
    )
    fits: dict[str, tuple[Any, ...]] = {
        "parties": ([],),
        "lead": (None,),
        "accountable": (None,),
        "parent": (None,),
        "weight": (7,),
    }
    for field in ("plan", "workstream", "code", "title", "kind", "due", "weight", "parties", *fits):
        for value in odd:
            if any(value is one or value == one for one in fits.get(field, ())) and value is not True:
                continue
            answer = api.post("/milestones", {**NEW, field: value})
            assert kind_of(answer) == INVALID, (field, value, answer.content)
            assert answer.json()["errors"][0]["pointer"].startswith(f"/{field}"), (field, value)


def test_an_unknown_field_is_refused_in_every_body(api: Api) -> None:
    for method, path in addresses(*WRITTEN):
        if path.endswith("/batch") or "by-ref" in path:
            continue
        where = filled(path, first_id(api, path))
        if SOME_ID in where:
            continue
        answer = api.raw(method, where, b'{"colour": "red", "\\u0000": 1}', If_Match="*")
        assert kind_of(answer) == INVALID, (method, path)
        assert "/colour" in [one["pointer"] for one in answer.json()["errors"]], (method, path)


def test_no_text_holds_a_nul(api: Api) -> None:
    schemas, seen = document()["components"]["schemas"], 0
    for method, path in addresses("post"):
        content = document()["paths"][path]["post"]["requestBody"]["content"].get("application/json", {})
        name = content.get("schema", {}).get("$ref", "").rpartition("/")[2]
        for field, schema in schemas.get(name, {}).get("properties", {}).items():
            if "{" in path or "string" not in schema.get("type", ""):
                continue
            body = {**content.get("example", {}), field: "a\x00b"}
            answer = api.raw(method, path, json.dumps(body).encode())
            assert kind_of(answer) == INVALID, (path, field)
            assert f"/{field}" in [one["pointer"] for one in answer.json()["errors"]], (path, field)
            seen += 1
    assert seen > 50


def test_megabytes_are_not_read(api: Api) -> None:
    long = {"title": "x" * 10 * 1024 * 1024}
    path = f"/milestones/{first_id(api, '/milestones/{id}')}"
    assert kind_of(api.post("/milestones", {**NEW, **long})) == TOO_LARGE
    assert kind_of(api.patch(path, long, If_Match="*")) == TOO_LARGE
    assert kind_of(api.put("/milestones/by-ref/erp/1", long)) == TOO_LARGE


def test_a_million_rows_are_refused_as_a_whole(api: Api) -> None:
    for body, kind in (
        (b"[" + b"{}," * MILLION + b"{}]", "application/json"),
        (b"{}\n" * MILLION, "application/x-ndjson"),
        (b" " * (32 * 1024 * 1024 + 1), "application/json"),
    ):
        assert kind_of(api.raw("POST", "/milestones/batch", body, kind)) == TOO_LARGE


def test_one_key_twice_in_a_batch_names_both_rows(api: Api) -> None:
    row = {**NEW, "ref": {"system": "erp", "id": "1"}}
    answer = api.post("/milestones/batch", [row, {**row, "title": "别的"}])
    assert kind_of(answer) == INVALID
    assert {one["pointer"].split("/")[1] for one in answer.json()["errors"]} == {"0", "1"}


def test_other_kinds_of_bodies_are_not_read(api: Api) -> None:
    body = json.dumps(NEW).encode()
    for kind in ("text/plain", "text/xml", "application/x-www-form-urlencoded", "", "junk", "a/b; c", "text/json"):
        assert kind_of(api.raw("POST", "/milestones", body, kind)) == NOT_READ, kind


# --- Queries and cursors ----------------------------------------------------------------------------------------------
def test_an_unknown_parameter_is_refused_everywhere(api: Api) -> None:
    for method, path in addresses():
        answer = api.raw(method, f"{filled(path)}?colour=red", b"{}", If_Match="*")
        assert kind_of(answer) == BAD_PARAMETER, (method, path)
        assert answer.json()["errors"][0]["pointer"] == "?colour"


def test_a_parameter_that_stands_twice_or_holds_nothing_is_refused(api: Api) -> None:
    for query in ("plan=a&plan=b", "plan=", "plan=%00", "limit=1&limit=1", "limit=", "ordering=-", "fields=", "state="):
        assert kind_of(api.get(f"/milestones?{query}")) == BAD_PARAMETER, query


def test_junk_in_a_query_finds_nothing_or_is_refused(api: Api) -> None:
    for path in ("/milestones", "/organisations", "/people", "/targets", "/readings", "/reminders"):
        known = [one["name"] for one in document()["paths"][f"/api/v1{path}"]["get"]["parameters"]]
        for name in known:
            for junk in JUNK:
                answer = api.get(f"{path}?{name}={junk}")
                fine = answer.status_code == 200
                assert fine or kind_of(answer) in (BAD_PARAMETER, BAD_CURSOR), (path, name, junk, answer.content)


def test_a_limit_is_a_number_from_1_to_1000(api: Api) -> None:
    for limit in ("0", "-1", "1001", "1e3", "１０", "9" * 5_000, "0x10", "1 ", " 1", "1.0", "NaN", "²", "%2B1"):
        assert kind_of(api.get(f"/milestones?limit={limit}")) == BAD_PARAMETER, limit


def test_a_page_is_followed_by_its_own_cursor_only(api: Api) -> None:
    for place in ("/milestones?limit=1", "/organisations?limit=1"):
        cursor = api.get(place).json()["next"].partition("cursor=")[2]
        for wrong in (cursor[:-1], cursor + "x", cursor.swapcase(), "AAAA", "e30:1:x", "%F0%9F%98%80", "a" * 9_000):
            assert kind_of(api.get(f"{place}&cursor={wrong}")) == BAD_CURSOR, wrong
        assert kind_of(api.get(f"{place}&ordering=-updated_at&cursor={cursor}")) == BAD_CURSOR


def test_a_cursor_shows_nobody_more_than_they_may_see(furnished: Cast, api: Api, client_of: Callable[..., Api]) -> None:
    narrow = client_of("read", organisations=[furnished.harbour])
    page = api.get("/milestones?limit=1&ordering=-code&plan=p-2023").json()
    assert page["results"][0]["code"] == "FIN-03"
    assert not narrow.get("/milestones?code=FIN-03").json()["results"]
    following = narrow.get(page["next"]).json()["results"]
    assert [row["code"] for row in following] == ["FIN-02"]
    alien = narrow.get("/milestones?limit=1&ordering=code&plan=p-2023").json()["next"]
    assert [row["code"] for row in api.get(alien).json()["results"]] == ["FIN-02"]


def test_the_feeds_cursor_of_another_client_is_gone(api: Api, client_of: Callable[..., Api]) -> None:
    cursor = api.get("/changes?limit=1").json()["cursor"]
    assert kind_of(client_of("write", "people:read").get(f"/changes?cursor={cursor}")) == (410, "gone")
    assert kind_of(api.get(f"/changes?cursor={cursor[:-2]}")) == BAD_CURSOR


# --- Who --------------------------------------------------------------------------------------------------------------
def test_nobody_comes_in_without_a_good_token(api: Api) -> None:
    """Those that expired or were revoked: test_auth."""
    for stranger in (Api(), Api("lingang_" + "x" * 43)):
        for method, path in addresses():
            answer = stranger.raw(method, filled(path), b"{}")
            assert kind_of(answer) in (UNKNOWN, (429, "too-many")), (method, path)
            assert answer.status_code == 429 or answer["WWW-Authenticate"] == 'Bearer realm="lingang"'


def test_what_belongs_to_others_is_not_there(furnished: Cast, api: Api, client_of: Callable[..., Api]) -> None:
    """404, not 403: that it exists is not theirs to know."""
    narrow = client_of("write", "people:read", plans=[Plan.objects.get(code="p-2022")])
    for method, path in addresses():
        noun = path.removeprefix("/api/v1/").partition("/")[0]
        if "{id}" not in path or noun in ("webhooks", "organisations", "people"):
            continue
        [seen, own] = [{row["id"] for row in one.get(f"/{noun}").json()["results"]} for one in (api, narrow)]
        theirs = min(seen - own)
        answer = narrow.raw(method, filled(path, theirs), b"{}", If_Match="*")
        assert kind_of(answer) in (ABSENT, INVALID) if method == "POST" else kind_of(answer) == ABSENT, (method, path)
        if method == "POST":
            nowhere = narrow.raw(method, filled(path), b"{}")
            assert kind_of(answer) == kind_of(nowhere), path
    assert kind_of(narrow.post("/comments", {"milestone": "p-2023/FIN-01", "text": "好"})) == INVALID


# --- Addresses, methods and headers -----------------------------------------------------------------------------------
def test_what_is_no_id_is_nowhere(api: Api) -> None:
    for method, path in addresses():
        for junk in JUNK if "{id}" in path else ():
            answer = api.raw(method, filled(path, junk), b"{}", If_Match="*")
            assert kind_of(answer) in (ABSENT, INVALID) if method == "POST" else kind_of(answer) == ABSENT, (path, junk)


def test_an_address_that_is_none_is_a_problem_too(api: Api) -> None:
    for junk in JUNK:
        for path in (f"/{junk}", f"/milestones/{SOME_ID}/{junk}", f"/milestones/by-ref/{junk}", f"/problems/{junk}"):
            assert kind_of(api.get(path)) == ABSENT, path


def test_a_method_that_does_not_fit_is_told_those_that_do(api: Api) -> None:
    for path, methods in document()["paths"].items():
        there = {method.upper() for method in methods}
        for method in {"GET", "POST", "PUT", "PATCH", "DELETE", "TRACE", "BREW"} - there:
            answer = api.raw(method, f"{filled(path)}?colour=red", b"{}", If_Match="*")
            assert kind_of(answer) == (405, "method-not-allowed"), (method, path)
            allowed = set(answer["Allow"].replace(" ", "").split(","))
            assert allowed - {"HEAD", "OPTIONS"} == there, path
            assert ("HEAD" in allowed) == ("GET" in there), path


def test_options_tells_the_methods(api: Api) -> None:
    for path, methods in document()["paths"].items():
        answer = api.raw("OPTIONS", filled(path), b"")
        assert (answer.status_code, answer["Content-Type"]) == (200, "application/json"), path
        assert {method.upper() for method in methods} <= set(answer["Allow"].replace(" ", "").split(",")), path


def test_head_works_wherever_get_does(api: Api) -> None:
    for _method, path in addresses("get"):
        where = filled(path, first_id(api, path))
        get, head = api.get(where), api.raw("HEAD", where, b"")
        assert head.content == b"", path
        assert head.status_code == get.status_code, path
        assert [head.get(name) for name in ("Content-Type", "ETag")] == [
            get.get(name) for name in ("Content-Type", "ETag")
        ], path


def test_with_and_without_a_slash_at_the_end_is_the_same(api: Api) -> None:
    for method, path in addresses():
        if "by-ref" in path:
            continue  # what the other system has may end with anything
        answers = [api.raw(method, f"{filled(path)}{end}", b'{"colour": 1}', If_Match="*") for end in ("", "/")]
        assert answers[0].status_code == answers[1].status_code, (method, path)
        assert answers[0].status_code not in (301, 302, 405), (method, path)


def test_whatever_is_accepted_the_answer_is_json(api: Api) -> None:
    for accept in ("text/html", "application/xml", "*/*;q=0", "junk", "", "a" * 5_000, "application/x;", "*/*, , ;"):
        assert api.get("/milestones", Accept=accept)["Content-Type"] == "application/json", accept
        assert kind_of(api.get("/nowhere", Accept=accept)) == ABSENT, accept


def test_a_tag_that_is_none_matches_nothing(furnished: Cast, api: Api) -> None:
    path = f"/milestones/{furnished.school.pk}"
    for tag in (
        "",
        "v1",
        '"v1',
        "W/",
        '""',
        "\x00",
        '"v99999999999999999999"',
        'W/"v1"',
        "'v1'",
        "{}",
        ",,,",
        "a" * 9_000,
    ):
        assert kind_of(api.patch(path, {"title": "甲"}, If_Match=tag)) == STALE, tag
        assert kind_of(api.delete(path, If_Match=tag)) == STALE, tag
        assert api.get(path, If_None_Match=tag).status_code == 200, tag


def test_headers_cannot_be_slipped_in(api: Api) -> None:
    for path in (
        "/milestones/by-ref/a%0d%0aX-Evil:%20a/1",
        "/milestones?q=a%0d%0aX-Evil:%20a&limit=1",
        "/%0d%0aX-Evil:a",
    ):
        answer = api.get(path)
        assert "X-Evil" not in answer.headers
        assert not any("\r" in value or "\n" in value for value in answer.headers.values())


def test_other_hosts_are_not_answered_for(api: Api) -> None:
    for host in ("evil.example.org", "a b", "[", "localhost@evil.example.org"):
        assert api.get("/milestones", Host=host).status_code == 400, host
