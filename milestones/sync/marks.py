"""Which values does an object have, told so that two installations can be compared field by field?

A mark is a digest of one value, in which other objects stand by their id here, never by a name that may change. What is
empty, and the state in which an object is made, has the empty mark: to fill it overwrites nothing.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from typing import Any

from .moves import PRESENTED
from .nouns import Data, Noun, id_of

Marks = dict[str, str]
Named = Callable[[str, str], str]  # entity and id of an object of that side → its id here


def marks(noun: Noun, data: Data, named: Named, *, people: bool) -> Marks:
    found = {name: mark(_value(noun, name, data, named, people)) for name in noun.shown(people)}
    return found | ({"state": state_mark(noun, data)} if noun.initial else {})


def state_mark(noun: Noun, data: Data, state: str = "") -> str:
    """Of the state (or of `state`) with what was presented in it."""
    state = state or data["state"]
    if state == noun.initial:
        return ""
    return mark([state, data.get("actual"), data.get("statement")] if state in PRESENTED else [state])


def mark(value: Any) -> str:
    if value in (None, "", []):
        return ""
    return hashlib.sha256(json.dumps(value, sort_keys=True, ensure_ascii=False).encode()).hexdigest()[:16]


def _value(noun: Noun, name: str, data: Data, named: Named, people: bool) -> Any:
    if name in noun.refs:
        found = id_of(data, name)
        return found and named(noun.refs[name], found)
    if name == "parties":
        return sorted(_party(one, named, people) for one in data[name])
    if name == "external_refs":
        return sorted([one["system"], one["id"]] for one in data[name])
    return data[name]


def _party(party: Data, named: Named, people: bool) -> list[str]:
    person = named("person", party["person_id"]) if people and party["person_id"] else ""
    return [party["role"], named("organisation", party["organisation_id"]), person]
