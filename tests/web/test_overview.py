"""Does the overview say what is so, and does each number lead to its rows?"""

from __future__ import annotations

import re

import pytest
from django.utils import timezone

from milestones.actors import Actor
from milestones.conversation import comments
from milestones.models import ChangeEntry, Milestone, Person
from milestones.planning import operations
from milestones.planning.assessing import assess
from milestones.status_reports import operations as reports
from milestones.web.presenters import streams
from tests.web.cast import SYSTEM, TODAY, Cast
from tests.web.conftest import SignIn

PLAN = "/plans/p-2023/"


@pytest.fixture(autouse=True)
def judged(cast: Cast) -> None:
    """As the night's job did: `ring` is overdue, the others were not reported on."""
    assess(TODAY)
    for row in (cast.roof, cast.ring, cast.school):
        row.refresh_from_db()


def english(client_of: SignIn, reader: Person) -> str:
    client = client_of(reader)
    client.cookies["django_language"] = "en"
    return str(client.get(PLAN).content.decode())


def report(milestone: Milestone, by: Person, progress: int) -> None:
    said = {"as_of": TODAY.date(), "progress": progress, "done": "封顶"}
    reports.file(milestone, said, actor=Actor(by, "web"), now=TODAY)


LINKED = r'<a href="(/ledger/[^"]*)">(\d+)</a>'


def test_the_verdict_is_a_sentence_with_linked_numbers(cast: Cast, client_of: SignIn) -> None:
    page = english(client_of, cast.leader)
    said = re.sub("<[^>]+>", "", page[page.index('<p class="verdict">') : page.index('<div class="columns">')])
    assert "0 of 3 milestones verified; weighted progress is 0.0%, 72.3 points behind the time gone." in said
    assert "1 late, 2 at risk, 1 overdue, 1 without an owner." in said


def test_each_number_leads_to_as_many_rows(cast: Cast, client_of: SignIn) -> None:
    report(cast.roof, cast.owner, 100)
    page = english(client_of, cast.leader)
    client = client_of(cast.leader)
    counts = re.findall(
        r'<a href="([^"]+)">\s*<span class="health .*?<span class="headline">(\d+)</span>', page, re.DOTALL
    )
    assert len(counts) == 5
    found = [*counts, *re.findall(LINKED, page)]
    assert {url for url, _number in found} >= {"/ledger/?plan=p-2023&amp;show=overdue"}
    for url, number in found:
        answer = client.get(url.replace("&amp;", "&"))
        assert len(answer.context["page"].rows) == int(number), url


def test_what_mails_link_to_stands_in_the_ledger(cast: Cast, client_of: SignIn) -> None:
    answer = client_of(cast.leader).get(PLAN, {"show": "overdue"})
    assert answer.headers["Location"] == "/ledger/?plan=p-2023&show=overdue"


def test_progress_counts_what_was_reported_by_weight(cast: Cast, client_of: SignIn) -> None:
    """60 % of the one that weighs 2 of 4 in all."""
    operations.change(cast.roof, {"weight": 2}, reason="大", actor=SYSTEM, now=TODAY)
    report(Milestone.objects.get(pk=cast.roof.pk), cast.owner, 60)
    page = english(client_of, cast.viewer)
    assert '<p class="headline">30.0<small>' in page
    assert "Weighted progress 30.0%, of which 0.0% is verified; 72.3% of the time is gone" in page


def test_marks_stand_alone_until_they_are_too_many(
    cast: Cast, client_of: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = english(client_of, cast.viewer)
    assert page.count('<span class="unseen">FIN-0') == 3
    monkeypatch.setattr(streams, "MARKS_SHOWN", 2)
    page = english(client_of, cast.viewer)
    assert '<span class="unseen">FIN-0' not in page
    assert re.search(r'class="pile health-red" href="/ledger/\?plan=p-2023&amp;workstream=FIN&amp;health=red">', page)


def test_a_target_shows_its_latest_reading_against_the_goal(cast: Cast, client_of: SignIn) -> None:
    page = client_of(cast.leader).get(PLAN).content.decode()
    assert re.search(r'<span class="value">18.3%</span>\s*<span class="goal">/ ≥ 20%</span>', page)
    assert "为目标的 92%" in page


def test_a_target_shows_its_pace_mark_and_its_health_as_shape_and_word(cast: Cast, client_of: SignIn) -> None:
    """18.3 of 20 on 31 August, when 243 of 365 days asked for 13.3: the mark lies at 66.6 % of the goal's 176."""
    client = client_of(cast.leader)
    client.cookies["django_language"] = "en"
    page = client.get(PLAN).content.decode()
    assert '<path class="c-pace" d="M117.2 1V15"/>' in page
    assert re.search(r'<span class="health health-green" title="18.3% on August 31, when 13.3\d% was expected', page)
    assert 'href="#m-green"/></svg>on track</span>' in page


def test_the_curve_has_a_table_twin(cast: Cast, client_of: SignIn) -> None:
    page = client_of(cast.leader).get(PLAN).content.decode()
    table = page[page.index("数据表") :]
    assert "9月" in table
    assert '<td class="n">33</td>' in table  # one of three was due by the end of September


def test_what_is_overdue_slips_until_today(cast: Cast, client_of: SignIn) -> None:
    page = client_of(cast.leader).get(PLAN).content.decode()
    assert "尚未完成" in page
    assert "+4</td>" in page  # 18, 19, 20 and 21 September


def test_changes_are_told_with_their_difference(cast: Cast, client_of: SignIn) -> None:
    assert ChangeEntry.objects.filter(verb="plan.activate").exists()
    page = client_of(cast.leader).get(PLAN).content.decode()
    assert "<b>启用计划</b>" in page
    assert "状态 <del>草案</del> → <ins>启用</ins>" in page


def test_english_is_complete(cast: Cast, client_of: SignIn) -> None:
    client = client_of(cast.office)
    client.cookies["django_language"] = "en"
    for path in (PLAN, "/", "/me/", "/plans/p-2023/milestones/FIN-07/"):
        page = client.get(path).content.decode()
        ours = re.sub(r"FIN-0\d.*|简体中文|[“”]?(金|人才|中银|荣耀|滴水|贷款|月报|年度|20\d\d年)[^<]*|某", "", page)
        assert not re.search("[\u4e00-\u9fff]", ours), re.findall("[^>]*[\u4e00-\u9fff][^<]*", ours)[:3]


def test_an_empty_plan_says_what_to_do(cast: Cast, client_of: SignIn) -> None:
    cast.draft.milestones.all().delete()
    page = client_of(cast.office).get("/plans/p-2024/").content.decode()
    assert "还没有节点" in page
    assert "此计划是草案" in page


def test_the_changes_of_inner_matters_are_not_told_to_everybody(cast: Cast, client_of: SignIn) -> None:
    """What was said in comments is for the office, leaders, and people of lead and parties."""
    comments.add(cast.ring, "the crane is on its way", actor=Actor.system(), now=timezone.now())

    def told(person: Person) -> list[str]:
        return [change.change.entry.entity for change in client_of(person).get(PLAN).context["page"].changes]

    assert "comment" in told(cast.leader)
    assert "comment" not in told(cast.viewer)
