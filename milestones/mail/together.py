"""How do several letters to one person become one, that lists what each of them is about?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from milestones.models import MailKind, MailState, OutgoingMail

from .render import letter

SHOWN = 30
# The letters that one act may send in numbers, by the name of their templates.
JOINED = ("rescheduled", "watched", "mentioned", "notice")
ELSEWHERE = "together"  # the reason that stands at a notice's own letter, which the joined one replaces


def key(mail: OutgoingMail) -> object:
    """The same for letters that can be one; what waits for an hour of its own stays by itself."""
    if getattr(mail, "template", "") not in JOINED or mail.day is not None:
        return mail.pk
    return (mail.template, mail.recipient_id)


def together(letters: Sequence[OutgoingMail]) -> list[OutgoingMail]:
    """The letter that takes their place. Of notices each keeps its own, which does not leave: its page shows it."""
    first = letters[0]
    assert first.recipient is not None
    contexts = sorted((mail.context for mail in letters), key=lambda one: (one["item"]["due"].on, one["item"]["code"]))
    made = letter(
        first.kind, first.recipient, _said(first.template, contexts), now=first.created_at, template=_name(first)
    )
    if first.kind != MailKind.NOTICE:
        return [made]
    for mail in letters:
        mail.state, mail.server_reply = MailState.SUPPRESSED, ELSEWHERE
    return [*letters, made]


def _name(mail: OutgoingMail) -> str:
    return "rescheduled_all" if mail.template == "rescheduled" else "together"


def _said(template: str, contexts: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """`items` as lists have them; what all of them say stands once, above."""
    same = {name: _the_one(contexts, name) for name in ("reason", "quote")}
    rows = [{**one["item"], "row": dict.fromkeys(ALL) | one, "old": one.get("old")} for one in contexts[:SHOWN]]
    for item in rows:
        item["row"] |= {name: "" for name, value in same.items() if value}
    return {"items": rows, "count": len(contexts), "more": len(contexts) - len(rows), "what": template, **same}


ALL = ("news", "old", "new", "owner", "actual", "reason", "quote", "author", "notice", "number", "url", "sign_url")


def _the_one(contexts: Sequence[dict[str, Any]], name: str) -> Any:
    values = {str(one.get(name) or "") for one in contexts}
    return contexts[0].get(name, "") if len(values) == 1 else ""
