"""Is the ledger of reminders read at /reminders, and only read?"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from milestones.models import Milestone, Person, Reminder, StepVersion
from tests.api.http import Api
from tests.api.people import signed_in
from tests.cast import NOW, Cast


def planned(milestone: Milestone, person: Person, day: date, step: str, **values: Any) -> Reminder:
    version = StepVersion.objects.filter(step__code=step).select_related("step").earliest("number")
    return Reminder.objects.create(
        milestone=milestone,
        recipient=person,
        step=version.step,
        step_version=version,
        **{"due_version": 1, "day": day, "planned_at": NOW, "updated_at": NOW, **values},
    )


@pytest.fixture
def ledger(running: Cast) -> list[Reminder]:
    steps = StepVersion.objects.filter(anchor="before_due").order_by("-offset").values_list("step__code", flat=True)
    return [
        planned(running.roof, running.owner, date(2023, 11, 17), steps[0]),
        planned(running.roof, running.owner, date(2023, 12, 11), steps[1], state="suppressed", reason="muted"),
        planned(running.school, running.other, date(2023, 5, 19), steps[0]),
    ]


def test_a_row_has_a_version_that_rises(ledger: list[Reminder], api: Api) -> None:
    answer = api.get(f"/reminders/{ledger[1].pk}")
    told = answer.json()
    assert (told["milestone"], told["recipient"], told["day"]) == ("p-2023/FIN-01", "owner@example.org", "2023-12-11")
    assert (told["state"], told["reason"], told["channel"]) == ("suppressed", "muted", "mail")
    tag = answer["ETag"]
    assert (tag, told["external_refs"]) == (f'"v{told["version"]}"', [])
    assert api.get(f"/reminders/{ledger[1].pk}", If_None_Match=tag).status_code == 304
    versions = [told["version"]]
    for state, reason in (("planned", ""), ("suppressed", "superseded")):  # both in one instant
        later = NOW + timedelta(microseconds=1)
        Reminder.objects.filter(pk=ledger[1].pk).update(state=state, reason=reason, updated_at=later)
        again = api.get(f"/reminders/{ledger[1].pk}", If_None_Match=tag)
        versions.append(again.json()["version"])
    assert versions == sorted(set(versions))


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_it_is_only_read(ledger: list[Reminder], api: Api, method: str) -> None:
    for path in ("/reminders", f"/reminders/{ledger[0].pk}"):
        assert api.raw(method, path, b"{}", If_Match="*").status_code == 405


def test_lists_are_filtered_by_what_the_fields_are_called(ledger: list[Reminder], api: Api) -> None:
    step = ledger[0].step.code

    def days(query: str) -> list[str]:
        answer = api.get(f"/reminders?{query}")
        assert answer.status_code == 200, answer.content
        return [one["day"][5:] for one in answer.json()["results"]]

    assert days("ordering=-id") == ["05-19", "12-11", "11-17"]
    assert days("milestone=p-2023/FIN-01&plan=p-2023&channel=mail") == ["11-17", "12-11"]
    assert days("recipient=OTHER@example.org") == ["05-19"]
    assert days("recipient=nobody@example.org") == days("step=nix") == days("milestone=p-2023/NIX") == []
    assert days("state=planned") == days(f"step={step}") == ["11-17", "05-19"]
    assert days("state=suppressed&reason=muted") == ["12-11"]
    assert days("day_after=2023-11-17&day_before=2023-11-30") == ["11-17"]
    assert len(api.get("/reminders?limit=2").json()["results"]) == 2
    for wrong in (
        "state=odd",
        "reason=x",
        "channel=post",
        "day_after=x",
        "milestone=x",
        "updated_at=x",
        "ordering=day",
    ):
        assert api.get(f"/reminders?{wrong}").status_code == 400, wrong


def test_pages_follow_each_other_to_the_end(ledger: list[Reminder], api: Api) -> None:
    found, address = [], "/reminders?limit=1&ordering=-id&fields=day"
    while address:
        page = api.get(address).json()
        found += [one["id"] for one in page["results"]]
        address = page["next"]
    assert found == [str(one.pk) for one in reversed(ledger)]


def test_whoever_reads_no_addresses_learns_none_by_asking(
    ledger: list[Reminder], client_of: Callable[..., Api]
) -> None:
    reader = client_of("read")
    assert {one["recipient"] for one in reader.get("/reminders").json()["results"]} == {None}
    answer = reader.get("/reminders?recipient=owner@example.org")
    assert (answer.status_code, answer.json()["scope"]) == (403, "people:read")
    assert reader.get("/milestones?accountable=owner@example.org").status_code == 403
    writer = client_of("write", name="writer")
    assert len(writer.get("/milestones?accountable=Owner@example.org").json()["results"]) == 1


def test_reach_and_roles_hold(running: Cast, ledger: list[Reminder], client_of: Callable[..., Api]) -> None:
    far = client_of("read", organisations=[running.harbour])
    assert [one["milestone"] for one in far.get("/reminders").json()["results"]] == ["p-2023/FIN-02"]
    assert far.get(f"/reminders/{ledger[0].pk}").status_code == 404
    assert client_of("readings:write", name="blind").get("/reminders").status_code == 403
    assert len(signed_in(running.coordinator).get("/reminders").json()["results"]) == 3
