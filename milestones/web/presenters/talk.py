"""What do people say to each other about a milestone, and who watches it?"""

from __future__ import annotations

import re
from dataclasses import dataclass

from django.utils.html import format_html
from django.utils.safestring import SafeString

from milestones import access
from milestones.actors import Actor
from milestones.models import Comment, Milestone, Watch
from milestones.web.decisions import offered
from milestones.web.forms.talking import CommentForm
from milestones.web.presenters.links import Link, links


@dataclass(frozen=True)
class Said:
    """`text` has the names that it mentions marked; empty when it was withdrawn, and then `reason` says why."""

    row: Comment
    author: str
    text: SafeString
    reason: str
    acts: list[Link]


@dataclass(frozen=True)
class Talk:
    """`reads` says whether the comments are the reader's to read at all; `form` is None for who may not comment."""

    lines: list[Said]
    reads: bool
    form: CommentForm | None
    watches: bool
    may_watch: bool
    watchers: int


def talk(milestone: Milestone, actor: Actor, form: CommentForm | None = None) -> Talk:
    may = access.may(actor, "comment.add", milestone) and milestone.plan.state != "closed"
    watchers = list(Watch.objects.filter(milestone=milestone).values_list("person_id", flat=True))
    rows = access.visible(milestone.comments.all(), actor)
    found = list(
        rows.select_related("author__organisation").prefetch_related("mentions__person").order_by("created_at")
    )
    return Talk(
        lines=[_said(row, milestone, actor) for row in found],
        reads=bool(found) or may,
        form=(form or CommentForm()) if may else None,
        watches=actor.person is not None and actor.person.pk in watchers,
        may_watch=access.may(actor, "watch.start", milestone) and milestone.plan.state != "closed",
        watchers=len(watchers),
    )


def _said(row: Comment, milestone: Milestone, actor: Actor) -> Said:
    row.milestone = milestone
    gone = row.withdrawn_at is not None
    names = [mention.person.display_name for mention in row.mentions.all()]
    text = SafeString("") if gone else marked(row.text, names)
    author = str(row.author) if row.author else ""
    return Said(row, author, text, row.reason if gone else "", links(row.pk, offered("comment", row, milestone, actor)))


def marked(text: str, names: list[str]) -> SafeString:
    """The text, escaped, with each `@` and the name after it set apart."""
    if not names:
        return format_html("{}", text)
    pattern = re.compile(
        "([@＠](?:" + "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True)) + "))"
    )
    pieces = pattern.split(text)
    shown = SafeString("")
    for at, piece in enumerate(pieces):
        shown += format_html('<b class="mention">{}</b>', piece) if at % 2 else format_html("{}", piece)
    return shown
