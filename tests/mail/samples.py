"""One mail of every kind, as it might be on a day: for golden files and pictures."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from milestones.mail import catalogue, digest
from milestones.models import ApiClient, Notice, OutgoingMail, Person, WebhookEndpoint
from milestones.planning.calendars import calendar
from tests.cast import NOW, Cast
from tests.mail.test_letters import KINDS, REASON, red

Sample = Callable[[Cast, Person], OutgoingMail]
DAY = date(2023, 9, 21)  # a Thursday, near a holiday with make-up days
TITLES = {
    "FIN-01": ("中银西岛中心结构封顶", "Xidao Centre topped out"),
    "FIN-02": ("滴水湖高级金融学院挂牌运行", "Dishui Lake Institute of Finance inaugurated"),
    "FIN-03": ("印发跨境贸易便利化办法", "Rules for easier cross-border trade issued"),
}
# code, title, English title, due, precision, anchor, health; ids tell them apart in the links
ROWS: list[tuple[str, str, str, date, str, str, str]] = [
    (
        "FIN-09",
        "“荣耀之环”结构完成",
        "“Ring of Glory” structure completed",
        date(2023, 9, 15),
        "day",
        "after_due",
        "red",
    ),
    ("TRD-04", "长三角（浙江）金贸服务中心开工", "", date(2023, 9, 8), "day", "after_due", "yellow"),
    ("FIN-08", "中银西岛中心结构封顶", "Xidao Centre topped out", DAY, "day", "on_due", "yellow"),
    ("FIN-07", "滴水湖高级金融学院挂牌运行", "", date(2023, 9, 26), "day", "before_due", "green"),
    (
        "FIN-05",
        "长租房 REITs 试点",
        "REITs for rented housing: pilot",
        date(2023, 12, 31),
        "year",
        "pace_check",
        "green",
    ),
]


def items(cast: Cast, person: Person, count: int = len(ROWS)) -> list[digest.Item]:
    rows = [ROWS[n % len(ROWS)] for n in range(count)]
    return [
        digest.Item(
            reminder=uuid.UUID(int=900 + n), recipient=person.pk, milestone=uuid.UUID(int=100 + n), code=code,
            title=title, title_en=english, due_on=due, due_precision=precision, plan_code="lingang-2023",
            plan_year=2023, anchor=anchor, step="step", day=DAY, health=health,
        )
        for n, (code, title, english, due, precision, anchor, health) in enumerate(rows)
    ]  # fmt: skip


def composed(kind: str, cast: Cast, person: Person, rows: list[digest.Item]) -> OutgoingMail:
    return digest.digest(kind, person, rows, DAY, calendar(), now=NOW)


def _deputies(cast: Cast, person: Person) -> OutgoingMail:
    own, stood_in, known, *_rest = items(cast, person)
    stood_in = stood_in._replace(stands_in_for="联络员甲", hat="deputy")
    return composed("digest", cast, person, [own, stood_in, known._replace(hat="other", acts=False)])


def _issued(cast: Cast, person: Person, level: str, **how: Any) -> OutgoingMail:
    notice: Notice = red(cast)
    notice.level, notice.matter = level, "请说明封顶进度滞后的原因、补救措施和可核验的完成日期。"
    return catalogue.notice(person, notice, number=7, respond_days=5, overdue_days=0, now=NOW, **how)


def _silent_from_the_start(cast: Cast, person: Person) -> OutgoingMail:
    client = ApiClient(name="协同办公平台", expected_every=1440)
    return catalogue.client_silent(person, client, last_pull=None, behind=0, errors={}, now=NOW)


def _gone(cast: Cast, person: Person) -> OutgoingMail:
    """An endpoint of the office's own."""
    url = "https://hook.example.org:8443/x"
    return catalogue.webhook_off(person, WebhookEndpoint(pk=uuid.UUID(int=8), url=url), why="gone", now=NOW)


SAMPLES: Mapping[str, Sample] = {
    **KINDS,
    "digest": lambda c, p: composed("digest", c, p, items(c, p)),
    "digest_of_a_deputy": _deputies,
    "digest_of_many": lambda c, p: composed("digest", c, p, items(c, p, 37)),
    "due_today": lambda c, p: composed("due_today", c, p, items(c, p)[2:3]),
    "single": lambda c, p: composed("single", c, p, items(c, p)[:1]),
    "notice_yellow": lambda c, p: _issued(c, p, "yellow", stands_in_for="联络员甲"),
    "client_silent_from_the_start": _silent_from_the_start,
    "webhook_off_gone": _gone,
    "notice_blue_to_know": lambda c, p: _issued(c, p, "blue", speaks=False),
}


def written(name: str, cast: Cast, language: str) -> OutgoingMail:
    """In `language`, with an id that is always the same."""
    person = cast.owner
    person.language, person.display_name = language, "金贸处 联络员"
    for row in (cast.roof, cast.school, cast.rules):
        row.title, row.title_en = TITLES[row.code]
    mail = SAMPLES[name](cast, person)
    mail.pk = uuid.uuid5(uuid.NAMESPACE_URL, name)
    return mail


__all__ = ["REASON", "SAMPLES", "items", "written"]
