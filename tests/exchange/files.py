"""A small plan file that is right, and how to spoil it."""

from __future__ import annotations

from milestones.exchange.checks import Known
from milestones.exchange.planfile import read_plan_file
from milestones.exchange.problems import BadPlanFile
from milestones.exchange.rows import PlanFile

GOOD = """\
[plan]
code = "harbour-2024"
title = "2024年度港口工作要点"
title_en = "Harbour work points 2024"
year = 2024
starts_on = 2024-01-01
ends_on = 2024-12-31
time_zone = "Asia/Shanghai"

[[organisations]]
code = "HB"
name = "港务处"
kind = "bureau"

[[people]]
email = "owner@harbour.example"
display_name = "港务处责任人"
organisation = "HB"
roles = ["owner"]

[[workstreams]]
code = "W"
title = "码头"
lead = "HB"

[[milestones]]
code = "W-01"
workstream = "W"
title = "一号码头竣工"
kind = "construction"
due = { on = 2024-02-29, precision = "month" }
accountable = "Owner@Harbour.example"
lead = "HB"
span = [10, 20]

[[targets]]
code = "W-T1"
workstream = "W"
name = "吞吐量增长"
unit = "%"
measure = "flow_growth"
bound = "range"
value = 2.5
value_max = "3"
"""


def read(text: str | bytes, known: Known | None = None) -> PlanFile:
    """The file of this text, with nothing in the database."""
    content = text.encode() if isinstance(text, str) else text
    return read_plan_file(content, "plan.toml", known or Known())


def problems(text: str | bytes) -> list[tuple[int, str, str]]:
    """(line, field, rule) of everything that is wrong with the text."""
    try:
        read(text)
    except BadPlanFile as error:
        return [(problem.line, problem.field, problem.rule) for problem in error.problems]
    return []


def spoiled(old: str, new: str) -> str:
    """The good file with one piece replaced."""
    assert GOOD.count(old) == 1, old
    return GOOD.replace(old, new)
