"""Is a plan file with a classification marking refused whole, by line, without quoting it?"""

from __future__ import annotations

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.utils import translation

from milestones.actors import Actor
from milestones.exchange.loader import known, load
from milestones.exchange.planfile import read_plan_file
from milestones.exchange.problems import BadPlanFile
from milestones.exchange.rows import PlanFile, Row
from milestones.marking import digest
from milestones.models import ChangeEntry, GuardRefusal, Plan, Via
from tests.cast import NOW
from tests.exchange.files import GOOD, problems, read, spoiled

TITLE = 'title = "一号码头竣工"'
LINE = GOOD.splitlines().index(TITLE) + 1


@pytest.mark.parametrize(
    "written",
    [
        'title = "一号码头竣工 机密★10年"',
        'title = "【秘密】"',
        'title = "\\u673a\\u5bc6\\u2605"',
        "title = '''竣工\n密级：机密'''",
    ],
)
def test_a_marked_value_is_named_by_its_line_and_field(written: str) -> None:
    assert problems(spoiled(TITLE, written)) == [(LINE, "milestones[1].title", "classified")]


@pytest.mark.parametrize("comment", ["# 机密", "# 密级：机密", "## 本计划 秘密★1年"])
def test_a_marked_comment_is_named_by_its_line(comment: str) -> None:
    assert problems(f"{GOOD}{comment}\n") == [(len(GOOD.splitlines()) + 1, "", "classified")]


def test_every_marked_value_is_named(db: None) -> None:
    text = spoiled(TITLE, 'title = "机密★"').replace('name = "吞吐量增长"', 'name = "绝密"')
    assert [(field, rule) for _line, field, rule in problems(text)] == [
        ("milestones[1].title", "classified"),
        ("targets[1].name", "classified"),
    ]


@pytest.mark.parametrize(
    "text",
    [
        spoiled('lead = "HB"\nspan', 'lead = "蓝鲸机密★10年"\nspan'),  # the fault of a code that is not there quotes it
        spoiled(TITLE, f'{TITLE}\n"蓝鲸机密★" = 1'),  # so does that of an unknown key
        spoiled(TITLE, 'title = "蓝鲸机密★'),  # and a file that is not TOML
    ],
)
def test_no_message_quotes_the_file(text: str) -> None:
    with pytest.raises(BadPlanFile) as caught:
        read(text)
    said = [str(problem) for problem in caught.value.problems]
    assert [problem.rule for problem in caught.value.problems] == ["classified"]
    assert "蓝鲸" not in "".join(said)


@pytest.mark.django_db(transaction=True)
def test_the_command_loads_nothing_and_keeps_the_refusal(tmp_path: Path) -> None:
    path, errors = tmp_path / "plan.toml", StringIO()
    path.write_text(spoiled(TITLE, 'title = "蓝鲸 机密★10年"'), encoding="utf-8")
    with translation.override("en"), pytest.raises(CommandError):
        call_command("loadplan", str(path), stderr=errors)
    assert f"plan.toml:{LINE}: milestones[1].title [classified]" in errors.getvalue()
    assert "蓝鲸" not in errors.getvalue()
    assert not Plan.objects.exists()
    assert not ChangeEntry.objects.exists()
    row = GuardRefusal.objects.get()
    assert (row.via, row.field, row.rule) == (Via.IMPORT, "milestones[1].title", "star")
    assert row.sha256 == digest("蓝鲸 机密★10年")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("dry_run", [False, True])
def test_rows_that_come_another_way_than_from_a_file_are_refused_by_the_verbs(dry_run: bool) -> None:
    file = read_plan_file(GOOD.encode(), "plan.toml", known())
    row = Row("organisations", 2, 99, {"code": "X", "name": "蓝鲸 机密★10年", "kind": "bureau"})
    marked = PlanFile(file.name, organisations=(*file.organisations, row), key_lines=file.key_lines)
    with pytest.raises(BadPlanFile) as caught:
        load(marked, actor=Actor.system(Via.IMPORT), now=NOW, dry_run=dry_run)
    (problem,) = caught.value.problems
    assert (problem.line, problem.field, problem.rule) == (99, "organisations[2].name", "classified")
    assert "蓝鲸" not in str(problem)
    assert not ChangeEntry.objects.exists()
    assert GuardRefusal.objects.get().entity == "organisation"
