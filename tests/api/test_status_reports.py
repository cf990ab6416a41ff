"""Are reports written, filed, accepted and returned at /status-reports as on the pages?"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import time_machine

from milestones.models import ChangeEntry, StatusReport
from tests.api.http import Api, etag
from tests.api.people import signed_in
from tests.cast import NOW, Cast

NEW = {"milestone": "p-2023/FIN-01", "as_of": "2023-01-12", "progress": 40, "done": "主体结构过半"}


@pytest.fixture(autouse=True)
def _on_the_day(cast: Cast) -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


def test_a_draft_is_written_changed_and_submitted(running: Cast, api: Api) -> None:
    answer = api.post("/status-reports", {**NEW, "forecast": {"on": "2023-09-30", "precision": "quarter"}})
    assert answer.status_code == 201, answer.content
    made, path = answer.json(), answer["Location"]
    assert (made["state"], made["milestone"], made["author"]) == ("draft", "p-2023/FIN-01", None)
    assert api.patch(path, {"progress": 45}).status_code == 428
    changed = api.patch(path, {"progress": 45, "forecast": None}, If_Match=etag(answer))
    assert (changed.json()["progress"], changed.json()["forecast"], changed.json()["done"]) == (
        45,
        None,
        "主体结构过半",
    )
    assert api.patch(path, {"progress": 46}, If_Match=etag(answer)).json()["current"] == changed.json()
    filed = api.post(f"{path}/submit")
    assert (filed.status_code, filed.json()["state"]) == (200, "submitted")
    assert api.patch(path, {"progress": 46}, If_Match=etag(filed)).status_code == 409
    assert api.post(f"{path}/submit").status_code == 409
    assert ChangeEntry.objects.filter(object_id=made["id"]).count() == 3


def test_a_report_is_filed_at_once_and_moves_its_milestone(running: Cast, api: Api) -> None:
    forecast = {"on": "2023-09-30", "precision": "quarter"}
    answer = api.post("/status-reports", {**NEW, "state": "submitted", "forecast": forecast})
    assert (answer.status_code, answer.json()["state"]) == (201, "submitted")
    milestone = api.get(f"/milestones/{running.roof.pk}").json()
    assert (milestone["state"], milestone["forecast"]) == ("in_progress", forecast)


@pytest.mark.parametrize(
    ("body", "pointer", "code"),
    [
        ({"progress": "40"}, "/progress", "type"),
        ({"progress": 101}, "/progress", "max_value"),
        ({"progress": None}, "/progress", "null"),
        ({"as_of": "2023-01-13"}, "/as_of", "future"),
        ({"as_of": "2022-12-31"}, "/as_of", "before_plan"),
        ({"forecast": {"on": "2023-09-29", "precision": "quarter"}}, "/forecast/on", "period_end"),
        ({"forecast": {"on": "2023-01-11"}}, "/forecast", "past"),
        ({"done": 7}, "/done", "type"),
        ({"state": "accepted"}, "/state", "invalid_choice"),
        ({"state": "submitted", "done": " "}, "/done", "missing"),
        ({"milestone": "FIN-01"}, "/milestone", "reference"),
        ({"milestone": "p-2023/FIN-99"}, "/milestone", "reference"),
        ({"author": "owner@example.org"}, "/author", "unknown_field"),
        ({"obstacles": "绝密★10年"}, "/obstacles", "classified"),
    ],
)
def test_what_is_refused_names_its_place_and_its_rule(
    running: Cast, api: Api, body: dict[str, Any], pointer: str, code: str
) -> None:
    answer = api.post("/status-reports", {**NEW, **body})
    assert answer.status_code == 422, answer.content
    assert [(one["pointer"], one["code"]) for one in answer.json()["errors"]] == [(pointer, code)]
    assert not StatusReport.objects.exists()


def test_a_second_client_accepts_or_returns_it(running: Cast, api: Api, client_of: Callable[..., Api]) -> None:
    path = api.post("/status-reports", {**NEW, "state": "submitted"})["Location"]
    checker = client_of("write", name="checker")
    own = api.post(f"{path}/accept")
    assert (own.status_code, own.json()["code"]) == (409, "same_person")
    assert checker.post(f"{path}/return").json()["errors"][0]["pointer"] == "/note"
    returned = checker.post(f"{path}/return", {"note": "写明堵点"})
    assert (returned.json()["state"], returned.json()["note"]) == ("returned", "写明堵点")
    assert checker.post(f"{path}/accept").status_code == 409
    assert api.post(f"{path}/submit").json()["state"] == "submitted"
    assert checker.post(f"{path}/accept", {"note": ""}).json()["state"] == "accepted"


def test_a_draft_is_discarded_and_what_was_filed_stays(running: Cast, api: Api) -> None:
    draft = api.post("/status-reports", NEW)
    assert api.delete(draft["Location"]).status_code == 428
    assert api.delete(draft["Location"], If_Match=etag(draft)).status_code == 204
    assert api.get(draft["Location"]).status_code == 404
    filed = api.post("/status-reports", {**NEW, "state": "submitted"})
    answer = api.delete(filed["Location"], If_Match=etag(filed))
    assert (answer.status_code, answer.json()["type"][-15:]) == (409, "/cancel-instead")


def test_in_a_draft_plan_nothing_is_reported(cast: Cast, api: Api) -> None:
    answer = api.post("/status-reports", NEW)
    assert (answer.status_code, answer.json()["code"]) == (409, "plan_not_active")


def test_lists_are_filtered_by_what_the_fields_are_called(running: Cast, api: Api) -> None:
    api.post("/status-reports", {**NEW, "as_of": "2023-01-05"})
    api.post("/status-reports", {**NEW, "milestone": "p-2023/FIN-02", "progress": 7, "state": "submitted"})
    api.post("/status-reports", {**NEW, "progress": 50})

    def progress(query: str) -> list[int]:
        answer = api.get(f"/status-reports?{query}")
        assert answer.status_code == 200, answer.content
        return [one["progress"] for one in answer.json()["results"]]

    assert progress("ordering=-as_of,created_at&limit=2") == [7, 50]
    assert progress("milestone=p-2023/FIN-01&state=draft") == [40, 50]
    assert progress("as_of_after=2023-01-06&plan=p-2023") == [7, 50]
    assert progress("as_of_before=2023-01-06") == [40]
    assert progress("updated_since=2023-01-13T00:00:00Z") == []
    for wrong in ("state=odd", "milestone=FIN-01", "milestone=a/b/c", "as_of_after=soon", "progress=7"):
        assert api.get(f"/status-reports?{wrong}").status_code == 400, wrong


# --- Who --------------------------------------------------------------------------------------------------------------
def test_who_may_only_add_reports_writes_and_files_and_reads_no_list(
    running: Cast, client_of: Callable[..., Api]
) -> None:
    adder = client_of("readings:write")
    made = adder.post("/status-reports", NEW)
    assert made.status_code == 201
    changed = adder.patch(made["Location"], {"progress": 41}, If_Match=etag(made))
    assert changed.json()["progress"] == 41
    assert adder.post(f"{made['Location']}/submit").json()["state"] == "submitted"
    for answer in (adder.get("/status-reports"), adder.get(made["Location"])):
        assert (answer.status_code, answer.json()["type"][-14:]) == (403, "/missing-scope")
    assert adder.post(f"{made['Location']}/accept").status_code == 403


def test_outside_its_reach_a_client_finds_nothing(running: Cast, api: Api, client_of: Callable[..., Api]) -> None:
    narrow = client_of("write", organisations=[running.harbour])
    theirs = api.post("/status-reports", NEW)["Location"]
    assert narrow.get(theirs).status_code == 404
    assert narrow.post(f"{theirs}/submit").status_code == 404
    answer = narrow.post("/status-reports", NEW)
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/milestone")
    assert narrow.post("/status-reports", {**NEW, "milestone": "p-2023/FIN-02"}).status_code == 201
    assert [one["milestone"] for one in narrow.get("/status-reports").json()["results"]] == ["p-2023/FIN-02"]


def test_people_report_on_what_is_theirs_and_have_one_draft(running: Cast) -> None:
    owner, viewer = signed_in(running.owner), signed_in(running.viewer)
    made = owner.post("/status-reports", NEW)
    assert (made.status_code, made.json()["author"]) == (201, "owner@example.org")
    again = owner.post("/status-reports", {**NEW, "progress": 50})
    assert (again.status_code, again.json()["code"]) == (409, "draft_exists")
    assert made.json()["id"] in again.json()["detail"]
    assert viewer.post("/status-reports", NEW).status_code == 403
    assert viewer.post(f"{made['Location']}/submit").status_code == 403
    assert signed_in(running.owner, csrf=False).post("/status-reports", NEW).status_code == 403
    assert owner.post(f"{made['Location']}/submit").json()["state"] == "submitted"


def test_a_client_that_only_reports_leaves_alone_what_a_person_wrote(
    running: Cast, client_of: Callable[..., Api]
) -> None:
    made = signed_in(running.owner).post("/status-reports", NEW)
    adder = client_of("readings:write")
    assert adder.patch(made["Location"], {"progress": 9}, If_Match=etag(made)).status_code == 403
    assert adder.post(f"{made['Location']}/submit").status_code == 403
