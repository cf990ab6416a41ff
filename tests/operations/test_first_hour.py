"""Does a real installation get its first account, its people and its plan going?"""

from __future__ import annotations

import builtins
import io
import sys
from collections.abc import Callable

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone
from pytest_django import Settings

from lingang.addresses import MailTransport
from milestones import access
from milestones.management.commands import firstaccount
from milestones.models import MailKind, MailState, Milestone, OutgoingMail, Person, Plan
from milestones.people import operations as people
from milestones.planning import plans
from tests.operations.data import NOW, SYSTEM, milestone, office
from tests.servers.smtp import SmtpSink

pytestmark = [pytest.mark.django_db, pytest.mark.ignore_template_errors]


@pytest.fixture(autouse=True)
def _in_english(settings: Settings) -> None:
    settings.LANGUAGE_CODE = "en"


def run(*words: str) -> str:
    out = io.StringIO()
    call_command(*words, stdout=out, stderr=out)
    return out.getvalue()


@pytest.fixture
def typing(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """A terminal on which somebody answers one question after the other."""

    def answers(*lines: str, passwords: tuple[str, ...] = ()) -> None:
        typed, secret = iter(lines), iter(passwords)
        monkeypatch.setattr(sys.stdin, "isatty", lambda: True, raising=False)
        monkeypatch.setattr(builtins, "input", lambda prompt: next(typed))
        monkeypatch.setattr(firstaccount, "getpass", lambda prompt: next(secret))

    return answers


@pytest.fixture(autouse=True)
def _no_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.stdin, "isatty", lambda: False, raising=False)


# --- The first account ------------------------------------------------------------------------------------------------
def test_on_a_terminal_the_first_account_is_asked_for_until_it_is_right(typing: Callable[..., None]) -> None:
    good = "a long enough word"
    typing("nobody", "first@example.org", " ", "督查室", passwords=("short", good, "another", good, good))
    said = run("firstaccount")
    person = Person.objects.get()
    assert person.check_password(good)
    assert access.is_office(person)
    assert person.display_name == "督查室"
    assert "is not an e-mail address" in said
    assert "too short" in said
    assert "not the same" in said
    assert good not in said
    assert not OutgoingMail.objects.exists()


def test_without_a_terminal_it_is_taken_from_the_environment_and_invited(settings: Settings) -> None:
    settings.ADMIN_EMAIL = "督查室 <first@example.org>"
    said = run("firstaccount")
    person = Person.objects.get()
    assert (person.email, person.display_name) == ("first@example.org", "督查室")
    assert not person.has_usable_password()
    assert OutgoingMail.objects.get().kind == MailKind.INVITATION
    assert "/mail" in said


def test_with_neither_it_says_what_to_do(settings: Settings) -> None:
    settings.ADMIN_EMAIL = ""
    with pytest.raises(CommandError, match="set ADMIN_EMAIL"):
        run("firstaccount")


def test_there_is_only_one_first_account(settings: Settings) -> None:
    office()
    settings.ADMIN_EMAIL = "second@example.org"
    with pytest.raises(CommandError, match="office account already"):
        run("firstaccount")
    assert Person.objects.count() == 1


def test_somebody_whom_a_plan_file_brought_becomes_the_office(settings: Settings) -> None:
    values = {"email": "first@example.org", "display_name": "张三"}
    person = people.create(values, roles=["leader"], actor=SYSTEM, now=NOW)
    settings.ADMIN_EMAIL = "First@example.org"
    run("firstaccount")
    assert Person.objects.get().roles == {"leader", "office"}
    assert OutgoingMail.objects.get().recipient == person


def test_giving_up_makes_no_account(typing: Callable[..., None], monkeypatch: pytest.MonkeyPatch) -> None:
    typing()

    def interrupt(prompt: str) -> str:
        raise KeyboardInterrupt

    monkeypatch.setattr(builtins, "input", interrupt)
    with pytest.raises(CommandError, match="no account was made"):
        run("firstaccount")
    assert not Person.objects.exists()


# --- Invitations ------------------------------------------------------------------------------------------------------
def newcomer(email: str) -> Person:
    return people.create({"email": email, "display_name": email}, actor=SYSTEM, now=NOW)


def test_everybody_without_a_password_is_invited_once() -> None:
    office()
    newcomer("a@example.org")
    gone = newcomer("gone@example.org")
    people.deactivate(gone, actor=SYSTEM, now=NOW)
    newcomer("b@example.org")
    assert run("invite", "--all").split()[:2] == ["a@example.org", "b@example.org"]
    assert "still valid: 2" in run("invite", "--all")
    assert sorted(mail.to for mail in OutgoingMail.objects.all()) == ["a@example.org", "b@example.org"]
    run("invite", "--again", "a@example.org")
    assert OutgoingMail.objects.filter(to="a@example.org").count() == 2


def test_an_invitation_that_failed_does_not_count() -> None:
    newcomer("a@example.org")
    run("invite", "--all")
    OutgoingMail.objects.update(state=MailState.FAILED)
    run("invite", "--all")
    assert OutgoingMail.objects.count() == 2


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "say --all"),
        (("--all", "a@example.org"), "say --all"),
        (("a@example.org", "nobody@example.org"), "nobody@example.org"),
        (("a@example.org", "office@example.org"), "has a password"),
    ],
)
def test_a_wrong_invitation_queues_nothing(words: tuple[str, ...], said: str) -> None:
    office()
    newcomer("a@example.org")
    with pytest.raises(CommandError, match=said):
        run("invite", *words)
    assert not OutgoingMail.objects.exists()


# --- The test mail ----------------------------------------------------------------------------------------------------
@pytest.fixture
def server(smtp_sink: SmtpSink, settings: Settings) -> SmtpSink:
    settings.MAIL_TRANSPORT = MailTransport(scheme="smtp", host=smtp_sink.host, port=smtp_sink.port)
    return smtp_sink


def test_a_test_mail_shows_the_server_s_own_words(server: SmtpSink) -> None:
    office()
    waiting = people.invite(newcomer("a@example.org"), actor=SYSTEM, now=timezone.now())
    said = run("testmail", "office@example.org")
    assert "250 2.0.0 Taken" in said
    assert f"127.0.0.1:{server.port}" in said
    assert len(server.to("office@example.org")) == 1
    waiting.refresh_from_db()
    assert waiting.state == MailState.QUEUED, "only the test mail leaves"


def test_a_refusal_is_shown_and_is_a_failure(server: SmtpSink) -> None:
    office()
    server.refuse("office@example.org", "550 5.7.1 From must equal authorized user")
    out = io.StringIO()
    with pytest.raises(CommandError, match="did not leave"):
        call_command("testmail", "office@example.org", stdout=out)
    assert "550 5.7.1 From must equal authorized user" in out.getvalue()


def test_a_server_that_is_not_there_is_shown(server: SmtpSink) -> None:
    office()
    server.down()
    out = io.StringIO()
    with pytest.raises(CommandError, match="stays in the outbox"):
        call_command("testmail", "office@example.org", stdout=out)
    assert "Connection refused" in out.getvalue()


def test_a_test_mail_needs_an_account() -> None:
    with pytest.raises(CommandError, match=r"nobody@example\.org"):
        run("testmail", "nobody@example.org")


# --- The plan ---------------------------------------------------------------------------------------------------------
@pytest.fixture
def draft() -> Plan:
    today = timezone.localdate()
    values = {
        "code": "p",
        "title": "Plan",
        "year": today.year,
        "starts_on": today.replace(month=1, day=1),
        "ends_on": today.replace(month=12, day=31),
    }
    plan = plans.create(values, actor=SYSTEM, now=NOW)
    stream = plans.create_workstream(plan, {"code": "FIN", "title": "FIN"}, actor=SYSTEM, now=NOW)
    for number in (1, 2):
        milestone(plan, stream, number)
    return plan


def test_activation_shows_what_it_sets_off_and_asks(draft: Plan, typing: Callable[..., None]) -> None:
    newcomer("a@example.org")
    with pytest.raises(CommandError, match="repeat with --yes"):
        run("activateplan", "p")
    typing("n")
    with pytest.raises(CommandError, match="Nothing was changed"):
        run("activateplan", "p")
    draft.refresh_from_db()
    assert draft.is_draft
    typing("y")
    said = run("activateplan", "p")
    assert "nobody accountable: 2 of 2" in said
    assert "FIN-01 节点 1" in said
    assert "next 7 days will send: 0" in said
    assert "cannot sign in yet: 1" in said
    draft.refresh_from_db()
    assert draft.is_active


def test_activation_counts_the_mails_to_come(draft: Plan) -> None:
    from milestones.planning import operations
    from milestones.workdays.calendar import Calendar
    from milestones.workdays.periods import FuzzyDate, Precision

    person = office()
    soon = Calendar().add(timezone.localdate(), 3)
    for one in Milestone.objects.all():
        operations.change(one, {"due": FuzzyDate(soon, Precision.DAY)}, actor=SYSTEM, now=NOW, reason="sooner")
    operations.assign(Milestone.objects.all(), person, actor=SYSTEM, now=NOW)
    said = run("activateplan", "p", "--yes")
    assert "nobody accountable: 0 of 2" in said
    assert "next 7 days will send: 0" not in said
    with pytest.raises(CommandError, match="not a draft"):
        run("activateplan", "p", "--yes")
