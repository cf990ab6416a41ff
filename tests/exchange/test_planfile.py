"""Is every way to get a plan file wrong found, on its line, with its field and rule?"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.utils import translation

from milestones.exchange.checks import Known
from milestones.exchange.problems import BadPlanFile
from milestones.exchange.rows import rebase
from milestones.exchange.tables import TABLES
from milestones.workdays import FuzzyDate, Precision
from tests.exchange.files import GOOD, problems, read, spoiled

DUE = 'due = { on = 2024-02-29, precision = "month" }'


def test_a_good_file_is_read_with_its_types() -> None:
    file = read(GOOD)
    assert file.plan is not None
    assert file.plan.key == "harbour-2024"
    (milestone,), (target,), (person,) = file.milestones, file.targets, file.people
    assert milestone.values["due"] == FuzzyDate(date(2024, 2, 29), Precision.MONTH)
    assert milestone.values["span"] == (10, 20)
    assert (target.values["value"], target.values["value_max"]) == (Decimal("2.5"), Decimal(3))
    assert person.values["roles"] == ("owner",)
    assert "criterion" not in milestone.values


@pytest.mark.parametrize(
    ("old", "new", "line", "field", "rule"),
    [
        ("year = 2024", 'year = 2024\ncolour = "red"', 6, "plan.colour", "unknown-key"),
        ('title = "码头"', 'titel = "码头"', 23, "workstreams[1].titel", "unknown-key"),
        ("year = 2024\n", "", 1, "plan.year", "missing"),
        ('kind = "construction"\n', "", 26, "milestones[1].kind", "missing"),
        (DUE + "\n", "", 26, "milestones[1].due", "missing"),
        (DUE, "due = { on = 2024-02-29 }", 31, "milestones[1].due.precision", "missing"),
        (DUE, 'due = { on = 2024-02-29, precision = "month", x = 1 }', 31, "milestones[1].due.x", "unknown-key"),
        (DUE, 'due = { on = "2024-02-29", precision = "month" }', 31, "milestones[1].due.on", "type"),
        (DUE, 'due = { on = 2024-02-29T08:00:00, precision = "day" }', 31, "milestones[1].due.on", "type"),
        (DUE, "due = 2024-02-29", 31, "milestones[1].due", "type"),
        (DUE, 'due = { on = 2024-02-28, precision = "month" }', 31, "milestones[1].due.on", "period-end"),
        (DUE, 'due = { on = 2024-02-29, precision = "week" }', 31, "milestones[1].due.precision", "choice"),
        (DUE, 'due = { on = 2025-12-31, precision = "year" }', 31, "milestones[1].due.on", "outside-plan"),
        (DUE, 'due = { on = 1024-12-31, precision = "year" }', 31, "milestones[1].due.on", "range"),
        ('kind = "construction"', 'kind = "building"', 30, "milestones[1].kind", "choice"),
        ('kind = "bureau"', "kind = 3", 13, "organisations[1].kind", "type"),
        ('roles = ["owner"]', 'roles = ["boss"]', 19, "people[1].roles", "choice"),
        ('roles = ["owner"]', 'roles = ["owner", "owner"]', 19, "people[1].roles", "duplicate"),
        ('roles = ["owner"]', 'roles = "owner"', 19, "people[1].roles", "type"),
        ('roles = ["owner"]', 'language = "fr"', 19, "people[1].language", "choice"),
        ('email = "owner@harbour.example"', 'email = "owner"', 16, "people[1].email", "email"),
        ('time_zone = "Asia/Shanghai"', 'time_zone = "Mars"', 8, "plan.time_zone", "time-zone"),
        ('code = "harbour-2024"', 'code = "har bour"', 2, "plan.code", "code"),
        ('code = "harbour-2024"', 'code = ""', 2, "plan.code", "code"),
        ('title = "一号码头竣工"', 'title = " "', 29, "milestones[1].title", "empty"),
        ('title = "一号码头竣工"', 'title = "a\\nb"', 29, "milestones[1].title", "characters"),
        ('title = "一号码头竣工"', 'title = "a\\u0000b"', 29, "milestones[1].title", "characters"),
        ('title = "一号码头竣工"', f'title = "{"长" * 201}"', 29, "milestones[1].title", "too-long"),
        ('title = "一号码头竣工"', "title = 1", 29, "milestones[1].title", "type"),
        ("ends_on = 2024-12-31", "ends_on = 2023-12-31", 7, "plan.ends_on", "date-order"),
        ("year = 2024", "year = 2023", 5, "plan.year", "date-order"),
        ("year = 2024", "year = 1", 5, "plan.year", "range"),
        ("year = 2024", "year = true", 5, "plan.year", "type"),
        ('organisation = "HB"', 'organisation = "XX"', 18, "people[1].organisation", "reference"),
        ('name = "港务处"', 'name = "港务处"\nparent = "XX"', 13, "organisations[1].parent", "reference"),
        ('name = "港务处"', 'name = "港务处"\nparent = "HB"', 13, "organisations[1].parent", "circle"),
        ('title = "码头"\nlead = "HB"', 'title = "码头"\nlead = "XX"', 24, "workstreams[1].lead", "reference"),
        (
            'accountable = "Owner@Harbour.example"',
            'accountable = "x@y.cn"',
            32,
            "milestones[1].accountable",
            "reference",
        ),
        ('workstream = "W"\ntitle', 'workstream = "V"\ntitle', 28, "milestones[1].workstream", "reference"),
        ('workstream = "W"\nname', 'workstream = "V"\nname', 38, "targets[1].workstream", "reference"),
        ("span = [10, 20]", "span = [20, 10]", 34, "milestones[1].span", "span"),
        ("span = [10, 20]", "span = [-1, 10]", 34, "milestones[1].span", "span"),
        ("span = [10, 20]", "span = [1, 2, 3]", 34, "milestones[1].span", "type"),
        ('measure = "flow_growth"', 'measure = "growth"', 41, "targets[1].measure", "choice"),
        ('bound = "range"', 'bound = "at_least"', 44, "targets[1].value_max", "bound"),
        ('value_max = "3"\n', "", 36, "targets[1].value_max", "missing"),
        ('value_max = "3"', "value_max = 2", 44, "targets[1].value_max", "bound"),
        ("value = 2.5", "value = 2.55555", 43, "targets[1].value", "number"),
        ("value = 2.5", "value = nan", 43, "targets[1].value", "number"),
        ("value = 2.5", 'value = "many"', 43, "targets[1].value", "number"),
        ("value = 2.5", "value = true", 43, "targets[1].value", "type"),
    ],
)
def test_one_fault_is_named_with_line_field_and_rule(old: str, new: str, line: int, field: str, rule: str) -> None:
    assert (line, field, rule) in problems(spoiled(old, new))


@pytest.mark.parametrize(
    ("text", "line", "field", "rule"),
    [
        ("", 1, "", "empty"),
        ("[plan", 1, "", "syntax"),
        ("a = 1\n\nb = \n", 3, "", "syntax"),
        ("a = 1\na = 2\n", 2, "", "syntax"),
        ("a = " + "[" * 5000, 1, "", "syntax"),
        ("[plan]\nstarts_on = 2023-02-30", 2, "", "syntax"),
        (b"# ok\n# \xff\n", 2, "", "encoding"),
        ("plan = 3", 1, "plan", "type"),
        ("\nmilestones = [1]", 2, "milestones", "type"),
        ('\n\n[[milestone]]\ncode = "x"', 3, "milestone", "unknown-key"),
        ('[[workstreams]]\ncode = "W"\ntitle = "t"', 1, "workstreams", "missing"),
    ],
)
def test_what_is_no_plan_file_at_all(text: str | bytes, line: int, field: str, rule: str) -> None:
    assert (line, field, rule) in problems(text)


def test_a_code_stands_once_and_addresses_are_one_whatever_their_case() -> None:
    again = GOOD + '\n[[people]]\nemail = "OWNER@harbour.example"\ndisplay_name = "x"\n'
    again += '[[organisations]]\ncode = "HB"\nname = "x"\n'
    assert problems(again) == [(47, "people[2].email", "duplicate"), (50, "organisations[2].code", "duplicate")]


def test_organisations_in_a_circle() -> None:
    text = '[[organisations]]\ncode = "A"\nname = "a"\nparent = "B"\n'
    text += '[[organisations]]\ncode = "B"\nname = "b"\nparent = "A"\n'
    assert problems(text) == [(4, "organisations[1].parent", "circle"), (8, "organisations[2].parent", "circle")]


def test_every_fault_is_reported_at_once() -> None:
    text = (
        GOOD.replace('kind = "construction"', 'kind = "x"').replace("year = 2024", "year = 1").replace("= 2.5", '= "x"')
    )
    assert [rule for _line, _field, rule in problems(text)] == ["range", "choice", "number"]


def test_a_file_may_refer_to_what_the_database_holds() -> None:
    text = '[[people]]\nemail = "a@b.example"\ndisplay_name = "x"\norganisation = "OLD"\n'
    assert problems(text) == [(4, "people[1].organisation", "reference")]
    assert read(text, Known(organisations=frozenset({"OLD"}))).plan is None


def test_a_byte_order_mark_and_windows_lines_do_no_harm() -> None:
    assert read(b"\xef\xbb\xbf" + GOOD.replace("\n", "\r\n").encode()).milestones[0].line == 26


def test_a_problem_reads_as_one_line_that_says_what_to_do() -> None:
    with pytest.raises(BadPlanFile) as caught, translation.override("en"):
        read(spoiled(DUE, 'due = { on = 2024-02-28, precision = "month" }'))
    (problem,) = caught.value.problems
    with translation.override("en"):
        assert str(problem) == (
            "plan.toml:31: milestones[1].due.on [period-end] "
            "2024-02-28 does not end its period; the last day of that month is 2024-02-29."
        )


def test_the_example_of_the_manual_is_right() -> None:
    manual = Path("docs/how-to/load-a-plan.md").read_text(encoding="utf-8")
    example = manual.split("```toml\n")[1].split("```")[0]
    file = read(example, Known(organisations=frozenset({"ADM"})))
    for table, fields in TABLES.items():
        rows: tuple[Any, ...] = (file.plan,) if table == "plan" else getattr(file, table)
        assert [set(row.values) for row in rows] == [{field.name for field in fields}], table


class TestRebase:
    def test_to_a_common_year_the_end_of_february_stays_the_end(self) -> None:
        moved = rebase(read(GOOD), 2025)
        assert moved.plan is not None
        assert moved.plan.values["code"] == "harbour-2025"
        assert moved.plan.values["title"] == "2025年度港口工作要点"
        assert moved.plan.values["title_en"] == "Harbour work points 2025"
        assert (moved.plan.values["starts_on"], moved.plan.values["ends_on"]) == (date(2025, 1, 1), date(2025, 12, 31))
        assert moved.milestones[0].values["due"] == FuzzyDate(date(2025, 2, 28), Precision.MONTH)

    def test_to_a_leap_year_the_period_grows_and_a_day_does_not(self) -> None:
        file = rebase(read(GOOD), 2027)
        assert rebase(file, 2028).milestones[0].values["due"].on == date(2028, 2, 29)
        day = read(spoiled(DUE, 'due = { on = 2024-02-29, precision = "day" }'))
        assert rebase(rebase(day, 2027), 2028).milestones[0].values["due"].on == date(2028, 2, 28)

    def test_a_code_without_the_year_gets_it(self) -> None:
        moved = rebase(read(spoiled('code = "harbour-2024"', 'code = "harbour"')), 2025)
        assert moved.plan is not None
        assert moved.plan.key == "harbour-2025"

    def test_without_a_plan_it_is_refused(self) -> None:
        with pytest.raises(ValueError, match="cannot be rebased"):
            rebase(read('[[organisations]]\ncode = "A"\nname = "a"\n'), 2025)
