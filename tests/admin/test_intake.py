"""Does the office get from a published text to milestones of the plan, deciding on each beside the text?"""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from milestones.models import ChangeEntry, GuardRefusal, IntakeText, Milestone, Plan, Target, Workstream
from milestones.planning import operations
from tests.cast import LATER, SYSTEM, Cast

pytestmark = pytest.mark.django_db

READ = "/admin/milestones/intaketext/read/"
TEXT = """海湾片区2023年工作要点

一、产业
1.6月底前建成海湾检测中心。（牵头单位：金贸处）
2.引进研发机构不少于10家。
二、开放
3.三季度末印发海湾跨境贸易行动方案。（牵头单位：不存在的局）
4.年内举办海湾开放论坛。
"""


@pytest.fixture
def browser(cast: Cast, client_of: Any) -> Client:
    client: Client = client_of(cast.office)
    client.cookies["django_language"] = "en"
    return client


def read_in(client: Client, plan: Plan, text: str = TEXT, **typed: Any) -> Any:
    return client.post(READ, {"plan": plan.pk, "text": text, **typed}, follow=True)


def press(client: Client, **typed: Any) -> Any:
    """On the page of the latest text, with every field as it is shown but for what is typed."""
    url = reverse("admin:milestones_intaketext_change", args=[IntakeText.objects.first().pk])  # type: ignore[union-attr]
    shown = client.get(url).context["cards"]["new"]
    data: dict[str, Any] = {}
    for card in shown:
        for field in card.form or ():
            value = field.value()
            parts = field.field.widget.decompress(value) if field.name == "due" else []
            data |= {
                f"{field.html_name}_{half}": str(part) for half, part in zip(("on", "precision"), parts, strict=False)
            }
            data[field.html_name] = "" if value is None else str(value)
    return client.post(url, data | typed, follow=True)


def page(answer: Any) -> str:
    return str(answer.content.decode())


def titles(plan: Plan) -> set[str]:
    return {one.title for one in plan.milestones.all()} | {one.name for one in plan.targets.all()}


def test_from_the_pasted_text_to_milestones_that_keep_their_place(cast: Cast, browser: Client) -> None:
    before = titles(cast.plan)
    shown = page(read_in(browser, cast.plan))
    text = IntakeText.objects.get()
    assert (text.name, text.person) == ("海湾片区2023年工作要点", cast.office)
    assert '<mark class="new">6月底前建成海湾检测中心</mark>' in shown
    assert 'href="#p-1"' in shown
    assert titles(cast.plan) == before

    wrong = press(browser, accept="1", **{"p1-title": "海湾检测中心启用", "p2-value": "ten", "p3-kind": "event"})
    assert "Value: Enter a number." in page(wrong)
    assert 'value="ten"' in page(wrong)
    centre = Milestone.objects.get(title="海湾检测中心启用")
    assert TEXT[centre.source_start : centre.source_end] == "6月底前建成海湾检测中心"
    assert (centre.lead, str(centre.due), centre.workstream.title) == (cast.bureau, "2023-06", "产业")
    assert ChangeEntry.objects.of(centre).get().verb == "milestone.create"

    press(browser, reject="4")
    outside = press(browser, accept="all", **{"p3-due_on": "2025-06-30", "p2-value": "12.5"})
    assert "This is not due within the plan" in page(outside)
    assert Target.objects.get(name="引进研发机构").value == 12.5
    done = press(browser, accept="all", **{"p3-due_on": "2023-10-31", "p3-due_precision": "month"})
    assert "不存在的局" in page(done)
    rules = Milestone.objects.get(title__contains="行动方案")
    assert (rules.kind, str(rules.due), rules.workstream.title) == ("event", "2023-10", "开放")
    assert not Milestone.objects.filter(title__contains="论坛").exists()
    assert "Nothing is left to decide" in page(done)
    press(browser, reopen="4")
    press(browser, accept="4")
    assert Milestone.objects.filter(title__contains="论坛").count() == 1


def test_a_newer_version_shows_what_differs_and_makes_nothing_twice(cast: Cast, browser: Client) -> None:
    read_in(browser, cast.plan)
    press(browser, reject="4")
    press(browser, accept="all")
    had, streams = titles(cast.plan), Workstream.objects.count()
    read_in(browser, cast.plan)
    assert IntakeText.objects.count() == 1
    cast.activate()

    newer = TEXT.replace("10家", "15家").replace("6月底前", "11月底前") + "5.年内建成海湾书院。\n"
    shown = read_in(browser, cast.plan, newer)
    assert "<del>10</del> → <ins>15</ins>" in page(shown)
    assert [card.title for card in shown.context["cards"]["new"]] == ["建成海湾书院"]
    assert [card.number for card in shown.context["cards"]["rejected"]] == [4]
    press(browser, accept="all")
    assert titles(cast.plan) - had == {"建成海湾书院"}
    press(browser, take="2")
    press(browser, take="1", reason="修订稿")
    assert Target.objects.get(name="引进研发机构").value == 15
    centre = Milestone.objects.get(title="建成海湾检测中心")
    assert (str(centre.due), centre.date_revisions.get().reason) == ("2023-11", "修订稿")
    assert Workstream.objects.count() == streams

    shorter = read_in(browser, cast.plan, newer.replace("5.年内建成海湾书院。\n", "").replace("修订", ""))
    assert [one.title for one in shown.context["gone"]] == []
    assert [one.title for one in shorter.context["gone"]] == ["建成海湾书院"]
    assert not shorter.context["cards"]["changed"]


def test_a_marked_text_is_refused_whole_and_nothing_is_kept(cast: Cast, browser: Client) -> None:
    marked = TEXT + "机密★10年\n"
    assert "line 9 of the text" in page(read_in(browser, cast.plan, marked))
    sent = {"plan": cast.plan.pk, "file": SimpleUploadedFile("points.txt", marked.encode())}
    assert "line 9 of the text" in page(browser.post(READ, sent))
    assert not IntakeText.objects.exists()
    assert GuardRefusal.objects.count() == 2
    read_in(browser, cast.plan)
    press(browser, accept="1", **{"p1-title": "机密★10年"})
    assert "机密" not in str(IntakeText.objects.get().proposals)
    assert not Milestone.objects.filter(source_start__isnull=False).exists()


def test_what_cannot_be_read_is_said_at_its_field(cast: Cast, browser: Client) -> None:
    assert "Choose a file, or paste the text." in page(browser.post(READ, {"plan": cast.plan.pk}))
    other_year = read_in(browser, cast.plan, TEXT.replace("2023", "2022"))
    assert "about 2022" in page(other_year)
    assert "海湾检测中心" in page(other_year)
    assert "Nothing in this text" in page(read_in(browser, cast.plan, "天气很好。"))
    read_in(browser, cast.plan)
    dropped = browser.post(reverse("admin:milestones_intaketext_drop", args=[IntakeText.objects.get().pk]), follow=True)
    assert "nothing of it was accepted" in page(dropped)
    assert not IntakeText.objects.exists()


def test_it_is_the_offices(cast: Cast, client_of: Any) -> None:
    for person in (cast.coordinator, cast.leader):
        assert client_of(person).get(READ).status_code == 403


def test_what_the_plan_got_meanwhile_is_not_made_again(cast: Cast, browser: Client) -> None:
    read_in(browser, cast.plan)
    values = {
        "workstream": cast.stream,
        "code": "X-1",
        "title": "举办海湾开放论坛",
        "kind": "event",
        "due": cast.roof.due,
    }
    operations.create(cast.plan, values, actor=SYSTEM, now=LATER)
    press(browser, accept="all")
    assert Milestone.objects.filter(title="举办海湾开放论坛").count() == 1
