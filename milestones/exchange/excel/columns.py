"""Which columns has the table of milestones? This is the whole format; docs/how-to/exchange-with-excel.md explains it.

Headings are of the file, not of the page: both languages stand side by side, since a file is read in either.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.utils.translation import gettext_lazy as _

from milestones.models import Kind, PartyRole

from . import cells
from .cells import Reader
from .names import folded


@dataclass(frozen=True)
class Column:
    """`also` are other headings under which people send it; a column without `read` is exported only."""

    name: str
    chinese: str
    english: str
    width: int
    explained: Any
    read: Reader | None = None
    also: tuple[str, ...] = ()
    hidden: bool = False
    needed: bool = False
    wraps: bool = False

    def heading(self, language: str) -> str:
        return self.chinese if language.startswith("zh") else self.english

    @property
    def only_read(self) -> bool:
        return self.read is None and self.name not in PARTIES


@dataclass(frozen=True)
class Table:
    """Rows of one kind. `told_by`: columns by one of which a row can be told from others."""

    name: str
    title: Any
    columns: tuple[Column, ...]
    told_by: frozenset[str]
    stays: str  # the columns up to this one stay in sight
    rules: tuple[Any, ...]

    @cached_property
    def by_name(self) -> Mapping[str, Column]:
        return {column.name: column for column in self.columns}

    @cached_property
    def headings(self) -> Mapping[str, Column]:
        """Folded heading → column: in Chinese, in English, by its name here, and what else people write."""
        found: dict[str, Column] = {}
        for column in self.columns:
            for words in (column.name, column.chinese, column.english, *column.also):
                known = found.setdefault(folded(words), column)
                assert known is column, words
        return found

    def place(self, name: str) -> int:
        return self.columns.index(self.by_name[name])


PARTIES: Mapping[str, str] = {f"parties_{role}": str(role) for role in PartyRole.values}
FIXED = ("state", "baseline", "actual")  # exported, changed by other ways only, and never by themselves
_DATE = _("A day as a date; a period as 年内 (or 2023), 2023H1, 2023Q3, 2023-06. It is never shown more exact.")
_UNITS = _("Codes or names of organisations with a semicolon between them; who it is there in brackets, by e-mail.")
_FOLLOWS = _("Follows from the work in the system. It is exported to be read, and what is typed here is not imported.")

COLUMNS: tuple[Column, ...] = (
    Column(
        "id",
        "键（勿改）",
        "Key (keep)",
        38,
        _("Says which milestone the row is. Leave it; empty it for a new milestone."),
        cells.key,
        also=("键", "key", "id"),
        hidden=True,
    ),
    Column(
        "if_version",
        "版本（勿改）",
        "Version (keep)",
        10,
        _("Tells whether somebody changed the milestone here after the export. Leave it."),
        cells.whole,
        also=("版本", "version"),
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
        "编号",
        "Code",
        12,
        _("Unique in its plan. Empty for a new milestone: the next free one of its workstream is given."),
        cells.code,
        also=("节点编号", "代码", "序号编码", "milestone code"),
    ),
    Column(
        "workstream",
        "工作领域",
        "Workstream",
        14,
        _("Code or title of a workstream of the plan."),
        cells.stream,
        also=("领域", "板块", "任务板块", "workstream code"),
        needed=True,
    ),
    Column(
        "title",
        "名称",
        "Title",
        44,
        _("What is to be achieved, in one line."),
        cells.needed,
        also=("节点", "节点名称", "任务", "任务名称", "工作任务", "重点任务", "name", "milestone"),
        needed=True,
        wraps=True,
    ),
    Column(
        "title_en", "英文名称", "English title", 30, _("The same in English."), cells.text, also=("英文", "title (en)")
    ),
    Column("kind", "类型", "Kind", 12, _("One of the list."), cells.choice(Kind), also=("类别",), needed=True),
    Column("stage", "阶段词", "Stage word", 10, _("Such as 封顶, 挂牌, 印发."), cells.text, also=("阶段", "stage")),
    Column("state", "状态", "State", 10, _FOLLOWS),
    Column("health", "健康状况", "Health", 10, _FOLLOWS),
    Column(
        "due",
        "应完成",
        "Due",
        14,
        _DATE,
        cells.needed_date,
        also=("完成时限", "完成时间", "计划完成时间", "截止日期", "截止时间", "应完成时间", "due date", "deadline"),
        needed=True,
    ),
    Column("baseline", "最初承诺", "Baseline", 14, _FOLLOWS),
    Column("forecast", "预计", "Forecast", 14, _DATE, cells.date, also=("预计完成", "预计完成时间")),
    Column("actual", "实际", "Actual", 14, _FOLLOWS),
    Column(
        "accountable",
        "责任人",
        "Owner",
        26,
        _("E-mail of who answers for it; a display name too, when only one person has it."),
        cells.person,
        also=("负责人", "accountable", "owner e-mail"),
    ),
    Column(
        "lead",
        "牵头单位",
        "Lead organisation",
        14,
        _("Code or name of the organisation that leads."),
        cells.unit,
        also=("主责单位", "牵头部门", "lead"),
    ),
    Column("parties_responsible", "责任单位", "Responsible", 18, _UNITS, also=("责任部门",)),
    Column("parties_supporting", "配合单位", "Supporting", 18, _UNITS, also=("协办单位", "支持单位")),
    Column("parties_supervisor", "督办单位", "Supervisor", 18, _UNITS, also=("监督单位",)),
    Column(
        "parent",
        "上级节点",
        "Parent",
        12,
        _("Code of the milestone below which it stands, in the same plan."),
        cells.parent,
        also=("父节点", "parent code"),
    ),
    Column("weight", "权重", "Weight", 8, _("A whole number from 1; empty: it stays."), cells.whole),
    Column(
        "criterion",
        "完成标准",
        "Completion criterion",
        40,
        _("By what one can tell that it is done."),
        cells.text,
        also=("标准", "criterion"),
        wraps=True,
    ),
    Column("description", "说明", "Description", 40, _("More about it."), cells.text, also=("备注说明",), wraps=True),
    Column(
        "reason",
        "改期理由",
        "Reason",
        24,
        _("Why a date moves. Needed where it does in a plan that is active, unless one is given for the whole import."),
        cells.text,
        also=("理由", "变更理由", "调整理由", "reason for moving"),
        wraps=True,
    ),
)
MILESTONES = Table(
    "milestones",
    _("Milestones"),
    COLUMNS,
    told_by=frozenset({"id", "code", "title"}),
    stays="title",
    rules=(
        _("An empty cell empties the value; a column that is deleted leaves all its values as they are."),
        _("Columns may stand in any order; rows may be deleted: what is not in the file stays as it is."),
        _("Before anything is written, the import shows what would change, and asks."),
    ),
)
BY_NAME = MILESTONES.by_name
