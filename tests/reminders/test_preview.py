"""Is what is announced what is then sent, and can the ledger say why?"""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.core.management import CommandError, call_command
from django.utils import translation

from milestones.models import Heartbeat, OutgoingMail, Plan, Reminder
from milestones.planning import operations, plans
from milestones.reminders import explain, explain_words
from milestones.reminders.preview import mails as digests
from milestones.reminders.preview import preview
from milestones.workdays.periods import FuzzyDate
from tests.reminders.world import SYSTEM, World, at, ledger, mails, year_end


def announced(world: World, first: date, last: date) -> list[tuple[date, str, str, str, int]]:
    coming = preview(first=first, last=last, now=at(first, 0, 0))
    return sorted((c.day, c.recipient.email, c.milestone.code, c.step, c.occurrence) for c in coming)


@pytest.mark.one_database("days of a year, decided in Python")
def test_what_is_announced_in_january_is_what_the_year_then_sends(world: World) -> None:
    world.milestone("M-1", year_end())
    world.milestone("M-2", date(2023, 6, 30))
    world.milestone("M-3", date(2023, 9, 29), accountable=None)
    promised = announced(world, date(2023, 1, 13), date(2023, 12, 31))
    world.play(date(2023, 1, 13), date(2023, 12, 31))
    rows = Reminder.objects.filter(state="sent").select_related("recipient", "milestone", "step")
    kept = sorted((r.day, r.recipient.email, r.milestone.code, r.step.code, r.occurrence) for r in rows)
    assert kept == promised
    assert len(promised) > 60


def test_what_was_sent_is_not_announced_again(world: World) -> None:
    world.milestone()
    world.play(date(2023, 6, 20), date(2023, 6, 27))
    assert [step for _d, _r, _m, step, _n in announced(world, date(2023, 6, 20), date(2023, 6, 30))] == [
        "before-1",
        "due",
    ]


def test_a_draft_is_previewed_as_if_it_were_activated_now(world: World) -> None:
    period = {"year": 2023, "starts_on": date(2023, 1, 1), "ends_on": date(2023, 12, 31)}
    draft = plans.create({"code": "draft", "title": "Draft", **period}, actor=SYSTEM, now=at(date(2023, 6, 1)))
    stream = plans.create_workstream(draft, {"code": "A", "title": "A"}, actor=SYSTEM, now=at(date(2023, 6, 1)))
    for code in ("D-1", "D-2"):
        values = {
            "workstream": stream,
            "code": code,
            "title": code,
            "kind": "other",
            "due": FuzzyDate(date(2023, 6, 30)),
        }
        operations.create(draft, {**values, "accountable": world.owner}, actor=SYSTEM, now=at(date(2023, 6, 1)))
    first = date(2023, 6, 26)
    coming = preview(first=first, last=first + timedelta(days=6), now=at(first, 9, 0), plan=draft)
    assert [(c.day, c.milestone.code, c.step) for c in coming] == [
        (date(2023, 6, 27), "D-1", "before-3"),
        (date(2023, 6, 27), "D-2", "before-3"),
        (date(2023, 6, 29), "D-1", "before-1"),
        (date(2023, 6, 29), "D-2", "before-1"),
        (date(2023, 6, 30), "D-1", "due"),
        (date(2023, 6, 30), "D-2", "due"),
    ]
    assert digests(coming) == 3


def test_every_row_of_the_ledger_is_told_with_its_reason_and_the_servers_words(world: World) -> None:
    milestone = world.milestone()
    world.play(date(2023, 6, 27), date(2023, 6, 27))
    now = at(date(2023, 6, 27))
    with translation.override("en"):
        told = list(explain_words.lines(explain.explain(milestone, world.owner, now=now)))
    assert told[:2] == [
        "Due June 30, 2023, the last working day is June 30, 2023.",
        "owner hears of it as owner, from January 12, 2023 on.",
    ]
    rows = [line for line in told if "deadline version" not in line][2:]
    assert rows[0].startswith("2023-05-18  before-30  30 working days before June 30, 2023: suppressed: superseded")
    (sent,) = [line for line in rows if line.startswith("2023-06-27  before-3")]
    assert "written to" in sent
    assert "2023-06-29  before-1  1 working day before June 30, 2023: yet to come" in rows
    assert any("overdue-15" in line and "(red notice): yet to come" in line for line in rows)
    assert len(ledger(milestone=milestone)) == 4


def test_nobody_asked_about_gets_an_answer_too(world: World) -> None:
    one = explain.explain(world.milestone(), world.office, now=at(date(2023, 6, 27)))
    with translation.override("en"):
        assert "office is not reminded of it; these are: owner、coordinator." in list(explain_words.about(one))
    assert {finding.fate for finding in one.findings} == {explain.Fate.NOT_ADDRESSED, explain.Fate.NO_DAY}


def test_remind_lists_the_step_of_every_open_milestone_and_writes_nothing_when_dry(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    for number in range(3):
        world.milestone(f"M-{number + 1}", year_end())
    call_command("remind", "--as-of", "2023-11-17", "--dry-run")
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[:4] for line in lines if "before-30" in line] == [
        ["planned", "2023-11-17", "before-30", f"M-{number}"] for number in (1, 2, 3)
    ]
    assert "planned 3  queued 1  suppressed 9  superseded 9" in lines
    assert not Reminder.objects.exists()
    assert not Heartbeat.objects.exists()


def test_remind_does_not_look_into_the_past(world: World) -> None:
    call_command("remind", "--as-of", "2023-11-17")
    with pytest.raises(CommandError, match="2023-11-17"):
        call_command("remind", "--as-of", "2023-11-16")
    call_command("remind", "--as-of", "2023-11-17")


def test_remind_of_one_plan_leaves_the_others_alone(world: World) -> None:
    milestone = world.milestone()
    start = at(date(2023, 1, 1))
    period = {"year": 2023, "starts_on": date(2023, 1, 1), "ends_on": date(2023, 12, 31)}
    made = {"created_at": start, "updated_at": start, "activated_at": start, "state": "active"}
    other = Plan.objects.create(code="other", title="Other", **period, **made)
    call_command("remind", "--as-of", "2023-06-27", "--plan", other.code)
    assert ledger(milestone=milestone) == []
    with pytest.raises(CommandError, match="nowhere"):
        call_command("remind", "--plan", "nowhere")


def test_deliver_mail_drains_what_remind_queued(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    world.milestone()
    call_command("remind", "--as-of", "2023-06-27")
    call_command("deliver-mail", "--as-of", "2023-06-27")
    assert "sent 1  failed 0  retry 0  suppressed 0" in capsys.readouterr().out
    assert [mail.state for mail in mails()] == ["sent"]


def test_preview_and_explain_speak_on_the_command_line(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    world.milestone()
    call_command("preview-reminders", "--from", "2023-06-27", "--to", "2023-06-30", "--person", "OWNER@example.org")
    out = capsys.readouterr().out
    assert "2023-06-29  owner@example.org  before-1  M-1 Milestone M-1" in out
    assert "reminders 3  mails 3  asked" in out
    world.play(date(2023, 6, 27), date(2023, 6, 27))
    call_command("explain-reminder", "--milestone", "p-2023/M-1", "--person", "owner@example.org")
    assert "before-3" in capsys.readouterr().out
    for words in (
        ["--milestone", "NO-1", "--person", "owner@example.org"],
        ["--milestone", "M-1", "--person", "no@x.org"],
    ):
        with pytest.raises(CommandError):
            call_command("explain-reminder", *words)
    assert OutgoingMail.objects.count() == 1
