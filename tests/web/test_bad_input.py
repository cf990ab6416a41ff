"""Does every verb's form say in the reader's language what is wrong, and keep everything that was typed?"""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import pytest

from milestones.models import Milestone, Person
from milestones.web.actions import ALL
from tests.web.cast import Cast
from tests.web.conftest import SignIn

pytestmark = pytest.mark.one_database("what a form says is decided in Python")
# An English sentence may quote Chinese: 15个工作日后, 密级.
SPEAKS = {
    "en": re.compile(r"^(?=.*[a-z]{4})[^。，；]*$", re.DOTALL),
    "zh-hans": re.compile(r"[\u4e00-\u9fff]{3}"),
}
KEPT = "kept as typed"
# What is typed into every form; of each form what it knows is wrong.
BAD: dict[str, Any] = {
    "version": "1",
    "reason": "密级：机密",
    "text": "机密★3年",
    "statement": KEPT,
    "title": KEPT,
    "url": "javascript:alert(1)",
    "link_0": "no address",
    "due_said": "someday",
    "expected_said": "someday",
    "actual_said": "someday",
    "until": "yesterday",
    "progress": "400",
    "lag": "many",
    "to": "00000000-0000-0000-0000-000000000000",
    "other": "nowhere/N-1",
    "health": "purple",
    "kind": "castle",
    "weight": "-4",
}


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_every_verb(cast: Cast, client_of: SignIn, language: str) -> None:
    Person.objects.filter(pk=cast.office.pk).update(language=language)
    office = client_of(cast.office)
    office.cookies["django_language"] = language
    silent, wordless, lost = [], [], []
    for action in ALL:
        row = Milestone.objects.get(pk=cast.roof.pk)
        address = f"/plans/p-2023/milestones/FIN-08/{action.name}/"
        answer = office.post(address, {**BAD, "version": str(row.version)})
        if answer.status_code == 302:
            continue  # a verb that needs nothing but the button
        page = answer.content.decode()
        assert answer.status_code in (409, 422), (action.name, answer.status_code)
        said = [unescape(re.sub(r"<[^>]+>", "", one)) for one in WRONG.findall(page)]
        if not said:
            silent.append(action.name)
        wordless += [(action.name, words) for words in said if not SPEAKS[language].search(words)]
        lost += [(action.name, name) for name in _named(page) if name in BAD and not _holds(page, name)]
    assert (silent, wordless, lost) == ([], [], [])


WRONG = re.compile(
    r'<(?:ul|p|div)[^>]*class="(?:errorlist|field-problem|problem)[^"]*"[^>]*>(.*?)</(?:ul|p|div)>', re.DOTALL
)


def _named(page: str) -> set[str]:
    """The fields in which people type; a choice has no place for what is none."""
    main = page[page.index("<main") :]
    typed = re.findall(r'<(?:textarea|input type="(?:text|number|url|date)")[^>]*name="([\w-]+)"', main)
    return set(typed)


def _holds(page: str, name: str) -> bool:
    return str(BAD[name]) in unescape(page)
