"""Which year is the plan about?"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from .dates import years
from .pieces import Piece

_PLAN = re.compile(
    r"年?(?:度)?[^。,;\d]{0,20}(?:要点|工作报告|计划|任务|清单|安排|打算|实事|方案|分工|目标|部署|思路|重点工作|督查|项目表)"
)
_REVIEW = re.compile(r"年?(?:度)?[^。,;\d]{0,12}(?:回顾|总结|完成情况|执行情况|工作情况)")
_DAY = re.compile(r"年\d{1,2}月\d{1,2}日")
_HEAD = 8  # lines among which a title stands


def of(lines: Sequence[Piece]) -> int | None:
    """The one most said, above all in the title or before a word for plans; of two the later; None without any."""
    score: Counter[int] = Counter()
    for number, line in enumerate(lines):
        for at, year in years(line.text):
            score[year] += _weight(line.text[at + 4 :], number < _HEAD)
    best = max(score.items(), key=lambda one: (one[1], one[0]), default=(None, 0))
    return best[0]


def _weight(after: str, in_title: bool) -> int:
    if _REVIEW.match(after) or _DAY.match(after):
        return 1
    return (12 if in_title else 5) if _PLAN.match(after) else 1
