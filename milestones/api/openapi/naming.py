"""What are an operation and its outcome called?"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from .nouns import noun
from .values import Schema

USUAL = {
    "list": ("list{many}", "List {many}"),
    "create": ("create{one}", "Create {a} {one}"),
    "retrieve": ("get{one}", "Read {a} {one}"),
    "partial_update": ("change{one}", "Change {a} {one}"),
    "destroy": ("delete{one}", "Delete {a} {one}"),
    "retrieve_by_ref": ("get{one}ByRef", "Read {a} {one} by an external reference"),
    "upsert": ("put{one}ByRef", "Create or change {a} {one} by an external reference"),
    "remove_ref": ("remove{one}Ref", "Take an external reference off {a} {one}"),
}
OUTCOMES = {
    "list": "A page.",
    "deliveries": "A page.",
    "create": "It was created.",
    "destroy": "It is gone.",
    "remove_ref": "The name is gone.",
}


@dataclass(frozen=True)
class Name:
    path: str
    action: str
    entity: str
    does: Any

    @staticmethod
    def tag_of(path: str) -> str:
        return path.removeprefix("/api/v1/").partition("/")[0]

    @property
    def tag(self) -> str:
        return self.tag_of(self.path)

    @property
    def operation_id(self) -> str:
        verb = "".join(word if at == 0 else word.capitalize() for at, word in enumerate(self._verb.split("_")))
        template = USUAL.get(self.action, (f"{verb}{{one}}", ""))[0]
        return self.does.name or template.format(one=noun(self.entity), many=noun(self.tag))

    @property
    def summary(self) -> str:
        template = USUAL.get(self.action, ("", f"{self._verb.capitalize().replace('_', ' ')} {{a}} {{one}}"))[1]
        one = self.entity.replace("_", " ")
        said = {"one": one, "many": self.tag.replace("-", " "), "a": "an" if one[:1] in "aeiou" else "a"}
        found: str = self.does.summary or template.format(**said)
        return found.replace("an evidence", "a piece of evidence")

    @property
    def outcome(self) -> str:
        if self.does.file:
            return "The file, of its own media type."
        return (OUTCOMES.get(self.action) if self.entity else None) or "What it is now."

    @property
    def _verb(self) -> str:
        return self.action.rstrip("_")

    def links(self, at: str, is_new: bool, there: Collection[str]) -> Schema:
        """Operation → how its parameters come out of the answer; what is new is changed with the tag it came with."""
        one, found = noun(self.entity), {}
        for action in ("retrieve", *(("partial_update", "destroy") if is_new else ())):
            if action in there:
                given = {"path.id": at} | ({"header.If-Match": "$response.header.ETag"} if action != "retrieve" else {})
                name = USUAL[action][0].format(one=one)
                found[re.sub(r"^.", lambda letter: letter[0].upper(), name)] = {
                    "operationId": name,
                    "parameters": given,
                }
        return found
