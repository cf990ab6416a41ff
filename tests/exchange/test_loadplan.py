"""Does `loadplan` load all or nothing, say what it did, and change nothing the second time?"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from milestones.actors import Actor
from milestones.exchange.loader import known, load
from milestones.exchange.planfile import read_plan_file
from milestones.exchange.problems import BadPlanFile
from milestones.exchange.summary import Summary
from milestones.models import ChangeEntry, Milestone, Organisation, Person, Plan, Target, Workstream
from milestones.people import operations as people
from milestones.planning import operations as milestones
from milestones.planning import plans
from milestones.workdays import FuzzyDate, Precision
from tests.exchange.files import GOOD, spoiled

pytestmark = pytest.mark.django_db
NOW = datetime(2024, 1, 10, 1, tzinfo=UTC)
SYSTEM = Actor.system()
TABLES = (Organisation, Person, Plan, Workstream, Milestone, Target, ChangeEntry)


def loaded(text: str = GOOD, *, dry_run: bool = False) -> Summary:
    file = read_plan_file(text.encode(), "plan.toml", known())
    return load(file, actor=SYSTEM, now=NOW, dry_run=dry_run)


def refused(text: str) -> list[tuple[int, str, str]]:
    with pytest.raises(BadPlanFile) as caught:
        loaded(text)
    return [(problem.line, problem.field, problem.rule) for problem in caught.value.problems]


def counts() -> list[int]:
    return [model._default_manager.count() for model in TABLES]


@pytest.fixture
def command(tmp_path: Path) -> Callable[..., tuple[str, str]]:
    """Runs loadplan on a text; gives what it printed."""

    def run(text: str, *options: str) -> tuple[str, str]:
        path = tmp_path / "plan.toml"
        path.write_text(text, encoding="utf-8")
        out, errors = StringIO(), StringIO()
        try:
            call_command("loadplan", str(path), *options, stdout=out, stderr=errors)
        except CommandError as error:
            return out.getvalue(), f"{errors.getvalue()}{error}"
        return out.getvalue(), errors.getvalue()

    return run


class TestFirstLoad:
    def test_a_file_becomes_a_draft_plan_with_all_its_rows(self) -> None:
        loaded()
        plan = Plan.objects.get()
        assert (plan.code, plan.state, plan.is_demo) == ("harbour-2024", "draft", False)
        milestone = plan.milestones.get()
        assert milestone.due == milestone.baseline == FuzzyDate(date(2024, 2, 29), Precision.MONTH)
        assert (milestone.source_start, milestone.source_end) == (10, 20)
        assert milestone.accountable == Person.objects.get(email="owner@harbour.example")
        target = plan.targets.get()
        assert target.lead == target.workstream.lead == Organisation.objects.get(code="HB")  # type: ignore[union-attr]

    def test_people_come_without_a_password_and_with_their_roles(self) -> None:
        loaded()
        person = Person.objects.get()
        assert not person.has_usable_password()
        assert person.roles == {"owner"}

    def test_parents_may_stand_after_their_children(self) -> None:
        text = '[[organisations]]\ncode = "A"\nname = "a"\nparent = "B"\n[[organisations]]\ncode = "B"\nname = "b"\n'
        loaded(text)
        assert Organisation.objects.get(code="A").parent == Organisation.objects.get(code="B")

    def test_people_first_and_a_plan_that_refers_to_them_later(self) -> None:
        head, rest = GOOD.split("[[organisations]]")
        units, plan_rows = rest.split("[[workstreams]]")
        loaded("[[organisations]]" + units)
        assert not Plan.objects.exists()
        loaded(head + "[[workstreams]]" + plan_rows)
        assert Milestone.objects.get().accountable == Person.objects.get()


class TestSecondLoad:
    def test_changes_nothing_and_says_so(self, command: Callable[..., tuple[str, str]]) -> None:
        first, _ = command(GOOD)
        before = counts()
        again, errors = command(GOOD)
        assert "milestones: created 1, updated 0, unchanged 0" in first
        assert "milestones: created 0, updated 0, unchanged 1" in again
        assert "organisations: created 0, updated 0, unchanged 1" in again
        assert errors == ""
        assert counts() == before

    def test_a_changed_file_updates_the_draft_through_the_verbs(self) -> None:
        loaded()
        changed = GOOD.replace(
            '{ on = 2024-02-29, precision = "month" }', '{ on = 2024-06-30, precision = "half_year" }'
        )
        summary = loaded(changed.replace("一号码头竣工", "一号码头投用").replace('"3"', '"4"'))
        assert [str(done) for done in summary.changes] == [
            "updated milestones W-01: title, due",
            "updated targets W-T1: value_max",
        ]
        milestone = Milestone.objects.get()
        assert milestone.due == milestone.baseline == FuzzyDate(date(2024, 6, 30), Precision.HALF_YEAR)
        assert ChangeEntry.objects.of(milestone).last().verb == "milestone.edit"  # type: ignore[union-attr]

    def test_keys_that_are_not_in_the_file_stay_as_they_are(self) -> None:
        loaded()
        milestone = Milestone.objects.get()
        milestones.change(milestone, {"criterion": "验收", "stage": "竣工"}, actor=SYSTEM, now=NOW)
        assert loaded().changes == []

    def test_an_empty_text_takes_a_reference_away(self) -> None:
        loaded()
        loaded(spoiled('accountable = "Owner@Harbour.example"', 'accountable = ""'))
        assert Milestone.objects.get().accountable is None

    def test_rows_that_are_not_in_the_file_are_left_alone_and_named(self) -> None:
        loaded()
        summary = loaded(GOOD.replace("W-01", "W-02"))
        assert summary.only_in_database == ["harbour-2024/W-01"]
        assert Milestone.objects.count() == 2

    def test_roles_follow_the_file(self) -> None:
        loaded()
        loaded(spoiled('roles = ["owner"]', 'roles = ["coordinator", "viewer"]'))
        assert Person.objects.get().roles == {"coordinator", "viewer"}


class TestDryRun:
    def test_says_what_would_change_and_writes_nothing(self, command: Callable[..., tuple[str, str]]) -> None:
        before = counts()
        printed, _ = command(GOOD, "--dry-run")
        assert "created milestones W-01" in printed
        assert counts() == before

    def test_on_a_changed_file(self, command: Callable[..., tuple[str, str]]) -> None:
        loaded()
        before = counts()
        printed, _ = command(GOOD.replace("一号码头竣工", "一号码头投用"), "--dry-run")
        assert "updated milestones W-01: title" in printed
        assert counts() == before
        assert Milestone.objects.get().title == "一号码头竣工"


class TestRefusals:
    def test_of_a_bad_file_nothing_is_loaded_and_each_fault_is_a_line(
        self, command: Callable[..., tuple[str, str]]
    ) -> None:
        before = counts()
        text = GOOD.replace('kind = "construction"', 'kind = "x"').replace("2.5", '"x"')
        printed, errors = command(text)
        assert printed == ""
        assert "plan.toml:30: milestones[1].kind [choice]" in errors
        assert "plan.toml:43: targets[1].value [number]" in errors
        assert counts() == before

    def test_a_rule_of_a_verb_is_reported_with_its_line_and_nothing_is_loaded(self) -> None:
        office = people.create(
            {"email": "owner@harbour.example", "display_name": "x"}, roles=["office"], actor=SYSTEM, now=NOW
        )
        before = counts()
        assert refused(GOOD) == [(15, "people[1]", "last_office")]
        assert counts() == before
        assert office.roles == {"office"}

    def test_an_active_plan_is_not_changed_by_a_file(self) -> None:
        loaded()
        plans.activate(Plan.objects.get(), actor=SYSTEM, now=NOW)
        assert loaded().changes == []
        moved = GOOD.replace('{ on = 2024-02-29, precision = "month" }', '{ on = 2024-06-30, precision = "half_year" }')
        assert refused(moved + '[[workstreams]]\ncode = "V"\ntitle = "v"\n') == [
            (31, "milestones[1].due", "plan-active"),
            (45, "workstreams[2]", "plan-active"),
        ]
        assert Milestone.objects.get().due.on == date(2024, 2, 29)

    def test_a_plan_whose_owners_were_assigned_since_loads_unchanged(self) -> None:
        text = GOOD.replace('accountable = "Owner@Harbour.example"\n', "")
        loaded(text)
        plans.activate(Plan.objects.get(), actor=SYSTEM, now=NOW)
        milestones.assign([Milestone.objects.get()], Person.objects.get(), actor=SYSTEM, now=NOW)
        assert loaded(text).changes == []

    def test_a_file_that_is_not_there(self) -> None:
        with pytest.raises(CommandError, match="lingang-2023"):
            call_command("loadplan", "no-such-plan")

    def test_a_year_without_a_plan(self, command: Callable[..., tuple[str, str]]) -> None:
        _, errors = command('[[organisations]]\ncode = "A"\nname = "a"\n', "--year", "2025")
        assert "--year" in errors


class TestShipped:
    def test_by_name_and_in_another_year(self) -> None:
        out = StringIO()
        call_command("loadplan", "lingang-2023", stdout=out)
        call_command("loadplan", "lingang-2023", "--year", "2024", stdout=out)
        assert list(Plan.objects.order_by("year").values_list("code", "year")) == [
            ("lingang-2023", 2023),
            ("lingang-2024", 2024),
        ]
        moved = Plan.objects.get(year=2024)
        assert moved.title == "临港新片区2024年度工作要点"
        assert (moved.milestones.count(), moved.targets.count()) == (41, 18)
        assert set(moved.milestones.values_list("due_on", "due_precision")) == {(date(2024, 12, 31), "year")}
