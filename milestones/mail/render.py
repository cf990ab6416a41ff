"""How do three templates become one mail in the recipient's language?"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any
from urllib.parse import quote

import css_inline
from django.conf import settings
from django.template import loader
from django.utils import translation

from milestones import links, reasons
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
    if "reason" in context:
        context = context | {"reason": reasons.later(context["reason"])}
    mail.template, mail.context = template or kind, context | {"person": person}
    fill(mail, mail.template, mail.context)
    return mail


def fill(mail: OutgoingMail, name: str, context: dict[str, Any]) -> None:
    """Render subject, text and HTML into `mail`; links to act on are left as placeholders."""
    context = base(mail.language) | context
    with translation.override(mail.language):
        mail.subject = subject(f"{name}-subject.txt", context)
        mail.text = rendered(f"{name}-body.txt", context).strip() + "\n"
        mail.html = inlined(rendered(f"{name}-body.html", context | {"subject": mail.subject}))


def base(language: str) -> dict[str, Any]:
    """What every template of a mail may say."""
    return {"base_url": settings.BASE_URL, "mute_url": links.placeholder("mute"), "lang": language}


def subject(name: str, context: Mapping[str, Any]) -> str:
    return " ".join(rendered(name, context).split())[:SUBJECT_LIMIT]


def rendered(name: str, context: Mapping[str, Any]) -> str:
    """The template `emails/NAME`, in the active language."""
    return str(_template(name).render(dict(context)))


def inlined(page: str) -> str:
    """With its styles at each element, for the readers that know no style sheet."""
    return _inliner().inline(page)


def plan_url(plan_code: str) -> str:
    return f"{settings.BASE_URL}/plans/{quote(plan_code, safe='')}/"


def milestone_url(plan_code: str, code: str) -> str:
    return f"{plan_url(plan_code)}milestones/{quote(code, safe='')}/"


def notice_url(notice: Notice) -> str:
    return f"{settings.BASE_URL}/notices/{notice.pk}/"


@lru_cache(maxsize=64)
def _template(name: str) -> Any:
    return loader.get_template(f"emails/{name}")


@lru_cache(maxsize=1)
def _inliner() -> css_inline.CSSInliner:
    return css_inline.CSSInliner(keep_style_tags=True, load_remote_stylesheets=False)
