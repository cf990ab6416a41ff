"""Does a phrase name several things that are promised one by one?"""

from __future__ import annotations

import re

from .pieces import CLOSED
from .works import deliverable

_SUCH = re.compile(
    r"^(?P<items>.+?)等(?:一批|\d*个?)?(?P<kind>(?:重点|重大|标志性|示范性|专项|产业|功能性|龙头)*)(?P<head>项目|政策|方案|规划|平台|中心|试点|工程|论坛|园区|办法|产业政策|专项政策|基地)(?P<rest>.*)$"
)
_COMMON_END = re.compile(r"[及和与、]")


def items(phrase: str) -> list[str]:
    """The things, each worded by itself; one, the phrase as it is, when they do not stand alone."""
    such = _SUCH.match(phrase)
    if such and not CLOSED.search(such["items"]) and such["head"] != "规划" and _counts(such):
        parts = [part for part in re.split("[、,]", such["items"]) if part]
        if len(parts) > 1 and all(2 <= len(part) <= 24 for part in parts):
            return [_named(part, such) for part in parts]
    parts = _parts(phrase)
    if len(parts) > 1 and all(_alone(part) for part in parts):
        return parts
    return _parallel(phrase)


def first_alone(phrase: str) -> str:
    """Of 国际数据港建设、产业空间提质增效 the first one: what comes after it cannot be ticked off."""
    parts = _parts(phrase)
    return parts[0] if len(parts) > 1 and _alone(parts[0]) else phrase


def _counts(such: re.Match[str]) -> bool:
    """实验室等高水平实验室建设 is one matter; 菜鸟、易买得等项目落地 are two."""
    return not such["items"].endswith(such["head"]) or "、" in such["items"]


def _named(part: str, such: re.Match[str]) -> str:
    noun = such["head"] if not part.endswith(such["head"]) else ""
    kind = "专项" if "专项" in such["kind"] else "产业" if such["kind"] == "产业" else ""
    return f"{part}{kind if noun else ''}{noun}{such['rest']}"


def _parts(phrase: str) -> list[str]:
    closed = [found.span() for found in CLOSED.finditer(phrase)]
    parts, at = [], 0
    for found in re.finditer("、", phrase):
        if not any(start <= found.start() < end for start, end in closed):
            parts.append(phrase[at : found.start()])
            at = found.end()
    parts.append(phrase[at:])
    last = re.fullmatch(r"(.{4,})(?:以及|和|及)(.{4,})", parts[-1]) if len(parts) > 1 else None
    return [*parts[:-1], last[1], last[2]] if last and _alone(last[1]) and _alone(last[2]) else parts


def _alone(part: str) -> bool:
    return len(part) >= 3 and deliverable(part) is not None


def _parallel(phrase: str) -> list[str]:
    """商业不动产领域及长租房领域试点: both sides of 及 end alike, and what follows belongs to both."""
    found = re.match(
        r"^(?P<one>[^及和与、,]{2,20}(?P<end>领域|行业|产业|片区|区域|地区|路段|标段|板块))[及和与](?P<two>[^及和与、,]{2,20}(?P=end))(?P<rest>[^、,]{2,})$",
        phrase,
    )
    if found is None or found["one"] == found["two"]:
        return [phrase]
    return [found["one"] + found["rest"], found["two"] + found["rest"]]
