"""Can another system keep our objects under its own names for them, as the contract says?"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import pytest
from django.db import close_old_connections

from milestones.changes import verifying
from milestones.changes.publish import publish_all
from milestones.models import ChangeEntry, ExternalRef, Milestone, Organisation, Person, Target
from tests import cast as casting
from tests.api.http import Api, etag, new_client
from tests.cast import Cast
from tests.two_at_once import together

pytestmark = pytest.mark.django_db

NEW = {
    "plan": "p-2023",
    "workstream": "FIN",
    "title": "数据港封顶",
    "kind": "construction",
    "due": {"on": "2023-12-31", "precision": "year"},
}
REF = {"system": "erp", "id": "4711"}
PATH = "/milestones/by-ref/erp/4711"

# noun: a new one, and a change of one field
NOUNS: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "milestones": (NEW, {"title": "别的"}),
    "targets": (
        {"plan": "p-2023", "code": "T9", "name": "产值", "unit": "亿元", "measure": "cumulative", "value": "12.50"},
        {"name": "别的"},
    ),
    "organisations": ({"code": "NEW", "name": "新单位", "kind": "bank"}, {"name": "别的"}),
    "people": ({"email": "new@example.org", "display_name": "新人"}, {"display_name": "别的"}),
}


def path(noun: str, system: str = "erp", external_id: str = "4711") -> str:
    return f"/{noun}/by-ref/{quote(system, safe='')}/{quote(external_id, safe='')}"


@pytest.mark.parametrize(("noun", "new", "change"), [(noun, *both) for noun, both in NOUNS.items()], ids=NOUNS)
def test_put_makes_then_changes_then_leaves_as_it_is(
    running: Cast, api: Api, noun: str, new: dict[str, Any], change: dict[str, Any]
) -> None:
    made = api.put(path(noun), new)
    assert (made.status_code, made.json()["external_refs"]) == (201, [REF]), made.content
    assert made["Location"].endswith(f"/api/v1/{noun}/{made.json()['id']}")
    assert api.get(made["Location"]).json() == api.get(path(noun)).json() == made.json()
    entries = ChangeEntry.objects.count()
    same = api.put(path(noun), new)
    assert (same.status_code, same["Unchanged"], etag(same)) == (200, "true", etag(made))
    assert ChangeEntry.objects.count() == entries
    changed = api.put(path(noun), change)
    assert changed.status_code == 200, changed.content
    assert "Unchanged" not in changed
    was, now = made.json(), changed.json()
    assert {name for name in now if now[name] != was[name]} == {*change, "version", "updated_at"}
    assert ChangeEntry.objects.count() == entries + 1


@pytest.mark.parametrize("noun", NOUNS)
def test_what_a_new_one_needs_is_said(running: Cast, api: Api, noun: str) -> None:
    refused = api.put(path(noun), {})
    assert (refused.status_code, {one["code"] for one in refused.json()["errors"]}) == (422, {"required"})
    assert not ExternalRef.objects.exists()


def test_moving_due_needs_a_reason(running: Cast, api: Api) -> None:
    api.put(PATH, NEW)
    later = {"due": {"on": "2024-03-31", "precision": "quarter"}}
    refused = api.put(PATH, later)
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "/reason")
    moved = api.put(PATH, {**later, "reason": "雨季"})
    assert (moved.status_code, moved.json()["due"], moved.json()["baseline"]) == (200, later["due"], NEW["due"])


def test_preconditions_are_honoured_and_not_needed(running: Cast, api: Api) -> None:
    absent = api.put(PATH, NEW, If_Match='"v1"')
    assert (absent.status_code, absent.json()["current"]) == (412, None)
    assert api.put(PATH, NEW, If_Match="*").status_code == 412
    made = api.put(PATH, NEW, If_None_Match="*")
    assert made.status_code == 201
    again = api.put(PATH, NEW, If_None_Match="*")
    assert (again.status_code, again.json()["current"]) == (412, made.json())
    changed = api.put(PATH, {"title": "甲"}, If_Match=etag(made))
    assert changed.status_code == 200
    stale = api.put(PATH, {"title": "乙"}, If_Match=etag(made))
    assert (stale.status_code, stale.json()["current"]) == (412, changed.json())
    assert api.get(PATH, If_None_Match=etag(changed)).status_code == 304


def test_a_deleted_objects_name_is_free_again(cast: Cast, api: Api) -> None:
    made = api.put(PATH, NEW)
    assert api.delete(f"/milestones/{made.json()['id']}", If_Match=etag(made)).status_code == 204
    assert api.get(PATH).status_code == 404
    again = api.put(PATH, NEW, If_None_Match="*")
    assert (again.status_code, again.json()["id"] != made.json()["id"]) == (201, True)


def test_the_body_may_name_more_and_the_address_is_always_one_of_them(running: Cast, api: Api) -> None:
    gis = {"system": "gis", "id": "A-1"}
    assert api.put(PATH, {**NEW, "external_refs": [gis]}).json()["external_refs"] == [REF, gis]
    assert api.put(PATH, {"title": "甲"}).json()["external_refs"] == [REF, gis]
    assert api.put(PATH, {"external_refs": []}).json()["external_refs"] == [REF]
    assert api.put(PATH, {"external_refs": [REF]})["Unchanged"] == "true"


def test_a_name_is_taken_away_and_the_object_stays(running: Cast, api: Api) -> None:
    made = api.put(PATH, {**NEW, "external_refs": [{"system": "gis", "id": "A-1"}]})
    assert api.delete(PATH, If_Match='"v9"').status_code == 412
    assert api.delete(PATH, If_Match=etag(made)).status_code == 204
    assert (api.get(PATH).status_code, api.delete(PATH).status_code) == (404, 404)
    left = api.get(f"/milestones/{made.json()['id']}").json()
    assert (left["external_refs"], left["version"]) == ([{"system": "gis", "id": "A-1"}], 2)
    assert api.delete("/milestones/by-ref/gis/A-1").status_code == 204
    publish_all()
    assert list(verifying.faults()) == []


STRANGE = (
    "a b",
    "a/b",
    "a/",
    "/",
    "//",
    "..",
    "é%2F",
    "一/二",
    "?x=1&y#z",
    "\t",
    "x" * 200,
    "+",
    "by-ref",
    "a\nb",
    "'\"<>",
)


@pytest.mark.parametrize("external_id", STRANGE)
def test_ids_hold_any_letters(running: Cast, api: Api, external_id: str) -> None:
    at = path("milestones", "系统 1", external_id) + ("/" if external_id.endswith("/") else "")
    made = api.put(at, NEW)
    assert (made.status_code, made.json()["external_refs"]) == (201, [{"system": "系统 1", "id": external_id}])
    assert api.get(at).json() == made.json()
    assert api.patch(f"/milestones/{made.json()['id']}", {"external_refs": made.json()["external_refs"]}, If_Match="*")


@pytest.mark.parametrize(
    ("system", "external_id", "code"),
    [
        ("s" * 61, "1", "too_long"),
        ("s", "1" * 201, "too_long"),
        ("s", "a\x00", "character"),
        ("s\x00", "a", "character"),
    ],
)
def test_what_is_no_name_is_refused(running: Cast, api: Api, system: str, external_id: str, code: str) -> None:
    at = path("milestones", system, external_id)
    refused = api.put(at, NEW)
    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (422, code)
    assert (api.get(at).status_code, api.delete(at).status_code) == (404, 404)


def test_post_and_patch_take_the_whole_list(running: Cast, api: Api) -> None:
    made = api.post("/milestones", {**NEW, "external_refs": [REF]})
    assert made.json()["external_refs"] == [REF]
    other = api.post("/milestones", {**NEW, "external_refs": [{"system": "gis", "id": "1"}, REF]})
    assert (other.status_code, other.json()["type"][-10:]) == (409, "/duplicate")
    assert other.json()["errors"][0]["pointer"] == "/external_refs/1"
    assert made.json()["id"] in other.json()["detail"]
    at = f"/milestones/{made.json()['id']}"
    assert api.patch(at, {"external_refs": []}, If_Match=etag(made)).json()["external_refs"] == []


@pytest.mark.parametrize(
    ("given", "pointer", "code"),
    [
        (None, "/external_refs", "null"),
        ({}, "/external_refs", "not_a_list"),
        (["x"], "/external_refs/0", "type"),
        ([{"system": "s"}], "/external_refs/0/id", "required"),
        ([{"system": "s", "id": 7}], "/external_refs/0/id", "type"),
        ([{"system": "s", "id": ""}], "/external_refs/0/id", "blank"),
        ([{"system": "s", "id": "1", "url": "x"}], "/external_refs/0/url", "unknown_field"),
        ([{"system": "a/b", "id": "1"}], "/external_refs/0", "character"),
        ([REF, REF], "/external_refs/1", "twice"),
    ],
)
def test_what_is_no_list_of_names_is_refused(running: Cast, api: Api, given: Any, pointer: str, code: str) -> None:
    at = f"/milestones/{running.roof.pk}"
    for answer in (
        api.post("/milestones", {**NEW, "external_refs": given}),
        api.patch(at, {"external_refs": given}, If_Match="*"),
    ):
        assert answer.status_code == 422, answer.content
        assert [(one["pointer"], one["code"]) for one in answer.json()["errors"]] == [(pointer, code)]


def test_what_lies_outside_the_reach_is_not_there_and_its_name_is_taken(
    running: Cast, api: Api, client_of: Callable[..., Api]
) -> None:
    api.put(PATH, NEW)
    narrow = client_of("write", organisations=[running.harbour])
    assert (narrow.get(PATH).status_code, narrow.delete(PATH).status_code) == (404, 404)
    taken = narrow.put(PATH, {**NEW, "lead": "HBR"})
    assert (taken.status_code, taken.json()["type"][-10:]) == (409, "/duplicate")
    outside = narrow.put("/milestones/by-ref/erp/2", NEW)
    assert (outside.status_code, outside.json()["errors"][0]["pointer"]) == (422, "/lead")
    assert narrow.put("/milestones/by-ref/erp/2", {**NEW, "lead": "HBR"}).status_code == 201
    given_away = narrow.put("/milestones/by-ref/erp/2", {"lead": "FTB"})
    assert (given_away.status_code, given_away.json()["lead"]) == (200, "FTB")
    assert narrow.get("/milestones/by-ref/erp/2").status_code == 404


def test_a_reading_client_writes_nothing(running: Cast, client_of: Callable[..., Api]) -> None:
    assert client_of("read").put(PATH, NEW).status_code == 403
    assert (Milestone.objects.count(), ExternalRef.objects.count()) == (3, 0)


def test_other_methods_are_not_known(running: Cast, api: Api) -> None:
    assert api.post(PATH, NEW).status_code == api.patch(PATH, NEW).status_code == 405


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("noun", NOUNS)
def test_of_many_who_put_one_new_name_at_once_one_makes_it(noun: str) -> None:
    casting.assemble().activate()
    tokens = [new_client("write", "people:read", name=f"erp-{number}").headers for number in range(4)]

    def put(number: int) -> int:
        close_old_connections()
        api = Api()
        api.headers = tokens[number]
        return int(api.put(path(noun), {**NOUNS[noun][0], **NOUNS[noun][1]}).status_code)

    found = together(*(lambda number=number: put(number) for number in range(4)))
    assert sorted(map(str, found)) == ["200", "200", "200", "201"]
    assert ExternalRef.objects.count() == 1
    rows = {"milestones": Milestone, "targets": Target, "organisations": Organisation, "people": Person}[noun]
    assert rows.objects.filter(pk=ExternalRef.objects.get().object_id).count() == 1  # type: ignore[attr-defined]
    publish_all()
    assert list(verifying.faults()) == []
