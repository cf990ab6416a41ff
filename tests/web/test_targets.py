"""How does each target stand on its pages, and how do readings come in there?"""

from __future__ import annotations

import re
from decimal import Decimal

import pytest

from milestones.models import Reading, Target
from milestones.planning import plans
from milestones.targets import operations as targets
from tests.web.cast import SYSTEM, TODAY, Cast
from tests.web.conftest import SignIn

LIST, ONE = "/plans/p-2023/targets/", "/plans/p-2023/targets/FIN-T1/"
ROLES = ["visitor", "viewer", "leader", "outsider", "owner", "coordinator", "office"]
# fmt: off
PAGES = {
    #                 visitor viewer leader outsider owner coordinator office
    LIST:             (302,   200,   200,   200,     200,  200,        200),
    ONE:              (302,   200,   200,   200,     200,  200,        200),
    f"{ONE}record/":  (302,   403,   403,   403,     403,  200,        200),
    f"{ONE}paste/":   (302,   403,   403,   403,     403,  200,        200),
    "/plans/p-2024/targets/": (302, 404, 404, 404,   404,  404,        200),
    f"{LIST}NONE/":   (302,   404,   404,   404,     404,  404,        404),
}
# fmt: on


@pytest.fixture
def target(cast: Cast) -> Target:
    """Of the bureau that the coordinator speaks for; read once, on 31 August."""
    found = Target.objects.get(code="FIN-T1")
    targets.edit(found, {"lead": cast.roof.lead, "name_en": "Loans"}, actor=SYSTEM, now=TODAY)
    return found


def test_who_gets_which_page(cast: Cast, target: Target, client_of: SignIn) -> None:
    for column, role in enumerate(ROLES):
        client = client_of(None if role == "visitor" else getattr(cast, role))
        found = {path: client.get(path).status_code for path in PAGES}
        assert found == {path: row[column] for path, row in PAGES.items()}, role


def test_the_table_says_how_each_stands_and_its_counts_lead_to_their_rows(
    cast: Cast, target: Target, client_of: SignIn
) -> None:
    more = {"code": "FIN-T2", "name": "机构", "unit": "家", "measure": "cumulative", "value": 100}
    targets.create(cast.plan, {**more, "workstream": cast.stream}, actor=SYSTEM, now=TODAY)
    client = client_of(cast.viewer)
    client.cookies["django_language"] = "en"
    page = client.get(LIST).content.decode()
    assert "2 targets: 1 on pace or reached, 0 at risk, 0 behind. 1 cannot be judged yet." in page
    assert all(words in page for words in ("Loans", "18.3%", "20%", "on track", "no reading yet"))
    assert re.search(r'href="\?health=green"[^>]*>.*?on track <b>1</b>', page)
    only = client.get(f"{LIST}?health=green").content.decode()
    assert ("FIN-T1" in only, "FIN-T2" in only) == (True, False)
    assert "No target is like that." in client.get(f"{LIST}?health=red").content.decode()
    by_lead = client.get(f"{LIST}?lead=FTB&order=-attainment").content.decode()
    assert ("FIN-T2" in by_lead, 'aria-sort="descending"' in by_lead) == (False, True)
    assert client.get(f"{LIST}?order=nonsense&health=x").status_code == 200


def test_a_reading_is_recorded_and_a_day_read_before_is_corrected(
    cast: Cast, target: Target, client_of: SignIn
) -> None:
    client = client_of(cast.coordinator)
    client.cookies["django_language"] = "en"
    said = {"as_of": "2023-07-31", "value": "1,017.5 %", "source": "月报", "provisional": "on"}
    assert client.post(f"{ONE}record/", said).status_code == 302
    answer = client.post(f"{ONE}record/", {**said, "as_of": "2023-08-31", "value": "18.9"}, follow=True)
    page = answer.content.decode()
    assert "That day was read before: the reading is corrected" in page
    assert re.search(r"<del>18.3%</del> → <ins>18.9%</ins>", page)
    assert "reading-old" in page
    assert (
        "already; nothing was recorded"
        in client.post(f"{ONE}record/", {**said, "value": "1017.5"}, follow=True).content.decode()
    )
    assert sorted(map(str, Reading.objects.values_list("value", flat=True))) == ["1017.5000", "18.3000", "18.9000"]


def test_what_cannot_be_recorded_is_told_at_its_field_and_kept(cast: Cast, target: Target, client_of: SignIn) -> None:
    client = client_of(cast.coordinator)
    client.cookies["django_language"] = "en"
    said = {"as_of": "2023-12-01", "value": "19,5", "source": "月报"}
    page = client.post(f"{ONE}record/", said)
    assert (page.status_code, "is not a number" in page.content.decode()) == (422, True)
    page = client.post(f"{ONE}record/", {**said, "value": "19.5"})
    text = page.content.decode()
    assert (page.status_code, "cannot lie in the future" in text, 'value="19.5"' in text) == (422, True, True)


def test_a_correction_names_the_reading_and_only_once(cast: Cast, target: Target, client_of: SignIn) -> None:
    first = Reading.objects.get()
    client = client_of(cast.office)
    form = client.get(f"{ONE}record/?revises={first.pk}").content.decode()
    assert 'value="18.3"' in form
    said = {"as_of": "2023-08-31", "value": "18.1", "source": "核定", "provisional": ""}
    assert client.post(f"{ONE}record/?revises={first.pk}", said).status_code == 302
    assert client.post(f"{ONE}record/?revises={first.pk}", said).status_code == 422
    assert Reading.objects.get(revises=first).value == Decimal("18.1")
    assert client.get(f"{ONE}record/?revises=x").status_code == 404


def test_pasted_lines_are_shown_before_they_are_recorded(cast: Cast, target: Target, client_of: SignIn) -> None:
    client = client_of(cast.office)
    client.cookies["django_language"] = "en"
    said = {
        "rows": "日期\t值\n2023-06\t12.1\n2023-07\t15\n2023-08\t18.4\t统计局\t最终",
        "source": "月报",
        "provisional": "on",
    }
    page = client.post(f"{ONE}paste/", said)
    text = page.content.decode()
    assert (page.status_code, Reading.objects.count()) == (200, 1)
    assert all(words in text for words in ("new", "corrects <del>18.3%</del> → <ins>18.4%</ins>", "Record 3 readings"))
    wrong = client.post(f"{ONE}paste/", {**said, "rows": "2023-06\tzwölf\n2023-07\t15", "sure": "1"})
    assert (wrong.status_code, Reading.objects.count()) == (422, 1)
    assert "1 line cannot be recorded as it is" in wrong.content.decode()
    done = client.post(f"{ONE}paste/", {**said, "sure": "1"}, follow=True).content.decode()
    assert ("3 readings are recorded." in done, Reading.objects.count()) == (True, 4)
    again = client.post(f"{ONE}paste/", said).content.decode()
    assert ("there is nothing to record" in again, "Record 0" in again) == (True, False)


def test_nothing_is_recorded_in_a_closed_plan(cast: Cast, target: Target, client_of: SignIn) -> None:
    plans.close(cast.plan, actor=SYSTEM, now=TODAY)
    client = client_of(cast.office)
    assert "target_record" not in client.get(ONE).content.decode()
    said = {"as_of": "2023-07-31", "value": "17", "source": "月报"}
    assert client.post(f"{ONE}record/", said).status_code == 422
    assert Reading.objects.count() == 1
