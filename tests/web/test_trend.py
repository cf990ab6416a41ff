"""Does the trend show whose dates moved, when, and by how much?"""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from milestones.planning import operations
from milestones.web.presenters.trend_lines import HEIGHT, WIDTH, Field, Revision, Step, path, steps
from milestones.workdays import FuzzyDate
from tests.web.cast import SYSTEM, ZONE, Cast
from tests.web.conftest import SignIn

TREND = "/plans/p-2023/trend/"
MAY = datetime(2023, 5, 8, 9, tzinfo=ZONE)
NEW_YEAR = date(2023, 1, 1)
days = st.integers(0, 700).map(lambda n: NEW_YEAR + timedelta(days=n))


def test_a_line_changes_only_when_what_is_expected_changes() -> None:
    january, march, may = date(2023, 1, 12), date(2023, 3, 1), date(2023, 5, 8)
    june, july, august = date(2023, 6, 30), date(2023, 7, 31), date(2023, 8, 31)
    revisions = [
        Revision(march, "forecast", july),
        Revision(may, "forecast", july),  # said again
        Revision(may, "due", august),  # the forecast still stands
        Revision(june, "forecast", None),  # taken back: what was committed counts
    ]
    assert steps(june, january, revisions) == [Step(january, june), Step(march, july), Step(june, august)]


@given(st.lists(st.builds(Step, days, days), min_size=1, max_size=8), days)
def test_a_line_stays_in_its_field(line: list[Step], until: date) -> None:
    line.sort(key=lambda step: step.at)
    field = Field(NEW_YEAR, date(2023, 12, 31), date(2024, 6, 30))
    drawn = path(line, until, field)
    across, up = re.findall(r"[MH]([\d.]+)", drawn), re.findall(r"[V ]([\d.]+)", drawn)
    assert len(up) == len(line)
    assert all(0 <= float(x) <= WIDTH for x in across)
    assert all(0 <= float(y) <= HEIGHT for y in up)


def test_what_moved_is_drawn_and_told_by_lead_and_what_did_not_is_counted(cast: Cast, client_of: SignIn) -> None:
    client = client_of(cast.viewer)
    client.cookies["django_language"] = "en"
    assert "No date has moved yet" in client.get(TREND).content.decode()
    operations.forecast(cast.roof, FuzzyDate(date(2023, 11, 17)), reason="到货延后", actor=SYSTEM, now=MAY)
    page = client.get(TREND).content.decode()
    assert page.count('<a class="trend-line"') == 1
    assert "FIN-08 +13</text>" in page
    assert "2 milestones never moved" in page
    assert '<td class="n">+13.0</td>' in page
    assert "Only what" in client.get(TREND + "?lead=FTB").content.decode()
    assert "No date has moved yet" in client.get(TREND + "?lead=TAL").content.decode()


def test_a_draft_is_the_offices(cast: Cast, client_of: SignIn) -> None:
    assert client_of(cast.viewer).get("/plans/p-2024/trend/").status_code == 404
    assert client_of(cast.office).get("/plans/p-2024/trend/").status_code == 200
