"""Is every text of the Chinese catalogue translated, with the placeholders of its original?"""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import polib

FILE = Path(__file__).parents[1] / "locale/zh_Hans/LC_MESSAGES/django.po"
ENTRIES: list[polib.POEntry] = list(polib.pofile(str(FILE), check_for_duplicates=True))
PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|%[sd]|\{\w*\}")


def translations(entry: polib.POEntry) -> list[str]:
    return list(entry.msgstr_plural.values()) if entry.msgid_plural else [entry.msgstr]


def placeholders(text: str) -> Counter[str]:
    return Counter(PLACEHOLDER.findall(text))


def test_every_text_is_translated_for_certain() -> None:
    assert [e.msgid for e in ENTRIES if "fuzzy" in e.flags or not all(translations(e))] == []


def test_nothing_is_kept_that_the_code_no_longer_says() -> None:
    assert [e.msgid for e in ENTRIES if e.obsolete] == []


def test_a_translation_has_the_placeholders_of_its_text() -> None:
    different = [
        (said, translation)
        for entry in ENTRIES
        for said in [entry.msgid_plural or entry.msgid]
        for translation in translations(entry)
        if placeholders(said) != placeholders(translation)
    ]
    assert different == []


def test_a_translation_begins_and_ends_with_a_line_break_where_its_text_does() -> None:
    """gettext refuses any other."""
    pairs = [(entry.msgid, translation) for entry in ENTRIES for translation in translations(entry)]
    edges = [([text.startswith("\n"), text.endswith("\n")] for text in pair) for pair in pairs]
    assert [pair for pair, (said, translated) in zip(pairs, edges, strict=True) if said != translated] == []


def test_no_line_names_a_place_on_the_translators_machine() -> None:
    assert not [place for entry in ENTRIES for place, _line in entry.occurrences if Path(place).is_absolute()]
    assert str(FILE.parents[3]) not in FILE.read_text()


def test_every_text_of_the_code_is_in_the_catalogue() -> None:
    """xgettext sees neither the calls inside f-strings nor those by a name of their own."""
    known = {(entry.msgctxt, entry.msgid) for entry in ENTRIES}
    sources = [path for root in ("milestones", "lingang") for path in (FILE.parents[3] / root).rglob("*.py")]
    said = {(path.name, text) for path in sources for text in texts(ast.parse(path.read_text()))}
    assert sorted(str(one) for one in said if one[1] not in known) == []


def texts(tree: ast.Module) -> Iterator[tuple[str | None, str]]:
    """What Django's functions are asked for, under whatever names the module imports them, with the context."""
    imports = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    real = {
        alias.asname or alias.name: alias.name
        for node in imports
        if node.module == "django.utils.translation"
        for alias in node.names
        if "gettext" in alias.name
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in real:
            said = [str(arg.value) if isinstance(arg, ast.Constant) else None for arg in node.args[:2]]
            context, text = said if "pgettext" in real[node.func.id] else (None, said[0])
            if isinstance(text, str):
                yield context, text
