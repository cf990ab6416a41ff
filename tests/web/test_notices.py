"""Who reads, signs for, answers and prints a notice, and what stands on its sheet?"""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest

from milestones.actors import Actor
from milestones.models import Notice, Person
from milestones.notices import operations
from tests.web.cast import TODAY, Cast
from tests.web.conftest import SignIn

ROLES = ["visitor", "viewer", "leader", "outsider", "owner", "coordinator", "office"]
# fmt: off
TABLE = {
    #                  visitor viewer leader outsider owner coordinator office
    ("GET", ""):       (302,   404,   200,   404,     200,  200,        200),
    ("GET", "print"):  (302,   404,   200,   404,     200,  200,        200),
    ("POST", "sign/"): (302,   404,   403,   404,     302,  302,        302),
    ("POST", "reply/"):(302,   404,   403,   404,     302,  302,        302),
    ("POST", "cancel/"):(302,  404,   403,   404,     403,  403,        302),
    ("GET", "sign/"):  (405,   405,   405,   405,     405,  405,        405),
}
# fmt: on
HAN = re.compile(r"[\u4e00-\u9fff]")


@pytest.fixture
def notice(cast: Cast) -> Notice:
    return issue(cast)


def issue(cast: Cast, level: str = "red", **values: Any) -> Notice:
    how: Any = {"matter": "请说明滞后原因。", "actor": Actor(cast.office, "admin"), "now": TODAY, **values}
    return operations.issue(cast.ring, level=level, **how)


def person(cast: Cast, role: str) -> Person | None:
    return None if role == "visitor" else getattr(cast, role)


@pytest.mark.parametrize("role", ROLES)
def test_who_gets_which_page(cast: Cast, client_of: SignIn, role: str) -> None:
    client, found = client_of(person(cast, role)), {}
    said = {"version": 1, "reply": "下周完成", "reason": "发错单位"}
    for method, path in TABLE:
        notice = issue(cast)
        url = f"/notices/{notice.pk}/{path}"
        answer = client.post(url, said) if method == "POST" else client.get(url)
        found[method, path] = answer.status_code
        notice.refresh_from_db()
        if notice.is_open:
            operations.cancel(notice, reason="试验", actor=Actor(cast.office, "web"), now=TODAY)
    assert found == {key: row[ROLES.index(role)] for key, row in TABLE.items()}


def test_a_signature_and_an_answer_by_the_organisation(cast: Cast, notice: Notice, client_of: SignIn) -> None:
    client = client_of(cast.coordinator)
    client.post(f"/notices/{notice.pk}/sign/", {"version": 1})
    client.post(f"/notices/{notice.pk}/reply/", {"version": 2, "reply": "下周\r\n完成"})
    notice.refresh_from_db()
    assert (notice.state, notice.signed_by, notice.replied_by) == ("replied", cast.coordinator, cast.coordinator)
    page = client.get(f"/notices/{notice.pk}/").content.decode()
    assert "下周<br>" in page
    assert "<form" not in page.split("<main")[1].split("</main>")[0]


def test_what_the_office_enters_for_others_is_marked(cast: Cast, notice: Notice, client_of: SignIn) -> None:
    office = client_of(cast.office)
    office.cookies["django_language"] = "en"
    office.post(f"/notices/{notice.pk}/reply/", {"version": 1, "reply": "电话答复"})
    assert office.get(f"/notices/{notice.pk}/print").content.decode().count("on behalf of the organisation") == 2


def test_a_second_answer_is_told_kindly_and_what_was_typed_is_kept(
    cast: Cast, notice: Notice, client_of: SignIn
) -> None:
    client_of(cast.owner).post(f"/notices/{notice.pk}/sign/", {"version": 1})
    answer = client_of(cast.coordinator).post(f"/notices/{notice.pk}/reply/", {"version": 1, "reply": "我的答复"})
    assert answer.status_code == 409
    assert "我的答复" in answer.content.decode()
    assert Notice.objects.get().state == "signed"


def test_an_empty_answer_is_refused(cast: Cast, notice: Notice, client_of: SignIn) -> None:
    answer = client_of(cast.owner).post(f"/notices/{notice.pk}/reply/", {"version": 1, "reply": " "})
    assert answer.status_code == 422


@pytest.mark.parametrize("path", ["", "print"])
def test_in_english_only_what_people_wrote_is_chinese(cast: Cast, notice: Notice, client_of: SignIn, path: str) -> None:
    client = client_of(cast.leader)
    client.cookies["django_language"] = "en"
    text = client.get(f"/notices/{notice.pk}/{path}").content.decode()
    text = text.split("<article")[1].split("</article>")[0]
    own = ("金融贸易处", "金贸处", cast.ring.title, cast.plan.title, cast.stream.title, notice.matter, "某")
    for theirs in own:
        text = text.replace(theirs, "")
    assert HAN.findall(text) == []
    assert all(words in text for words in ("red notice", "No. 1 of 2023", "September 26, 2023", "overdue by"))


def test_the_sheet_has_a_word_and_a_shape_and_no_style_of_its_own(cast: Cast, client_of: SignIn) -> None:
    client = client_of(cast.leader)
    client.cookies["django_language"] = "en"
    shapes = {"blue": "<circle", "yellow": "<path", "red": "<rect"}
    for level, shape in shapes.items():
        answer = client.get(f"/notices/{issue(cast, level).pk}/print")
        text = answer.content.decode()
        assert f"{level} notice" in text
        assert shape in text
        assert not re.search(r"<script|<style|\bstyle=|\bon\w+=", text)
        assert "style-src" not in answer["Content-Security-Policy"]


def test_the_list_counts_filters_and_goes_on_by_number(cast: Cast, client_of: SignIn) -> None:
    red, blue = issue(cast, "red", now=TODAY - timedelta(days=10)), issue(cast, "blue")
    operations.reply(blue, "已完成", actor=Actor(cast.owner, "web"), now=TODAY)
    client = client_of(cast.office)
    client.cookies["django_language"] = "en"
    page = client.get("/notices/").content.decode()
    for words in (
        "Red notice <b>1</b>",
        "Answer to come <b>1</b>",
        "Answered <b>1</b>",
        "Not answered in time <b>1</b>",
    ):
        assert words.lower() in page.lower(), words
    for asked, wanted in {
        "late=1": {red}, "level=blue": {blue}, "state=replied": {blue}, "state=open&year=2023": {red},
        "organisation=TAL": set(), "before=2023-2": {red}, "level=none&year=abc&before=x": {red, blue},
    }.items():  # fmt: skip
        shown = client.get(f"/notices/?{asked}").content.decode()
        assert {one for one in (red, blue) if f"/notices/{one.pk}/" in shown} == wanted, asked
    seen = {
        role: client_of(getattr(cast, role)).get("/notices/").content.decode() for role in ("owner", "leader", "viewer")
    }
    assert {role: f"/notices/{red.pk}/" in text for role, text in seen.items()} == {
        "owner": True, "leader": True, "viewer": False,
    }  # fmt: skip


def test_a_notice_is_issued_with_its_sheet_in_sight(cast: Cast, client_of: SignIn) -> None:
    client, url = client_of(cast.office), "/notices/new/?milestone=p-2023/FIN-09"
    client.cookies["django_language"] = "en"
    form = client.get(url).content.decode()
    assert all(words in form for words in ("yellow notice", "The number is given when it is issued", 'lang="zh">某'))
    typed: dict[str, Any] = {
        "version": cast.ring.version,
        "level": "red",
        "organisation": cast.ring.lead_id,
        "matter": "",
    }
    shown = client.post(url, {**typed, "respond_days": "5"}, headers={"HX-Request": "true"}).content.decode()
    assert all(words in shown for words in ("red notice", "within 5 working days", 'hx-swap-oob="true"'))
    assert not Notice.objects.exists()
    assert client.post(url, {**typed, "respond_days": "99", "sure": "1"}).status_code == 422
    done = client.post(url, {**typed, "respond_days": "5", "sure": "1"}, follow=True).content.decode()
    assert all(words in done for words in ("The notice is issued. Told by mail:", "No. 1 of 2023", "Who was told"))
    again = client.post(url, {**typed, "sure": "1"})
    assert (again.status_code, "still open for this milestone" in again.content.decode()) == (422, True)
    stale = client.post(url, {**typed, "level": "blue", "version": 99, "sure": "1"})
    assert (stale.status_code, Notice.objects.count()) == (409, 1)


def test_only_the_office_issues(cast: Cast, client_of: SignIn) -> None:
    found = {
        role: client_of(person(cast, role)).get("/notices/new/?milestone=p-2023/FIN-09").status_code for role in ROLES
    }
    assert found == dict(zip(ROLES, (302, 403, 403, 403, 403, 403, 200), strict=True))
    assert client_of(cast.office).get("/notices/new/").status_code == 404


def test_the_office_cancels_with_a_reason(cast: Cast, notice: Notice, client_of: SignIn) -> None:
    client = client_of(cast.office)
    assert client.post(f"/notices/{notice.pk}/cancel/", {"version": 1, "reason": ""}).status_code == 422
    assert client.post(f"/notices/{notice.pk}/cancel/", {"version": 1, "reason": "发错单位"}).status_code == 302
    notice.refresh_from_db()
    assert (notice.state, notice.reason) == ("cancelled", "发错单位")


def test_a_late_answer_is_shown(cast: Cast, client_of: SignIn) -> None:
    notice = issue(cast, now=TODAY - timedelta(days=10))
    client = client_of(cast.leader)
    client.cookies["django_language"] = "en"
    assert "not answered in time" in client.get(f"/notices/{notice.pk}/").content.decode()
    operations.reply(notice, "迟复", actor=Actor(cast.owner, "web"), now=TODAY)
    assert "answered late, on September 21, 2023" in client.get(f"/notices/{notice.pk}/").content.decode()


def test_a_cancelled_notice_says_so_on_paper(cast: Cast, notice: Notice, client_of: SignIn) -> None:
    operations.cancel(notice, reason="发错单位", actor=Actor(cast.office, "web"), now=TODAY)
    client = client_of(cast.owner)
    client.cookies["django_language"] = "en"
    text = client.get(f"/notices/{notice.pk}/print").content.decode()
    assert "Cancelled; it need not be answered." in text
    assert "发错单位" in text
