"""How do three templates become one mail in the recipient's language?"""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache
from typing import Any
from urllib.parse import quote

import css_inline
from django.conf import settings
from django.template import loader
from django.utils import translation

from milestones import links
from milestones.models import Milestone, Notice, OutgoingMail, Person

SUBJECT_LIMIT = 300


def letter(
    kind: str,
    person: Person,
    context: dict[str, Any],
    *,
    now: datetime,
    milestone: Milestone | None = None,
    template: str = "",
) -> OutgoingMail:
    """The unsaved outbox row of the templates `emails/KIND-{subject.txt,body.txt,body.html}`; `template` is another
    name for KIND in theirs, where one kind says several things."""
    mail = OutgoingMail(
        kind=kind,
        recipient=person,
        to=person.email,
        language=person.language,
        milestone=milestone,
        due_at=now,
    )
    mail.created_at = now
    fill(mail, template or kind, context | {"person": person})
    return mail


def fill(mail: OutgoingMail, name: str, context: dict[str, Any]) -> None:
    """Render subject, text and HTML into `mail`; links to act on are left as placeholders."""
    base = {
        "base_url": settings.BASE_URL,
        "mute_url": links.placeholder("mute"),
        "lang": mail.language,
    }
    with translation.override(mail.language):
        mail.subject = " ".join(_render(f"{name}-subject.txt", base | context).split())[:SUBJECT_LIMIT]
        mail.text = _render(f"{name}-body.txt", base | context).strip() + "\n"
        mail.html = _inliner().inline(_render(f"{name}-body.html", base | context | {"subject": mail.subject}))


def plan_url(plan_code: str) -> str:
    return f"{settings.BASE_URL}/plans/{quote(plan_code, safe='')}/"


def milestone_url(plan_code: str, code: str) -> str:
    return f"{plan_url(plan_code)}milestones/{quote(code, safe='')}/"


def notice_url(notice: Notice) -> str:
    return f"{settings.BASE_URL}/notices/{notice.pk}/"


def _render(name: str, context: dict[str, Any]) -> str:
    return str(_template(name).render(context))


@lru_cache(maxsize=64)
def _template(name: str) -> Any:
    return loader.get_template(f"emails/{name}")


@lru_cache(maxsize=1)
def _inliner() -> css_inline.CSSInliner:
    return css_inline.CSSInliner(keep_style_tags=True, load_remote_stylesheets=False)
