"""Are notices read at /notices, and only read?"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from milestones.models import Milestone, Notice
from milestones.notices import operations
from tests.api.http import Api, etag
from tests.api.people import signed_in
from tests.cast import NOW, Cast, acting


@pytest.fixture
def notice(running: Cast) -> Notice:
    return issued(running, running.roof)


def issued(cast: Cast, milestone: Milestone, level: str = "blue") -> Notice:
    return operations.issue(milestone, level=level, matter="加快封顶", actor=acting(cast.office), now=NOW)


def test_a_notice_is_read_as_it_is_quoted(notice: Notice, api: Api) -> None:
    answer = api.get(f"/notices/{notice.pk}")
    told = answer.json()
    assert (told["number"], told["level"], told["organisation"]) == ("〔2023〕1号", "blue", "FTB")
    assert (told["milestone"], told["issued_on"], told["signed_at"]) == ("p-2023/FIN-01", "2023-01-12", None)
    assert api.get(f"/notices/{notice.pk}", If_None_Match=etag(answer)).status_code == 304


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_it_is_only_read(notice: Notice, api: Api, method: str) -> None:
    for path in ("/notices", f"/notices/{notice.pk}"):
        answer = api.raw(method, path, b"{}", If_Match='"v1"')
        assert (answer.status_code, answer["Content-Type"]) == (405, "application/problem+json")


def test_lists_are_filtered_by_what_the_fields_are_called(running: Cast, notice: Notice, api: Api) -> None:
    issued(running, running.school, "red")

    def levels(query: str) -> list[str]:
        answer = api.get(f"/notices?{query}")
        assert answer.status_code == 200, answer.content
        return [one["level"] for one in answer.json()["results"]]

    assert levels("ordering=-issued_on,-created_at") in (["blue", "red"], ["red", "blue"])
    assert levels("milestone=p-2023/FIN-01&plan=p-2023&level=blue&state=issued&year=2023") == ["blue"]
    assert levels("organisation=HBR") == ["red"]
    assert levels("issued_after=2023-01-13") == levels("respond_before=2023-01-12") == []
    for wrong in ("level=green", "state=odd", "year=x", "year=99999999999999999999", "number=1"):
        assert api.get(f"/notices?{wrong}").status_code == 400, wrong


def test_a_notice_is_an_inner_matter(running: Cast, notice: Notice, client_of: Callable[..., Api]) -> None:
    path = f"/notices/{notice.pk}"
    assert signed_in(running.coordinator).get(path).status_code == 200
    assert signed_in(running.stranger).get(path).status_code == 404
    assert signed_in(running.viewer).get("/notices").json()["results"] == []
    assert client_of("read", name="far", organisations=[running.harbour]).get(path).status_code == 404
    assert client_of("readings:write", name="blind").get(path).status_code == 403
