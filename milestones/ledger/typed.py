"""Which filters were typed as words: 健康度:滞后, due:2023-09, 责任人:none, in either language?"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date
from typing import Any

from django.utils import translation

from milestones.models import Health, Kind, Language, Organisation, Person, State, Workstream
from milestones.pinyin import normal
from milestones.planning.facts import Fact

from .query import NONE, Query

# The words before the colon; written in both languages whatever the reader's.
NAMES = {
    "health": ("health", "健康度", "健康"),
    "state": ("state", "状态"),
    "kind": ("kind", "类型", "类别"),
    "show": ("only", "仅看", "只看"),
    "lead": ("lead", "牵头", "牵头单位", "单位"),
    "accountable": ("owner", "责任人"),
    "plan": ("plan", "计划"),
    "workstream": ("workstream", "领域", "工作领域"),
    "due": ("due", "应完成", "到期"),
}
PARAMETER = {word: name for name, words in NAMES.items() for word in words}
TYPED = re.compile(r"(\S+?)\s*[:\uff1a]\s*(\S+)")
MOST = 20


def understood(query: Query, today: date) -> Query:
    """The query with the filters that stand in its text; what means nothing stays text."""
    rest = query.q
    for match in TYPED.finditer(query.q):
        name = PARAMETER.get(normal(match[1]))
        found = _values(name, match[2], today) if name else {}
        if found:
            merged = {key: _added(getattr(query, key), value) for key, value in found.items()}
            query, rest = replace(query, **merged), rest.replace(match[0], " ")
    return replace(query, q=" ".join(rest.split())) if rest != query.q else query


def _added(known: Any, value: Any) -> Any:
    return tuple(dict.fromkeys((*known, *value))) if isinstance(value, tuple) else value


def _values(name: str, word: str, today: date) -> dict[str, Any]:
    if name == "due":
        return _period(word, today)
    found = tuple(_FINDERS[name](normal(word)))
    return {name: found} if found else {}


def _of_choices(choices: Any) -> Callable[[str], Iterable[str]]:
    def find(word: str) -> Iterable[str]:
        for one in choices:
            if word == one.value or word in _labels(one.label):
                yield one.value

    return find


def _labels(label: Any) -> set[str]:
    said = set()
    for language in Language.values:
        with translation.override(language):
            said.add(normal(str(label)))
    return said


def _leads(word: str) -> Iterable[str]:
    if word in (NONE, "无"):
        return [NONE]
    return Organisation.objects.filter(find__contains=word).values_list("code", flat=True)[:MOST]


def _owners(word: str) -> Iterable[str]:
    if word in (NONE, "无"):
        return [NONE]
    return [str(pk) for pk in Person.objects.filter(find__contains=word).values_list("pk", flat=True)[:MOST]]


def _streams(word: str) -> Iterable[str]:
    rows = Workstream.objects.values_list("code", "title", "title_en")
    return [code for code, *titles in rows if word == normal(code) or any(word in normal(title) for title in titles)]


def _period(word: str, today: date) -> dict[str, Any]:
    """2023-09-15, 2023-09, 9月 (of this year), 2023."""
    numbers = [int(text) for text in re.findall(r"\d+", word)]
    if word.endswith("月") and len(numbers) == 1:
        numbers = [today.year, *numbers]
    try:
        match numbers:
            case [year, month, day]:
                return {"due_from": date(year, month, day), "due_to": date(year, month, day)}
            case [year, month]:
                last = monthrange(year, month)[1]
                return {"due_from": date(year, month, 1), "due_to": date(year, month, last)}
            case [year] if year > 1900:
                return {"due_from": date(year, 1, 1), "due_to": date(year, 12, 31)}
    except ValueError:
        return {}
    return {}


_FINDERS: dict[str, Callable[[str], Iterable[str]]] = {
    "health": _of_choices(Health),
    "state": _of_choices(State),
    "kind": _of_choices(Kind),
    "show": _of_choices(Fact),
    "lead": _leads,
    "accountable": _owners,
    "plan": lambda word: [word],
    "workstream": _streams,
}
