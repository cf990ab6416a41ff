"""Does everybody see what waits for them, and the office what waits for the office?"""

from __future__ import annotations

import re
from datetime import date, timedelta

from django.test import Client

from milestones.actors import Actor
from milestones.conversation import comments
from milestones.extensions import operations as extensions
from milestones.models import Person
from milestones.notices import operations as notices
from milestones.people import organisations
from milestones.planning import plans
from milestones.status_reports import operations as reports
from milestones.workdays.periods import FuzzyDate
from tests.web.cast import SYSTEM, TODAY, Cast
from tests.web.conftest import SignIn


def codes(client: Client, block: str) -> list[str]:
    """The codes listed in a section of the page."""
    page = client.get("/").content.decode()
    found = re.search(rf'<section class="block" id="{block}">(.*?)</section>', page, re.DOTALL)
    return re.findall(r'<h3><span class="code">([\w-]+)', found[1]) if found else []


def english(client_of: SignIn, reader: Person) -> Client:
    client = client_of(reader)
    client.cookies["django_language"] = "en"
    return client


def verdict(client: Client) -> str:
    page = client.get("/").content.decode()
    said = re.sub("<[^>]+>", "", page[page.index('<p class="verdict">') : page.index('<div class="columns">')])
    return " ".join(said.split())


def test_the_owner_sees_what_is_overdue_first_and_which_reports_are_owed(cast: Cast, client_of: SignIn) -> None:
    client = english(client_of, cast.owner)
    assert (codes(client, "overdue"), codes(client, "reports"), codes(client, "rest")) == (["FIN-09"], ["FIN-08"], [])
    assert verdict(client) == "For you: 1 is overdue, 2 reports to file."
    page = client.get("/").content.decode()
    assert "4 days overdue" in page
    assert "weekly report, September 22" in page
    assert page.count("/report/#act") == 2


def test_what_was_reported_asks_for_nothing(cast: Cast, client_of: SignIn) -> None:
    for row in (cast.roof, cast.ring):
        said = {"as_of": TODAY.date(), "progress": 60, "done": "封顶"}
        reports.file(row, said, actor=Actor(cast.owner, "web"), now=TODAY)
    client = english(client_of, cast.owner)
    assert (codes(client, "reports"), codes(client, "rest")) == ([], ["FIN-08"])
    assert verdict(client) == "For you: 1 is overdue."


def test_work_begins_with_one_press(cast: Cast, client_of: SignIn) -> None:
    """A milestone that asks for no report offers the next step itself."""
    plans.edit(cast.plan, {"report_cadence": "none"}, actor=SYSTEM, now=TODAY)
    client = client_of(cast.owner)
    page = client.get("/").content.decode()
    url, version = re.findall(r'action="([^"]+/start/)">.*?name="version" value="(\d+)"', page, re.DOTALL)[0]
    assert client.post(url, {"version": version}).status_code == 302
    cast.ring.refresh_from_db()
    assert cast.ring.state == "in_progress"


def test_a_notice_is_signed_for_where_it_stands(cast: Cast, client_of: SignIn) -> None:
    notice = notices.issue(cast.ring, level="yellow", matter="说明原因", actor=Actor(cast.office, "web"), now=TODAY)
    client = english(client_of, cast.coordinator)
    assert "1 notice waits for you" in verdict(client)
    page = client.get("/").content.decode()
    form = re.search(r'action="([^"]+/sign/?)">.*?name="version" value="(\d+)"', page, re.DOTALL)
    assert form is not None
    assert client.post(form[1], {"version": form[2]}).status_code == 302
    notice.refresh_from_db()
    assert notice.signed_by == cast.coordinator
    page = client.get("/").content.decode()
    assert "/sign" not in page[page.index('id="letters"') :]
    assert 'id="letters"' not in client_of(cast.outsider).get("/").content.decode()


def test_a_leader_decides_and_whoever_is_mentioned_answers(cast: Cast, client_of: SignIn) -> None:
    unit = cast.ring.lead
    assert unit is not None
    organisations.edit(unit, {"supervising_leader": cast.leader}, actor=SYSTEM, now=TODAY)
    owner = Actor(cast.owner, "web")
    until = FuzzyDate(date(2023, 10, 13))
    extensions.request(cast.ring, due=until, reason="构件晚到", progress=80, actor=owner, now=TODAY)
    comments.add(cast.ring, "请补充", mentions=[cast.owner], actor=Actor(cast.leader, "web"), now=TODAY)
    leader = english(client_of, cast.leader)
    assert verdict(leader) == "For you: 1 extension to decide."
    assert re.search(r'href="/approvals/extension/[^"]+">Decide', leader.get("/").content.decode())
    page = english(client_of, cast.owner).get("/").content.decode()
    assert "请补充" in page[page.index('id="mentions"') :]
    assert "asked for more time" in page[page.index('id="elsewhere"') :]
    comments.add(cast.ring, "已补充", actor=owner, now=TODAY + timedelta(minutes=1))
    assert 'id="mentions"' not in client_of(cast.owner).get("/").content.decode()


def test_the_coordinator_sees_what_the_unit_leads(cast: Cast, client_of: SignIn) -> None:
    assert codes(client_of(cast.coordinator), "rest") == ["FIN-08", "FIN-07"]


def test_the_office_sees_what_nobody_owns_and_what_is_late(cast: Cast, client_of: SignIn) -> None:
    client = english(client_of, cast.office)
    assert (codes(client, "unassigned"), codes(client, "late")) == (["FIN-07"], ["FIN-09"])
    assert verdict(client) == "In the active plans: 1 not yet assigned, 1 past due."


def test_a_submission_waits_for_the_office_and_leaves_the_owners_list(cast: Cast, client_of: SignIn) -> None:
    owner = client_of(cast.owner)
    done = {"statement": "完成", "actual_on": "2023-09-14", "actual_precision": "day", "version": 2}
    assert owner.post("/plans/p-2023/milestones/FIN-09/submit/", done).status_code == 302
    assert codes(owner, "overdue") == []
    assert "等别人" in owner.get("/").content.decode()
    assert codes(client_of(cast.office), "to-verify") == ["FIN-09"]


def test_somebody_without_duties_is_told_how_they_come(cast: Cast, client_of: SignIn) -> None:
    page = client_of(cast.viewer).get("/").content.decode()
    assert "目前没有您的节点" in page
    assert 'href="/plans/p-2023/"' in page
    assert 'id="plans"' in page
    assert 'id="plans"' not in client_of(cast.owner).get("/").content.decode()


def test_drafts_are_nobodys_work(cast: Cast, client_of: SignIn) -> None:
    assert "下一年的节点" not in client_of(cast.office).get("/").content.decode()


def test_the_day_strip_knows_the_holidays(cast: Cast, client_of: SignIn) -> None:
    page = client_of(cast.viewer).get("/").content.decode()
    assert "2023年9月21日 星期四</b> 工作日" in page
    assert "距年底 67 个工作日" in page
    assert "9月29日至10月6日放假，10月7日、10月8日上班" in page
