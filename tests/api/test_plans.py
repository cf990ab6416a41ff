"""Do /plans and /workstreams read, create, change and move as the contract says?"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from milestones.models import ChangeEntry, Plan, Workstream
from tests import cast as casting
from tests.api.http import Api, etag
from tests.api.people import signed_in
from tests.cast import Cast

pytestmark = pytest.mark.django_db

PLAN = {"code": "p-2024", "title": "2024年工作要点", "year": 2024, "starts_on": "2024-01-01", "ends_on": "2024-12-31"}
STREAM = {"plan": "p-2023", "code": "GOV", "title": "政务"}


def test_a_plan_is_made_changed_filled_activated_and_closed(cast: Cast, api: Api) -> None:
    made = api.post("/plans", {**PLAN, "time_zone": "Asia/Tokyo", "report_cadence": "weekly"})
    assert made.status_code == 201, made.content
    assert (made.json()["state"], made.json()["time_zone"]) == ("draft", "Asia/Tokyo")
    at = f"/plans/{made.json()['id']}"
    assert api.get(at).json() == made.json()
    changed = api.patch(at, {"title": "甲"}, If_Match=etag(made))
    assert (changed.status_code, changed.json()["title"], changed.json()["version"]) == (200, "甲", 2)
    empty = api.post(f"{at}/activate")
    assert (empty.status_code, empty.json()["errors"][0]["code"]) == (422, "empty")
    stream = api.post("/workstreams", {**STREAM, "plan": "p-2024", "lead": "FTB", "position": 3})
    assert (stream.status_code, stream.json()["lead"], stream.json()["position"]) == (201, "FTB", 3)
    due = {"on": "2024-12-31", "precision": "year"}
    new = {"plan": "p-2024", "workstream": "GOV", "title": "新", "kind": "other", "due": due}
    assert api.post("/milestones", new).status_code == 201
    assert api.post(f"{at}/activate").json()["state"] == "active"
    assert api.post(f"{at}/activate").status_code == 409
    assert api.post(f"{at}/close", {"reason": "年终"}).json()["state"] == "closed"
    late = api.patch(at, {"title": "乙"}, If_Match="*")
    assert (late.status_code, late.json()["type"][-9:]) == (409, "/conflict")
    assert ChangeEntry.objects.get(object_id=made.json()["id"], verb="plan.close").reason == "年终"


@pytest.mark.parametrize(
    ("body", "pointer", "code"),
    [
        ({"code": None}, "/code", "null"),
        ({"code": "x" * 61}, "/code", "max_length"),
        ({"title": 7}, "/title", "type"),
        ({"year": "2024"}, "/year", "type"),
        ({"year": 70_000}, "/year", "max_value"),
        ({"starts_on": "2024-02-30"}, "/starts_on", "type"),
        ({"ends_on": "2023-12-31"}, "/ends_on", "period"),
        ({"time_zone": "Mars/Olympus"}, "/time_zone", "bounds"),
        ({"report_cadence": "daily"}, "/report_cadence", "invalid_choice"),
        ({"tolerance": 101}, "/tolerance", "max_value"),
        ({"state": "active"}, "/state", "unknown_field"),
        ({"title": "机密★10年"}, "/title", "classified"),
    ],
)
def test_what_is_refused_of_a_plan(cast: Cast, api: Api, body: dict[str, Any], pointer: str, code: str) -> None:
    answer = api.post("/plans", {**PLAN, **body})
    assert answer.status_code == 422, answer.content
    assert [(one["pointer"], one["code"]) for one in answer.json()["errors"]] == [(pointer, code)]
    assert Plan.objects.count() == 1


@pytest.mark.parametrize(
    ("body", "pointer", "code"),
    [
        ({"plan": "p-1999"}, "/plan", "reference"),
        ({"lead": "NIX"}, "/lead", "reference"),
        ({"position": -1}, "/position", "min_value"),
        ({"code": "x" * 21}, "/code", "max_length"),
        ({"colour": 1}, "/colour", "unknown_field"),
    ],
)
def test_what_is_refused_of_a_workstream(cast: Cast, api: Api, body: dict[str, Any], pointer: str, code: str) -> None:
    answer = api.post("/workstreams", {**STREAM, **body})
    assert answer.status_code == 422, answer.content
    assert [(one["pointer"], one["code"]) for one in answer.json()["errors"]] == [(pointer, code)]


@pytest.mark.parametrize(
    ("noun", "body"), [("plans", {**PLAN, "code": "p-2023"}), ("workstreams", {**STREAM, "code": "FIN"})]
)
def test_a_code_that_is_taken_is_a_duplicate(cast: Cast, api: Api, noun: str, body: dict[str, Any]) -> None:
    answer = api.post(f"/{noun}", body)
    assert (answer.status_code, answer.json()["type"][-10:]) == (409, "/duplicate")
    assert answer.json()["errors"][0]["pointer"] == "/code"


def test_changes_need_the_version_that_was_seen(running: Cast, api: Api) -> None:
    for at in (f"/plans/{running.plan.pk}", f"/workstreams/{running.stream.pk}"):
        seen = etag(api.get(at))
        assert api.patch(at, {"title": "甲"}).status_code == 428
        changed = api.patch(at, {"title": "甲"}, If_Match=seen)
        assert (changed.status_code, changed.json()["title"]) == (200, "甲")
        late = api.patch(at, {"title": "乙"}, If_Match=seen)
        assert (late.status_code, late.json()["current"]) == (412, changed.json())
        assert api.delete(at, If_Match=seen).status_code == 412
        assert api.get(at, If_None_Match=etag(changed)).status_code == 304


def test_only_drafts_are_deleted(cast: Cast, api: Api) -> None:
    spare = api.post("/workstreams", STREAM)
    assert api.delete(f"/workstreams/{spare.json()['id']}", If_Match=etag(spare)).status_code == 204
    full = f"/workstreams/{cast.stream.pk}"
    assert api.delete(full, If_Match=etag(api.get(full))).status_code == 409  # it holds milestones
    other = api.post("/plans", PLAN)
    assert api.delete(f"/plans/{other.json()['id']}", If_Match=etag(other)).status_code == 204
    assert api.get(f"/plans/{other.json()['id']}").status_code == 404
    cast.activate()
    for at in (full, f"/plans/{cast.plan.pk}"):
        answer = api.delete(at, If_Match=etag(api.get(at)))
        assert (answer.status_code, answer.json()["type"][-15:]) == (409, "/cancel-instead")
    assert (Plan.objects.count(), Workstream.objects.count()) == (1, 1)


def test_a_workstream_stays_in_its_plan(cast: Cast, api: Api) -> None:
    casting.plan("p-2024")
    at = f"/workstreams/{cast.stream.pk}"
    refused = api.patch(at, {"plan": "p-2024"}, If_Match="*")
    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (422, "other_plan")
    assert api.patch(at, {"plan": "p-2023", "lead": "HBR"}, If_Match="*").json()["lead"] == "HBR"
    assert api.patch(at, {"lead": None}, If_Match="*").json()["lead"] is None


def test_lists_are_filtered_and_ordered(running: Cast, api: Api) -> None:
    casting.plan("p-2024", year=2024, title="明年")

    def codes(path: str) -> list[str]:
        answer = api.get(path)
        assert answer.status_code == 200, answer.content
        return [one["code"] for one in answer.json()["results"]]

    assert codes("/plans?ordering=-year") == ["p-2024", "p-2023"]
    assert codes("/plans?state=active") == codes("/plans?year=2023") == codes("/plans?q=2023年") == ["p-2023"]
    assert codes("/plans?code=p-2024") == ["p-2024"]
    assert codes("/workstreams?plan=p-2023&ordering=position,code") == ["FIN"]
    assert codes("/workstreams?lead=FTB") == []
    assert codes("/workstreams?q=金") == ["FIN"]


@pytest.mark.parametrize("query", ["plans?year=x", "plans?year=1.5", "plans?state=odd", "workstreams?ordering=lead"])
def test_a_wrong_parameter_is_400(cast: Cast, api: Api, query: str) -> None:
    assert api.get(f"/{query}").status_code == 400


def test_reach_and_scopes(running: Cast, client_of: Callable[..., Api]) -> None:
    other = casting.plan("p-2024")
    at = f"/plans/{running.plan.pk}"
    reader = client_of("read", name="reader")
    assert [one["code"] for one in reader.get("/plans").json()["results"]] == ["p-2023"]  # no drafts
    assert reader.patch(at, {"title": "甲"}, If_Match="*").status_code == 403
    assert reader.post("/plans", PLAN).status_code == 403
    narrow = client_of("write", name="narrow", plans=[other])
    assert narrow.get(at).status_code == narrow.post(f"{at}/close").status_code == 404
    assert narrow.post("/plans", {**PLAN, "code": "p-2025"}).status_code == 403
    outside = narrow.post("/workstreams", STREAM)
    assert (outside.status_code, outside.json()["errors"][0]["pointer"]) == (422, "/plan")
    assert narrow.post("/workstreams", {**STREAM, "plan": "p-2024"}).status_code == 201
    units = client_of("write", name="units", organisations=[running.bureau])
    assert units.get(at).status_code == 200
    assert units.patch(at, {"title": "甲"}, If_Match="*").status_code == 403
    assert units.post("/workstreams", STREAM).status_code == 403


def test_signed_in_people_do_what_their_roles_allow(running: Cast) -> None:
    at = f"/workstreams/{running.stream.pk}"
    assert signed_in(running.viewer).get(at).status_code == 200
    assert signed_in(running.owner).patch(at, {"title": "甲"}, If_Match="*").status_code == 403
    assert signed_in(running.office).patch(at, {"title": "甲"}, If_Match="*").status_code == 200
