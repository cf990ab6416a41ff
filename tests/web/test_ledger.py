"""Can the ledger be read, narrowed, kept, exported and changed, with nothing but links and forms?"""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client

from milestones.jobs import queue
from milestones.models import Comment, Job, Milestone, SavedView
from milestones.web.presenters import ledger_bulk
from milestones.web.views import ledger_bulk as view
from tests.web.cast import TODAY, Cast
from tests.web.conftest import SignIn


def codes(page: Any) -> list[str]:
    return re.findall(r'c-code">([\w-]+)', page.content.decode())


def chosen(*rows: Milestone) -> list[str]:
    return [f"{row.pk}:{row.version}" for row in rows]


def kept(page: Any) -> dict[str, str]:
    """What the page of many sends with the next step."""
    found = re.findall(r'type="hidden" name="(act|query|row)" value="([^"]*)"', page.content.decode())
    return dict(found)


def test_the_worst_stands_first_and_the_draft_is_the_offices(cast: Cast, client_of: SignIn) -> None:
    assert codes(client_of(cast.viewer).get("/ledger/"))[0] == "FIN-09"
    assert "FIN-01" not in codes(client_of(cast.viewer).get("/ledger/?plan=all"))
    assert "FIN-01" in codes(client_of(cast.office).get("/ledger/?plan=all"))


def test_filters_stand_as_chips_that_lead_to_the_ledger_without_them(cast: Cast, client_of: SignIn) -> None:
    client = client_of(cast.viewer)
    page = client.get("/ledger/?q=xidao&lead=FTB&due_from=gestern")
    assert codes(page) == ["FIN-08"]
    chips = re.findall(r'<span class="token">.*?<b>(.*?)</b><a href="([^"]+)"', page.content.decode())
    without = {value: parse_qs(urlsplit(href.replace("&amp;", "&")).query) for value, href in chips}
    assert without["金贸处"] == {"q": ["xidao"]}
    assert without["xidao"] == {"lead": ["FTB"]}
    assert "gestern" in page.content.decode()
    assert codes(client.get("/ledger/", {"q": "岛 状态:计划中 牵头:金贸处"})) == ["FIN-08"]


def test_an_owner_is_picked_by_name_or_unit(cast: Cast, client_of: SignIn) -> None:
    client = client_of(cast.viewer)
    assert codes(client.get("/ledger/", {"owner": cast.owner.email})) == ["FIN-09", "FIN-08"]
    several = client.get("/ledger/", {"owner": "jinmaochu"}).content.decode()
    assert '<details class="filters" open>' in several
    assert f'name="accountable" value="{cast.coordinator.pk}"' in several
    listed = client.get("/ledger/owners/", {"owner": "jmc", "accountable": str(cast.outsider.pk)}).content.decode()
    assert "金贸处" in listed
    assert f'value="{cast.outsider.pk}" checked' in listed
    assert 'role="status"' in client.get("/ledger/owners/", {"owner": "nobody-like-it"}).content.decode()


def test_only_the_columns_that_are_asked_for(cast: Cast, client_of: SignIn) -> None:
    text = client_of(cast.viewer).get("/ledger/?columns=owner,weight&order=-weight").content.decode()
    heads = re.findall(r'<th scope="col" class="c-(\w+)', text)
    assert heads == ["code", "title", "owner", "weight"]
    assert 'class="c-weight n" aria-sort="descending"' in text


def test_nothing_found_says_what_to_do(cast: Cast, client_of: SignIn) -> None:
    text = client_of(cast.viewer).get("/ledger/?q=there-is-no-such-thing").content.decode()
    assert 'class="nothing"' in text
    assert 'href="/ledger/"' in text


def test_a_view_is_kept_found_renamed_and_deleted(cast: Cast, client_of: SignIn) -> None:
    office, viewer = client_of(cast.office), client_of(cast.viewer)
    office.post("/ledger/views/keep/", {"name": "晨会", "query": "state=open&cursor=x", "shared": "1"})
    kept = SavedView.objects.get()
    assert (kept.query, kept.shared) == ("state=open", True)
    tabs = viewer.get("/ledger/views/?state=open").content.decode()
    assert re.search(r'aria-current="page">晨会.*?<span class="number">3</span>', tabs)
    assert viewer.post(f"/ledger/views/{kept.pk}/", {"delete": "1"}).status_code == 302
    assert SavedView.objects.exists(), "what is shared is the office's"
    office.post(f"/ledger/views/{kept.pk}/", {"name": "早会"})
    assert SavedView.objects.get().name == "早会"
    office.post(f"/ledger/views/{kept.pk}/", {"delete": "1"})
    assert not SavedView.objects.exists()


def test_what_is_exported_is_what_is_seen_or_what_is_chosen(cast: Cast, client_of: SignIn) -> None:
    client = client_of(cast.viewer)
    answer = client.post("/ledger/export/", {"query": "health=red&columns=code,title&cursor=abc"})
    job = Job.objects.get()
    assert answer.url == f"/jobs/{job.pk}/"  # type: ignore[attr-defined]
    assert (job.kind, job.params) == ("ledger_export", {"query": "health=red&columns=code,title"})
    client.post("/ledger/export/", {"query": "", "row": chosen(cast.roof, cast.secret)})
    assert Job.objects.latest("created_at", "id").params == {"query": "plan=p-2023&code=FIN-08"}


def test_many_are_looked_at_and_then_changed_but_for_those_that_cannot_be(cast: Cast, client_of: SignIn) -> None:
    client = client_of(cast.office)
    page = client.post("/ledger/bulk/", {"act": "reschedule", "row": chosen(cast.roof, cast.ring), "query": "q=x"})
    typed = {**kept(page), "days": "5", "reason": "到货延后"}
    Milestone.objects.filter(pk=cast.ring.pk).update(state="cancelled")
    looked = client.post("/ledger/bulk/", {**typed, "step": "look"})
    text = looked.content.decode()
    assert "→ <ins>" in text
    assert text.count('class="refused"') == 1
    assert Milestone.objects.get(pk=cast.roof.pk).due_on == cast.roof.due_on
    done = client.post("/ledger/bulk/", {**typed, "step": "apply"})
    assert done.url == "/ledger/?q=x"  # type: ignore[attr-defined]
    assert Milestone.objects.get(pk=cast.roof.pk).due_on.isoformat() == "2023-11-07"


def test_what_is_wrong_keeps_what_was_typed(cast: Cast, client_of: SignIn) -> None:
    client = client_of(cast.office)
    typed = {"act": "reschedule", "row": chosen(cast.roof), "days": "0", "reason": "到货延后", "step": "apply"}
    refused = client.post("/ledger/bulk/", typed)
    assert refused.status_code == 422
    assert "到货延后" in refused.content.decode()
    assert Milestone.objects.get(pk=cast.roof.pk).version == cast.roof.version


def test_all_that_match_become_long_work_when_they_are_many(
    cast: Cast, client_of: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (ledger_bulk, view):
        monkeypatch.setattr(module, "SHORT", 2)
    client = client_of(cast.office)
    page = client.post("/ledger/bulk/", {"act": "chase", "all": "1", "query": "plan=p-2023"})
    assert len(kept(page)["row"].split()) == 3
    answer = client.post("/ledger/bulk/", {**kept(page), "text": "请填报", "step": "apply"})
    job = Job.objects.get()
    assert answer.url == f"/jobs/{job.pk}/"  # type: ignore[attr-defined]
    assert len(job.params["rows"]) == job.total == 3
    assert not Comment.objects.exists(), "a worker does it"


def test_only_those_who_answer_for_many_change_many(cast: Cast, client_of: SignIn) -> None:
    sent = {"act": "cancel", "row": chosen(cast.roof), "reason": "不再建设", "step": "apply"}
    for person, status in ((cast.viewer, 403), (cast.owner, 403), (cast.leader, 403)):
        assert client_of(person).post("/ledger/bulk/", sent).status_code == status
        assert 'name="row"' not in client_of(person).get("/ledger/").content.decode()
    assert client_of(cast.coordinator).post("/ledger/bulk/", sent).status_code == 422
    assert Milestone.objects.get(pk=cast.roof.pk).state == "planned"


def test_long_work_is_its_persons_and_the_offices(cast: Cast, client_of: SignIn) -> None:
    job = queue.ask("ledger_export", {"query": ""}, person=cast.viewer, now=TODAY, total=40)
    page, file = f"/jobs/{job.pk}/", f"/jobs/{job.pk}/file"
    found = {name: client_of(getattr(cast, name)).get(page).status_code for name in ("viewer", "office", "owner")}
    assert found == {"viewer": 200, "office": 200, "owner": 404}
    assert 'hx-trigger="every 2s"' in client_of(cast.viewer).get(page).content.decode()
    assert client_of(cast.viewer).get(file).status_code == 404
    Job.objects.filter(pk=job.pk).update(state="done", file_name="台账.xlsx", done=40, finished_at=TODAY)
    queue.file_of(job).write_bytes(b"PK")
    answer = client_of(cast.viewer).get(file)
    assert answer.headers["Content-Disposition"].startswith("attachment;")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert b"".join(answer.streaming_content) == b"PK"  # type: ignore[attr-defined]
    assert client_of(cast.owner).get(file).status_code == 404
    assert "every 2s" not in client_of(cast.viewer).get(page).content.decode()


def hits(client: Client, q: str) -> str:
    answer = client.get("/search/", {"q": q})
    return answer.content.decode() if answer.status_code == 200 else answer.headers["Location"]


def test_search_finds_by_text_pinyin_initials_and_code(cast: Cast, client_of: SignIn) -> None:
    client = client_of(cast.viewer)
    for q in ("西岛", "xidao", "ZYXD"):
        assert "中银西岛中心结构封顶" in hits(client, q)
    assert hits(client, "fin-07") == "/plans/p-2023/milestones/FIN-07/"
    assert "贷款余额增长" in hits(client, "dkye")
    assert "lead=FTB" in hits(client, "jmc")
    assert f"accountable={cast.owner.pk}" in hits(client, "owner")
    assert "下一年的节点" not in hits(client, "下一年")
    assert "下一年的节点" in hits(client_of(cast.office), "下一年")
    assert 'class="nothing"' in hits(client, "nothing-like-it")
