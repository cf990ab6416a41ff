"""Where is a usable link to be read? In the mail that leaves, and nowhere else."""

from __future__ import annotations

import base64
import logging
from email import message_from_bytes, policy
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client

from milestones import links
from milestones.mail import message
from milestones.models import ChangeEntry, OutgoingMail
from tests.answering.cast import asked, for_action, notice_to, path, reminded, typed
from tests.web.cast import Cast


def tokens(cast: Cast) -> list[str]:
    """Of mails that lie in the outbox."""
    notice, letter = notice_to(cast, cast.owner)
    digest, report = reminded(cast.owner, cast.ring, cast.roof), asked(cast.owner, cast.ring)
    return [
        *(links.sign(digest, action, cast.ring.pk) for action in ("report", "extension", "sign")),
        links.sign(report, "report", cast.ring.pk),
        links.sign(letter, "sign", notice.pk),
        links.sign(digest, "mute"),
    ]


def test_no_table_holds_one(cast: Cast, tmp_path: Any) -> None:
    found = tokens(cast)
    call_command("dumpdata", "milestones", output=str(tmp_path / "all.json"))
    dump = (tmp_path / "all.json").read_text()
    assert "/do/report/" in dump
    assert [token for token in found if token in dump] == []


def test_what_leaves_holds_them_at_every_attempt_the_same(cast: Cast) -> None:
    mail = reminded(cast.owner, cast.ring, cast.roof)
    first, second = (message.build(OutgoingMail.objects.get(pk=mail.pk)) for _ in range(2))
    assert first == second
    parts = [part.get_content() for part in message_from_bytes(first, policy=policy.default).iter_parts()]
    for text in parts:
        assert links.DOTS not in text
        assert path(mail, "report", cast.ring) in text
        assert path(mail, "report", cast.roof) in text
        assert path(mail, "extension", cast.ring) in text


def test_the_office_sees_dots(cast: Cast, client: Client) -> None:
    mail = reminded(cast.owner, cast.ring)
    client.force_login(cast.office, backend="milestones.people.sign_in.Backend")
    for page in ("change", "html"):
        shown = client.get(f"/admin/milestones/outgoingmail/{mail.pk}/{page}/").content.decode()
        assert f"/do/report/{links.DOTS}{cast.ring.pk.hex}/" in shown
        assert links.sign(mail, "report", cast.ring.pk) not in shown


@pytest.mark.parametrize("action", ["report", "extension", "sign"])
def test_neither_log_nor_history_hold_one(cast: Cast, caplog: pytest.LogCaptureFixture, action: str) -> None:
    mail, about = for_action(cast, action)
    url = path(mail, action, about)
    with caplog.at_level(logging.DEBUG, logger="django_structlog"):
        Client().get(url)
        Client().post(url, typed(action, about))
    token = url.split("/")[3]
    assert f"POST /do/{action}/{links.DOTS}/" in caplog.text
    assert token not in caplog.text
    history = str(list(ChangeEntry.objects.values_list("changes", "reason", "actor_label")))
    assert token not in history
    assert base64.urlsafe_b64decode(token + "==")[-20:].hex() not in history


def test_the_use_of_a_link_tells_which_and_not_how(cast: Cast, client: Client) -> None:
    mail, ring = for_action(cast, "report")
    client.post(path(mail, "report", ring), typed("report", ring))
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM milestones_linkuse")
        [row] = cursor.fetchall()
    assert links.sign(mail, "report", ring.pk) not in str(row)


@pytest.mark.parametrize("where", ["https://evil.example", "/do", "x"])
def test_what_people_write_about_a_milestone_gets_no_token(cast: Cast, where: str) -> None:
    mail = reminded(cast.owner, cast.ring)
    token = links.sign(mail, "report", cast.ring.pk)
    for text in (
        f"{where}/do/report/{links.DOTS}{cast.ring.pk.hex}/",
        f"{where}?to={links.placeholder('report', cast.ring.pk)}",
        links.placeholder("report", cast.ring.pk)[:-9] + "/",
    ):
        assert token not in links.fill(text, mail)
