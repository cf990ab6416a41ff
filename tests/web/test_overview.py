"""Does the overview say what is so, and does each number lead to its rows?"""

from __future__ import annotations

import re

from django.utils import timezone

from milestones.actors import Actor
from milestones.conversation import comments
from milestones.models import ChangeEntry, Person
from tests.web.cast import Cast
from tests.web.conftest import SignIn

PLAN = "/plans/p-2023/"


def test_the_verdict_counts_facts(cast: Cast, client_of: SignIn) -> None:
    page = client_of(cast.leader).get(PLAN).content.decode()
    assert "3 个节点已核销 0 个，按权重 0.0%；序时进度 72.3%。" in page
    assert "1 个已逾期，1 个尚未明确责任人。" in page


def test_each_number_leads_to_its_rows(cast: Cast, client_of: SignIn) -> None:
    client = client_of(cast.leader)
    page = client.get(PLAN).content.decode()
    for key, number in re.findall(r'href="\?show=(\w+)#rows".*?<span class="headline">(\d+)</span>', page):
        rows = client.get(PLAN, {"show": key}).content.decode()
        assert rows.count('<th scope="row"><span class="code">') == int(number), key
    assert "FIN-09" in client.get(PLAN, {"show": "FIN"}).content.decode()
    assert 'id="rows"' not in client.get(PLAN, {"show": "<script>"}).content.decode()


def test_a_target_shows_its_latest_reading_against_the_goal(cast: Cast, client_of: SignIn) -> None:
    page = client_of(cast.leader).get(PLAN).content.decode()
    assert '<span class="value">18.3%</span><span class="goal">/ ≥ 20%</span>' in page
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
