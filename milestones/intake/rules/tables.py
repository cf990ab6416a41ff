"""Which lines are rows of a table, and what do its columns hold?"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

from .pieces import Piece

_PART = r"(?:第?[一二三四1-4]季度|[上下]半年|(?:1-)?\d{1,2}月(?:底|份)?)(?:末|前)?"
_ROLES = (
    ("goal", re.compile(rf"{_PART}(?:工作|形象)?(?:目标|进度|任务|计划|节点|安排|要求)?(?:任务|目标)?")),
    ("number", re.compile(r"序号|编号|No\.?|序")),
    (
        "due",
        re.compile(
            r"(?:计划|预计|要求|拟)?(?:完成|办结|完工|竣工|投用)(?:时限|时间|期限|日期|节点)|时限(?:要求)?|时间(?:节点|要求|安排|进度|表)|期限|进度(?:要求|安排|节点)?|完成时间?|截止(?:时间|日期)|节点"
        ),
    ),
    ("support", re.compile(r"(?:配合|协办|协同|参与|责任配合|协助)(?:单位|部门|处室|科室)?|参加单位")),
    (
        "lead",
        re.compile(
            r"(?:牵头|主要)?(?:责任|牵头|主办|承办|主责|落实|实施|建设|负责)(?:单位|部门|主体|处室|科室)(?:\(.*\))?|牵头(?:单位|部门)?(?:及|和)?(?:责任|配合)?(?:单位|部门)?|业主单位"
        ),
    ),
    ("person", re.compile(r".*(?:责任人|领导|联系人|电话|负责人).*")),
    ("unit", re.compile(r"(?:计量|计算)?单位")),
    ("indicator", re.compile(r"(?:主要|具体|核心|考核|一级|二级|三级|预期)?指标(?:名称|内容|项)?")),
    (
        "value",
        re.compile(
            r"(?:20\d{2}年?)?(?:年度|全年|预期|计划|工作)?目标(?:值|数)?|目标任务数|任务数|(?:20\d{2}年?)?计划(?:数|值)|(?:20\d{2}年?)?预期(?:值|目标)?|增速目标|数值"
        ),
    ),
    (
        "content",
        re.compile(r"建设(?:内容|规模|性质|地点|内容及规模|规模及内容)|项目概况|成果形式|预期成果|成果|总投资|.*投资"),
    ),
    (
        "goal",
        re.compile(
            r"(?:20\d{2}年?)?(?:年度|工作|全年|形象|本年度?)?(?:主要)?(?:目标任务|工作目标|建设目标|形象进度|形象进度目标|建设任务|工作要求|目标要求|年度目标|年度任务|任务目标|工作成效|进度目标|建设进度|推进计划|目标)"
        ),
    ),
    ("goal", re.compile(r"(?:20\d{2}年|年度|本年度?|当年)(?:主要|计划)?(?:建设)?(?:内容|任务|工作|安排)(?:及目标)?")),
    ("name", re.compile(r"项目(?:名称|内容)?|工程名称|名称|事项名称")),
    (
        "detail",
        re.compile(
            r"(?:具体|主要|重点|工作|推进|落实|细化|年度|任务)*(?:措施|举措|内容|安排|任务分解|细化任务|工作举措|分解任务)(?:及要求)?|具体任务|具体工作|子任务|细化任务"
        ),
    ),
    (
        "task",
        re.compile(
            r"(?:重点|主要|工作|督查|督办|目标|年度|具体|分解|事项|民生|实事|改革)*(?:任务|事项|工作|内容|要点|实事|议题)(?:名称|内容|事项|分解)?"
        ),
    ),
    ("field", re.compile(r"(?:工作|所属|任务|重点)?(?:领域|类别|分类|板块|专项|类型|方面|条线|大类|模块)")),
)
_LIKE = (
    ("person", re.compile(r"责任人|领导|联系人|电话|负责人")),
    ("base", re.compile(r"基数|基期|上年|实际|完成(?:值|数|情况)|现状|进展|备注|属性")),
    ("due", re.compile(r"时限|时间|期限|节点")),
    ("support", re.compile(r"配合|协办|协助|参与")),
    ("lead", re.compile(r"单位|部门|主体|科室|处室")),
    ("detail", re.compile(r"措施|举措|内容|分解")),
    ("content", re.compile(r"投资|规模|性质|地址|地点|资金")),
    ("goal", re.compile(r"目标|进度|成效")),
    ("task", re.compile(r"任务|事项|工作|实事")),
    ("name", re.compile(r"名称|项目")),
)
LONGEST_HEAD = 16
FEWEST_WORDS, LONGEST_HEADER = 3, 100
_CELL = re.compile(r"\t|\|| {2,}")
_TIME = re.compile(_PART)
_YEAR = re.compile(r"20\d{2}(?=年|$)")


@dataclass(frozen=True)
class Table:
    """The columns of a table by what they hold: role → numbers of columns."""

    columns: dict[str, list[int]]
    width: int
    years: dict[int, int] = field(default_factory=dict)  # of the columns that name one
    times: dict[int, str] = field(default_factory=dict)  # of the columns of a part of the year
    blank: bool = False  # columns have single blanks between them

    def of(self, cells: list[Piece], role: str) -> Piece | None:
        """The last filled cell of this role: the closest description stands on the right."""
        filled = self.all_of(cells, role)
        return filled[-1] if filled else None

    @property
    def holds_figures(self) -> bool:
        return "value" in self.columns and (
            "indicator" in self.columns or not self.columns.keys() & {"task", "detail", "goal"}
        )

    def all_of(self, cells: list[Piece], role: str) -> list[Piece]:
        return [cells[number] for number in self.columns.get(role, []) if number < len(cells) and cells[number].text]


@dataclass
class Filled:
    """Cells of merged rows stand once and are empty below."""

    table: Table
    last: dict[str, str] = field(default_factory=dict)

    def text(self, cells: list[Piece], role: str) -> str:
        """All cells of the role; 牵头单位 before 责任单位, as a row has them."""
        if found := self.table.all_of(cells, role):
            self.last[role] = "、".join(one.text for one in found)
        return self.last.get(role, "")


def cells(line: Piece) -> list[Piece]:
    """Of a row; one for any other line. Bars around a row are no cells."""
    text = line.text
    start = 1 if text.startswith("|") else 0
    end = len(text) - 1 if text.endswith("|") and len(text) > 1 else len(text)
    found, at = [], start
    for sign in _CELL.finditer(text, start, end):
        found.append(line.cut(at, sign.start()))
        at = sign.end()
    found.append(line.cut(at, end))
    return found


def blank_header(line: Piece) -> Table | None:
    """The table that a line begins whose words are all words for columns: 序号 任务 牵头单位 完成时限."""
    row = words(line) if len(line.text) <= LONGEST_HEADER and " " in line.text else []
    row = row if len(cells(line)) == 1 else []
    if len(row) < FEWEST_WORDS or not all(_surely(one.text) for one in row):
        return None
    table = header(row)
    return None if table is None else replace(table, blank=True)


def words(line: Piece) -> list[Piece]:
    return [line.cut(*found.span()) for found in re.finditer(r"\S+", line.text)]


def aligned(line: Piece, table: Table) -> list[Piece]:
    """The cells of such a row: what has blanks in itself is the longest one, mostly the task."""
    found = words(line)
    more = len(found) - table.width
    if more <= 0:
        return found
    wide = max(table.columns.get("task") or table.columns.get("detail") or table.columns.get("name") or [1])
    start, end = found[wide].start - line.start, found[wide + more].end - line.start
    return [*found[:wide], line.cut(start, end), *found[wide + more + 1 :]]


def header(row: list[Piece]) -> Table | None:
    """The table that a row begins, when most of its cells are words for columns."""
    columns: dict[str, list[int]] = {}
    for number, one in enumerate(row):
        word = re.sub(r"\s|\(.*\)$", "", one.text)
        if role := _role(word):
            columns.setdefault(role, []).append(number)
    if "indicator" not in columns and "value" in columns and columns.keys() & {"name", "task", "detail"}:
        columns.setdefault("goal", []).extend(columns.pop("value"))  # 年度目标 of a project is said in words
    surely = any(_surely(one.text) for one in row)
    known = sum(map(len, columns.values()))
    matters = columns.keys() & {"task", "detail", "goal", "name", "indicator"}
    if len(row) < 2 or known < 2 or known * 2 < len(row) or not matters or not surely:
        return None
    years = {number: int(found[0]) for number, one in enumerate(row) if (found := _YEAR.search(one.text))}
    times = {number: one.text for number, one in enumerate(row) if _TIME.match(one.text)}
    return Table(columns, len(row), years, times if len(times) > 1 else {})


def refined(table: Table, row: list[Piece]) -> Table | None:
    """The table with the second line of its head, which parts merged columns: 责任单位 into 牵头单位 and 配合单位."""
    filled = {number: one for number, one in enumerate(row) if one.text}
    if not filled or not all(_surely(one.text) for one in filled.values()):
        return None
    columns = {role: [number for number in of if number not in filled] for role, of in table.columns.items()}
    for number, one in filled.items():
        columns.setdefault(_role(re.sub(r"\s|\(.*\)$", "", one.text)) or "", []).append(number)
    return replace(table, columns={role: of for role, of in columns.items() if of})


def _role(word: str) -> str | None:
    found = next((role for role, pattern in _ROLES if pattern.fullmatch(word)), None)
    if found is None and 2 <= len(word) <= LONGEST_HEAD and not re.search("[,。;:]", word):
        found = next((role for role, pattern in _LIKE if pattern.search(word)), None)
    return found


def _surely(text: str) -> bool:
    """Whether a cell holds a word for a column and nothing else."""
    word = re.sub(r"\s|\(.*\)$", "", text)
    return any(pattern.fullmatch(word) for _role, pattern in _ROLES)


def is_ruler(row: list[Piece]) -> bool:
    """The line of dashes under a header."""
    return all(re.fullmatch(r"[:\-=+\s]*", one.text) for one in row)
