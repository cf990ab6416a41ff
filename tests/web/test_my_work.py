"""Does everybody see what waits for them, and the office what waits for the office?"""

from __future__ import annotations

from django.test import Client

from tests.web.cast import Cast
from tests.web.conftest import SignIn


def codes(client: Client, block: str) -> list[str]:
    """The codes listed in a section of the page."""
    import re

    page = client.get("/").content.decode()
    found = re.search(rf'<section class="block" id="{block}">(.*?)</section>', page, re.DOTALL)
    return re.findall(r'<h3><span class="code">([\w-]+)', found[1]) if found else []


def test_the_owner_sees_what_is_overdue_first(cast: Cast, client_of: SignIn) -> None:
    client = client_of(cast.owner)
    assert (codes(client, "overdue"), codes(client, "rest")) == (["FIN-09"], ["FIN-08"])
    page = client.get("/").content.decode()
    assert "您的节点中，1 个已逾期。" in page
    assert "逾期 4 天" in page
    assert "/plans/p-2023/milestones/FIN-09/start/#act" in page


def test_the_coordinator_sees_what_the_unit_leads(cast: Cast, client_of: SignIn) -> None:
    assert codes(client_of(cast.coordinator), "rest") == ["FIN-08", "FIN-07"]


def test_the_office_sees_what_nobody_owns_and_what_is_late(cast: Cast, client_of: SignIn) -> None:
    client = client_of(cast.office)
    assert (codes(client, "unassigned"), codes(client, "late")) == (["FIN-07"], ["FIN-09"])
    assert "1 个尚未明确责任人" in client.get("/").content.decode()


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


def test_drafts_are_nobodys_work(cast: Cast, client_of: SignIn) -> None:
    assert "下一年的节点" not in client_of(cast.office).get("/").content.decode()


def test_the_day_strip_knows_the_holidays(cast: Cast, client_of: SignIn) -> None:
    page = client_of(cast.viewer).get("/").content.decode()
    assert "2023年9月21日 星期四</b> 工作日" in page
    assert "距年底 67 个工作日" in page
    assert "9月29日至10月6日放假，10月7日、10月8日上班" in page
