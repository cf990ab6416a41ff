"""Which columns has the table of readings? A row is a target and one figure of it: the newest, when it is exported."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from milestones.targets.pasting import FINAL, PROVISIONAL

from ..sheets.values import Odd, Value
from . import cells
from .cells import Around
from .columns import Column, Table
from .names import folded
from .refused import Rejected

_FOLLOWS = _("Of the target, so that the row can be read. What is typed here is not imported.")
YES_OR_NO = {False: ("no", "否", "final"), True: ("yes", "是", "provisional")}


def figure(cell: Value, _around: Around) -> str:
    """As it is written; what it means in the target's unit is found when the target is known."""
    return cells.plain(cell).strip()


def provisional(cell: Value, _around: Around) -> bool:
    """Of an empty cell, provisional: a figure is final when somebody says so."""
    words = folded(cells.plain(cell))
    if not words or words in map(folded, (*PROVISIONAL, *YES_OR_NO[True])) or cell is True:
        return True
    if words in map(folded, (*FINAL, *YES_OR_NO[False])) or cell is False:
        return False
    message = _("“%(value)s” is not known here; write “provisional” or “final”.")
    raise Rejected("choice", message, value=words[:80])


def day(cell: Value, around: Around) -> Any:
    """The last day of a period that is named; None of an empty cell."""
    if isinstance(cell, Odd):
        cells.plain(cell)
    found = cells.date(cell, around)
    return found.on if found else None


def needed_code(cell: Value, _around: Around) -> str:
    found = cells.plain(cell).strip()
    if not found:
        raise Rejected("missing", _("This is needed."))
    return found


COLUMNS = (
    Column(
        "id",
        "键（勿改）",
        "Key (keep)",
        38,
        _("Says which reading stood here at the export, so that two corrections of one figure are noticed. Leave it."),
        cells.key,
        also=("键", "key", "id"),
        hidden=True,
    ),
    Column(
        "plan",
        "计划",
        "Plan",
        16,
        _("The plan's code or title. Empty: the plan chosen at the import."),
        cells.plan,
        also=("计划编号", "plan code"),
    ),
    Column(
        "code",
        "指标编号",
        "Target",
        12,
        _("Code of the target in its plan."),
        needed_code,
        also=("编号", "代码", "code", "target code"),
        needed=True,
    ),
    Column("name", "指标名称", "Target's name", 36, _FOLLOWS, also=("指标", "名称", "name"), wraps=True),
    Column("workstream", "工作领域", "Workstream", 14, _FOLLOWS, also=("领域", "板块")),
    Column("lead", "牵头单位", "Lead organisation", 14, _FOLLOWS),
    Column("goal", "目标", "Goal", 16, _FOLLOWS),
    Column("unit", "单位", "Unit", 10, _FOLLOWS),
    Column(
        "as_of",
        "截至",
        "As of",
        14,
        _("The day of the figure; a period (2023-08, 2023Q3) is meant with its last day. A new day: a new reading."),
        day,
        also=("日期", "截至日期", "数据日期", "月份", "date"),
        needed=True,
    ),
    Column(
        "value",
        "数值",
        "Value",
        16,
        _("The figure in the target's unit, which may stand behind it. Another one for the same day corrects it."),
        figure,
        also=("读数", "完成值", "实际值", "数据", "figure", "reading"),
        needed=True,
    ),
    Column(
        "source",
        "来源",
        "Source",
        26,
        _("Where the figure comes from. Empty: the reason that is given for the whole import."),
        cells.text,
        also=("数据来源", "出处"),
    ),
    Column(
        "provisional",
        "初步/最终",
        "Provisional or final",
        14,
        _("“provisional” or “final”; empty: provisional."),
        provisional,
        also=("数据性质", "是否初步", "provisional", "状态"),
    ),
    Column("attainment", "完成率", "Attainment", 12, _FOLLOWS),
    Column("health", "健康状况", "Health", 12, _FOLLOWS),
)
READINGS = Table(
    "readings",
    _("Targets and readings"),
    COLUMNS,
    told_by=frozenset({"value", "as_of"}),
    stays="name",
    rules=(
        _("Write the new day and the new figure over the old ones: that is a new reading, the old one stays."),
        _("Rows and columns may be deleted, stand in any order, and one target may have many rows, one a day."),
        _("Before anything is written, the import shows what would change, and asks."),
    ),
)
