"""Whom does a text name? `@` and a display name or an e-mail address; the longest name that fits counts. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

AT = re.compile(r"(?<![A-Za-z0-9._%+-])[@＠]")  # not the one within an address that stands in the text
WORD = re.compile(r"[A-Za-z0-9_]")


@dataclass(frozen=True, slots=True)
class Named:
    """Somebody who may be meant. `reads` says whether they read what the comment is about."""

    id: Any
    name: str
    email: str
    reads: bool


@dataclass(frozen=True)
class Found:
    """`people` are meant, in the order of the text; `ambiguous` names fit several readers, `deaf` ones only people who
    would not read the comment."""

    people: list[Any] = field(default_factory=list)
    ambiguous: list[str] = field(default_factory=list)
    deaf: list[str] = field(default_factory=list)


def beginnings(text: str) -> set[str]:
    """The first character after each `@`, in either case: enough to ask the database for who may be meant."""
    letters = [text[at.end() : at.end() + 1].strip() for at in AT.finditer(text)]
    return {case for letter in letters if letter for case in (letter, letter.lower(), letter.upper())}


def parse(text: str, people: Sequence[Named]) -> Found:
    """Who is named. A name that nobody has is plain text."""
    found = Found()
    for at in AT.finditer(text):
        _sort(found, _longest(text[at.end() :], people))
    return found


def _sort(found: Found, fitting: tuple[str, list[Named]]) -> None:
    """One reader is meant; several of one name are not told apart; without a reader nobody would read it."""
    said, people = fitting
    readers = [person for person in people if person.reads]
    if len(readers) == 1:
        _add(found.people, readers[0].id)
    elif readers:
        _add(found.ambiguous, said)
    elif people:
        _add(found.deaf, said)


def _longest(rest: str, people: Iterable[Named]) -> tuple[str, list[Named]]:
    """The longest name or address with which `rest` begins, and whose it is."""
    said, whose = "", list[Named]()
    for person in people:
        for name in (person.email, person.name):
            if not _begins(rest, name) or len(name) < len(said):
                continue
            whose = [*whose, person] if len(name) == len(said) else [person]
            said = name
    return said, whose


def _begins(rest: str, name: str) -> bool:
    """Whatever the case; `@ann` is not within `@anna`, while Chinese names stand before other words without a blank."""
    if not name or rest[: len(name)].casefold() != name.casefold():
        return False
    return not (WORD.match(name[-1]) and WORD.match(rest[len(name) : len(name) + 1]))


def _add(names: list[Any], name: Any) -> None:
    if name not in names:
        names.append(name)
