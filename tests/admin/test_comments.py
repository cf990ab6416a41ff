"""Does the office comment, withdraw and let people watch in the workbench?"""

from __future__ import annotations

from typing import Any

import pytest

from milestones.conversation import comments, watching
from milestones.models import ChangeEntry, Comment, OutgoingMail, Watch
from tests.admin.forms import Desk
from tests.admin.test_saving import url
from tests.cast import NOW, Cast, acting

LIST = "/admin/milestones/comment/"


@pytest.fixture
def comment(running: Cast) -> Comment:
    return comments.add(running.roof, "模板 <b>已到场</b>", actor=acting(running.owner), now=NOW)


def test_a_comment_is_added_on_the_milestones_page(desk: Desk, running: Cast) -> None:
    answer = desk.client.post(url(running.roof, "more/comment"), {"text": "@owner 请看"}, follow=True)
    assert "whoever it names is told by mail" in answer.content.decode()
    assert Comment.objects.get().author == running.office
    assert OutgoingMail.objects.get().recipient == running.owner
    assert "@owner 请看" in desk.text(url(running.roof))


def test_a_refused_mention_comes_back_with_the_text(desk: Desk, running: Cast) -> None:
    answer = desk.client.post(url(running.roof, "more/comment"), {"text": "@viewer 请看"})
    assert "viewer" in str(answer.context["form"].errors["text"])
    assert "@viewer 请看" in answer.content.decode()
    assert not Comment.objects.exists()


def test_a_withdrawn_text_is_nowhere_but_in_its_entry(desk: Desk, running: Cast, comment: Comment) -> None:
    assert "已到场" in desk.text(url(comment))
    assert desk.client.post(url(comment, "do/withdraw"), {"version": 1, "reason": "写错"}).status_code == 302
    for page in (url(comment), LIST, url(running.roof)):
        text = desk.text(page)
        assert "已到场" not in text, page
        assert "withdrawn: 写错" in text, page
    assert "已到场" in ChangeEntry.objects.of(comment)[0].changes["text"][1]
    assert "do/withdraw" not in desk.text(url(comment))


def test_the_history_names_who_was_mentioned(desk: Desk, running: Cast) -> None:
    found = comments.add(running.roof, "@leader 请看", actor=acting(running.owner), now=NOW)
    (made,) = desk.client.get(url(found, "history")).context["changes"]
    assert made.verb == "comment made"
    assert ("mentioned", "", "leader") in [(d.label, d.old, d.new) for d in made.differences]


def test_people_are_made_to_watch_and_let_go(desk: Desk, running: Cast) -> None:
    page = url(running.roof, "more/watch")
    assert desk.client.post(page, {"person": str(running.viewer.pk), "what": "start"}).status_code == 302
    assert Watch.objects.get().person == running.viewer
    assert "viewer" in desk.text(url(running.roof))
    assert desk.client.post(page, {"person": str(running.viewer.pk), "what": "stop"}).status_code == 302
    assert not Watch.objects.exists()


def test_every_page_opens_in_both_languages(desk: Desk, running: Cast, comment: Comment) -> None:
    watching.start(running.roof, actor=acting(running.viewer), now=NOW)
    pages = [LIST, f"{LIST}?withdrawn=yes", url(comment), url(comment, "history"), url(comment, "do/withdraw")]
    pages += [url(running.roof), *(url(running.roof, f"more/{what}") for what in ("comment", "watch"))]
    for language in ("en", "zh-hans"):
        desk.client.cookies["django_language"] = language
        assert {page: desk.client.get(page).status_code for page in pages} == dict.fromkeys(pages, 200)


def test_it_is_the_offices_alone(running: Cast, comment: Comment, client_of: Any) -> None:
    client = client_of(running.coordinator)
    for page in (LIST, url(comment), url(comment, "do/withdraw"), url(running.roof, "more/comment")):
        assert client.get(page).status_code == 403
