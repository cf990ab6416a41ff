"""Does a person get everything that is held on them, and nobody else's?"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import translation

from milestones.changes.publish import publish_all
from milestones.errors import Forbidden
from milestones.mail import catalogue
from milestones.models import (
    CalendarFeed,
    Comment,
    CommentMention,
    Delegation,
    Evidence,
    Extension,
    Notice,
    OutgoingMail,
    Person,
    StatusReport,
    Watch,
)
from milestones.people import export as exporting
from milestones.people import operations as people
from milestones.people import privacy
from milestones.planning import operations
from tests.cast import JUNE, LATER, NOW, SYSTEM, Cast, acting

pytestmark = pytest.mark.django_db

DAY = date(2023, 1, 12)
STAMPS: Any = {"created_at": NOW, "updated_at": NOW}


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    with translation.override("en"):
        yield


def export(person: Person, by: Any = SYSTEM) -> dict[str, Any]:
    document: dict[str, Any] = json.loads("".join(exporting.export(person, actor=by, now=LATER)))
    return document


@pytest.fixture
def known(running: Cast) -> Cast:
    """The owner has done one of everything; so has somebody else."""
    c = running
    operations.forecast(c.roof, JUNE, reason="快", actor=acting(c.owner), now=NOW)
    operations.hand_over([c.school], c.owner, reason="接手", actor=acting(c.office), now=NOW)
    operations.hand_over([c.roof], c.other, reason="移交", actor=acting(c.office), now=NOW)
    for who, milestone in ((c.owner, c.school), (c.other, c.roof)):
        _traces(c, who, milestone)
    return c


def _traces(c: Cast, who: Person, milestone: Any) -> None:
    mine = f"{who.display_name}写的"
    base: dict[str, Any] = {"milestone": milestone, **STAMPS}
    StatusReport.objects.create(**base, author=who, as_of=DAY, progress=40, done=mine)
    dates: Any = {"due_on": DAY, "due_precision": "day", "old_on": DAY, "old_precision": "day", "decide_by": DAY}
    Extension.objects.create(**base, **dates, reason=mine, requested_by=who, requested_at=NOW)
    Evidence.objects.create(**base, title=mine, url="https://example.org/", added_by=who)
    comment = Comment.objects.create(**base, text=mine, author=who)
    CommentMention.objects.create(comment=comment, person=who)
    Watch.objects.create(**base, person=who)
    CalendarFeed.objects.create(person=who, **STAMPS)
    Delegation.objects.create(person=who, deputy=c.viewer, starts_on=DAY, ends_on=DAY, reason=mine, **STAMPS)
    number: Any = {"year": 2023, "number": 7 if who == c.owner else 8, "level": "blue", "organisation": c.bureau}
    told: Any = {"matter": "加快", "issued_on": DAY, "respond_by": DAY, "state": "signed"}
    Notice.objects.create(**base, **number, **told, signed_by=who, signed_at=NOW)
    mail = catalogue.test(who, now=NOW)
    mail.save(force_insert=True)


def test_every_kind_of_thing_is_there(known: Cast) -> None:
    found = export(known.owner)
    assert set(found) == {"about", *exporting.SECTIONS}
    lists = {name: len(rows) for name, rows in found.items() if name != "about"}
    empty = {name for name, count in lists.items() if not count}
    assert empty == {
        "addresses", "external_refs", "speaks_for", "parties", "milestones_submitted", "milestones_verified",
        "decisions", "health_overrides", "delegations_received", "report_drafts", "reminders", "texts_refused",
        "second_factors", "single_sign_on", "sessions", "sign_ins",
    }  # fmt: skip
    account = found["account"][0]
    assert (account["email"], account["display_name"], account["has_password"]) == ("owner@example.org", "owner", False)
    assert found["roles"] == [{"role": "owner", "granted_at": "2023-01-12T01:00:00+00:00"}]


def test_what_was_and_what_is_theirs_comes_from_history(known: Cast) -> None:
    found = export(known.owner)
    assert [row["code"] for row in found["accountable_now"]] == ["FIN-02"]
    assert [(row["verb"], row["became"]) for row in found["accountable_over_time"]] == [
        ("milestone.create", "accountable"),
        ("milestone.hand_over", "accountable"),
        ("milestone.hand_over", "former"),
    ]
    assert [(row["verb"], row["reason"]) for row in found["changes_made"]] == [("milestone.forecast", "快")]


def test_their_own_words_are_there_and_nobody_elses(known: Cast) -> None:
    text = json.dumps(export(known.owner), ensure_ascii=False)
    assert text.count("owner写的") == 5
    assert "other写的" not in text
    assert "other@example.org" not in text
    assert (export(known.owner)["notices"][0]["notice"], export(known.owner)["reports"][0]["about_milestone"]) == (
        "〔2023〕7号", "p-2023/FIN-02",
    )  # fmt: skip


def test_a_mail_is_there_with_its_body_as_long_as_it_is_kept(known: Cast) -> None:
    mails = export(known.owner)["mails"]
    assert all(mail["text"] and mail["to"] == "owner@example.org" for mail in mails)
    OutgoingMail.objects.update(text="", html="", body_dropped_at=LATER)
    assert [mail["subject"] for mail in export(known.owner)["mails"]] == [mail["subject"] for mail in mails]


def test_of_an_anonymised_account_only_the_id_is_left(known: Cast) -> None:
    operations.hand_over([known.school], known.other, reason="离职", actor=SYSTEM, now=NOW)
    people.deactivate(known.owner, actor=SYSTEM, now=LATER)
    privacy.anonymise(known.owner, reason="申请", actor=SYSTEM, now=LATER)
    account = export(known.owner)["account"][0]
    assert account["email"].endswith(".invalid")
    assert "owner@" not in json.dumps(export(known.owner))


@pytest.mark.parametrize("role", ["coordinator", "leader", "viewer", "other"])
def test_only_the_office_exports_others(known: Cast, role: str) -> None:
    with pytest.raises(Forbidden):
        exporting.export(known.owner, actor=acting(getattr(known, role)), now=LATER)
    assert export(known.owner, acting(known.office))["account"]
    assert export(known.owner, acting(known.owner))["account"]


def test_the_command_writes_a_private_file_once(known: Cast, tmp_path: Path) -> None:
    file = tmp_path / "owner.json"
    call_command("exportperson", "OWNER@example.org", str(file))
    assert json.loads(file.read_text())["account"][0]["email"] == "owner@example.org"
    assert file.stat().st_mode & 0o777 == 0o600
    with pytest.raises(CommandError, match="cannot be written"):
        call_command("exportperson", "owner@example.org", str(file))


def test_the_anonymise_command_asks_first(known: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    people.deactivate(known.leader, actor=SYSTEM, now=NOW)
    monkeypatch.setattr("builtins.input", lambda _question: "no")
    with pytest.raises(CommandError, match="Nothing was changed"):
        call_command("anonymise", "leader@example.org", "--reason", "申请")
    monkeypatch.setattr("builtins.input", lambda _question: "leader@example.org")
    call_command("anonymise", "leader@example.org", "--reason", "申请")
    assert Person.objects.get(pk=known.leader.pk).anonymised_at is not None
    with pytest.raises(CommandError, match="There is no person"):
        call_command("anonymise", "leader@example.org", "--reason", "申请", "--yes")


def test_everybody_downloads_their_own_in_their_settings(known: Cast, client: Client) -> None:
    client.force_login(known.owner)
    assert "/me/data.json" in client.get("/me/").content.decode()
    response = client.get("/me/data.json")
    document = json.loads(b"".join(response.streaming_content))  # type: ignore[attr-defined]
    assert document["account"][0]["email"] == "owner@example.org"
    assert response["Cache-Control"] == "no-store"
    assert "attachment" in response["Content-Disposition"]


def test_the_office_does_both_in_its_workbench(known: Cast, client: Client) -> None:
    client.force_login(known.office)
    page = f"/admin/milestones/person/{known.leader.pk}"
    people.deactivate(known.leader, actor=SYSTEM, now=NOW)
    assert f"{page}/do/anonymise/" in client.get(f"{page}/change/").content.decode()
    document = json.loads(b"".join(client.get(f"{page}/export/").streaming_content))  # type: ignore[attr-defined]
    assert document["account"][0]["email"] == "leader@example.org"
    asked = {"version": Person.objects.get(pk=known.leader.pk).version, "reason": "申请"}
    assert client.post(f"{page}/do/anonymise/", asked).status_code == 200  # not confirmed
    assert Person.objects.get(pk=known.leader.pk).anonymised_at is None
    assert client.post(f"{page}/do/anonymise/", {**asked, "sure": "on"}).status_code == 302
    after = client.get(f"{page}/change/").content.decode()
    assert "do/anonymise/" not in after
    assert "do/reactivate/" not in after
    publish_all()


def test_the_outbox_says_that_a_body_is_gone(known: Cast, client: Client) -> None:
    client.force_login(known.office)
    mail = OutgoingMail.objects.filter(recipient=known.owner)[0]
    OutgoingMail.objects.update(text="", html="", body_dropped_at=LATER, state="failed")
    shown = client.get(f"/admin/milestones/outgoingmail/{mail.pk}/change/").content.decode()
    assert "<iframe" not in shown
    assert "do/resend" not in shown
