"""Who is let in, what is written down of it, and when does it end?"""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value, yield_hotp_counters_from_time
from allauth.usersessions.models import UserSession
from django.test import Client

from milestones import links
from milestones.errors import StateConflict
from milestones.mail import message
from milestones.models import (
    ChangeEntry,
    FirstPassword,
    Happening,
    OutgoingMail,
    Person,
    SecondFactorDemand,
    SignIn,
)
from milestones.people import first_passwords, second_factors, sign_ins
from milestones.people import operations as people
from milestones.upkeep import retention
from tests.signed_in import browser
from tests.web.cast import PASSWORD, SYSTEM, TODAY, Cast

LOGIN, CHANGE = "/accounts/login/", "/accounts/password/change/"
NEW = {"password1": "one more long word", "password2": "one more long word"}
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
EVIL = ("https://evil.example/", "//evil.example/", "/\\evil.example/", "javascript:alert(1)", "http:///evil.example")


def enter(typed: str, password: str = PASSWORD, client: Client | None = None, **more: str) -> tuple[Client, Any]:
    client = client or Client(HTTP_USER_AGENT="Mozilla/5.0 (Windows NT 10.0) Chrome/140", REMOTE_ADDR="10.0.0.7")
    return client, client.post(LOGIN, {"login": typed, "password": password, **more})


def happened() -> list[tuple[str, str | None, str, str]]:
    rows = SignIn.objects.order_by("id").select_related("person")
    return [(row.happening, row.person.email if row.person else None, row.typed, row.method) for row in rows]


def totp(person: Person) -> str:
    """With a second factor; the code that its app shows now."""
    TOTP.activate(person, SECRET)
    return shown_now()


def shown_now() -> str:
    _before, now, _after = yield_hotp_counters_from_time()
    return format_hotp_value(hotp_value(SECRET, now))


# --- By which name ----------------------------------------------------------------------------------------------------
def test_a_name_signs_in_as_long_as_one_account_has_it(cast: Cast) -> None:
    assert enter("owner 某")[1]["Location"] == "/"
    Person.objects.filter(pk=cast.viewer.pk).update(display_name="owner 某")
    _client, answer = enter("owner 某")
    assert (
        answer.status_code,
        "请输入邮箱" in answer.content.decode() or "type the address" in answer.content.decode(),
    ) == (
        200,
        True,
    )
    Person.objects.filter(pk=cast.viewer.pk).update(is_active=False)
    assert enter("owner 某")[1]["Location"] == "/"


def test_the_session_is_another_one_after_signing_in(cast: Cast) -> None:
    client = Client()
    client.get(LOGIN)
    session = client.session
    session["planted"] = "by somebody else"
    session.save()
    before = session.session_key
    enter(cast.owner.email, client=client)
    assert client.session.session_key != before


def test_the_way_back_never_leads_elsewhere(cast: Cast, client: Client) -> None:
    for evil in EVIL:
        _client, answer = enter(cast.owner.email, next=evil)
        assert answer["Location"] == "/", evil
        assert client.post("/language/", {"language": "en", "next": evil})["Location"] == "/", evil
        left = browser(cast.owner).post("/accounts/logout/", {"next": evil})
        assert left["Location"] == LOGIN, evil
    assert enter(cast.owner.email, next="/plans/")[1]["Location"] == "/plans/"


# --- What is written down ---------------------------------------------------------------------------------------------
def test_each_thing_at_the_door_is_written_down_and_no_password(cast: Cast) -> None:
    enter("owner@example.org", "wrong")
    enter("hunter2-my-password", "x")
    client, _answer = enter("owner@example.org")
    client.post(CHANGE, {"oldpassword": PASSWORD, **NEW})
    client.post("/accounts/logout/")
    assert happened() == [
        ("failed", "owner@example.org", "", "password"),
        ("failed", None, "h•••", "password"),
        ("succeeded", "owner@example.org", "", "password"),
        ("password_changed", "owner@example.org", "", "password"),
        ("signed_out", "owner@example.org", "", ""),
    ]
    row = SignIn.objects.get(happening="succeeded")
    assert (row.address, row.agent[:11]) == ("10.0.0.7", "Mozilla/5.0")


def test_an_account_locks_after_five_failures_whatever_name_was_typed_and_one_row_says_so(cast: Cast) -> None:
    for typed in ("owner@example.org", "owner 某", "Owner@Example.org", "owner@example.org", "owner 某"):
        enter(typed, "wrong")
    for _attempt in range(3):
        assert enter("owner@example.org")[1].status_code == 200
    assert [row[:2] for row in happened()][5:] == [("locked_out", "owner@example.org")]
    with time_machine.travel(TODAY + timedelta(minutes=6), tick=True):
        assert enter("owner@example.org")[1]["Location"] == "/"


def test_the_office_sees_lock_outs_and_takes_the_list_along(cast: Cast, client_of: Any) -> None:
    SignIn.objects.create(
        at=TODAY, person=cast.owner, happening="locked_out", agent="=cmd|' /C calc'!A0", address="::1"
    )
    SignIn.objects.create(at=TODAY, happening="failed", typed="x•••")
    office = client_of(cast.office)
    index = office.get("/admin/").content.decode()
    assert "signin/?happening__exact=locked_out" in index
    page = office.get("/admin/milestones/signin/?happening__exact=locked_out")
    assert page.context["cl"].result_count == 1
    answer = office.get("/admin/milestones/signin/export/?happening__exact=locked_out")
    rows = list(csv.reader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"))))
    assert len(rows) == 2
    assert rows[1][1:3] == ["owner 某", "owner@example.org"]
    assert rows[1][-1].startswith("'=cmd")  # no formula
    assert client_of(cast.leader).get("/admin/milestones/signin/export/").status_code == 403


def test_after_half_a_year_it_is_forgotten(cast: Cast) -> None:
    enter("owner@example.org")
    assert retention.forget(TODAY + timedelta(days=179))["sign_ins"] == 0
    assert retention.forget(TODAY + timedelta(days=181))["sign_ins"] == 1
    assert not SignIn.objects.exists()
    assert not UserSession.objects.exists()  # their sessions ended long ago


# --- How long it lasts ------------------------------------------------------------------------------------------------
def test_a_session_that_nobody_uses_ends_and_one_in_use_goes_on(cast: Cast, settings: Any) -> None:
    settings.SESSION_IDLE_MINUTES = 30
    client, _answer = enter("owner@example.org", remember="on")
    for minutes in (29, 58, 87):
        with time_machine.travel(TODAY + timedelta(minutes=minutes), tick=True):
            assert client.get("/plans/").status_code == 200
    with time_machine.travel(TODAY + timedelta(minutes=118), tick=True):
        answer = client.get("/plans/", follow=True)
        assert answer.redirect_chain == [("/accounts/login/?next=/plans/", 302)]
        assert "30" in str(next(iter(answer.context["messages"])))
    assert happened()[-1][:2] == ("timed_out", "owner@example.org")
    settings.SESSION_IDLE_MINUTES = 0
    client, _answer = enter("owner@example.org", remember="on")
    with time_machine.travel(TODAY + timedelta(days=13), tick=True):
        assert client.get("/plans/").status_code == 200


def test_a_part_of_a_page_asked_for_without_a_session_leads_the_whole_page_to_the_door(cast: Cast) -> None:
    headers = {"HTTP_HX_REQUEST": "true", "HTTP_HX_CURRENT_URL": "http://testserver/ledger/?q=x"}
    answer = Client().get("/plans/", **headers)  # type: ignore[arg-type]
    assert answer["HX-Redirect"] == "/accounts/login/?next=%2Fledger%2F%3Fq%3Dx"


def test_open_browsers_are_listed_and_closed_one_by_one_or_all(cast: Cast) -> None:
    (here, _a), (there, _b), (third, _c) = (enter("owner@example.org") for _browser in range(3))
    stranger, _answer = enter("viewer@example.org")
    page = here.get("/me/security/")
    listed = page.context["security"].sessions
    assert [one.is_this for one in listed] == [True, False, False]
    assert listed[0].device == "Chrome · Windows"
    other = UserSession.objects.get(session_key=there.session.session_key)
    assert stranger.post(f"/me/security/sessions/{other.pk}/end/").status_code == 404
    here.post(f"/me/security/sessions/{other.pk}/end/")
    assert there.get("/plans/").status_code == 302
    assert third.get("/plans/").status_code == 200
    here.post("/me/security/sessions/end/")
    assert third.get("/plans/").status_code == 302
    assert [client.get("/plans/").status_code for client in (here, stranger)] == [200, 200]
    assert happened()[-1][0] == "ended"


# --- Second factors ---------------------------------------------------------------------------------------------------
def test_an_app_is_set_up_used_once_a_code_and_a_recovery_code_helps_out(
    cast: Cast, django_capture_on_commit_callbacks: Any
) -> None:
    client, _answer = enter("owner@example.org")
    answer = client.get("/me/security/app/")
    assert answer["Location"] == "/accounts/confirm/?next=%2Fme%2Fsecurity%2Fapp%2F"
    assert client.post(answer["Location"], {"password": PASSWORD, "next": "/me/security/app/"}).status_code == 302
    page = client.get("/me/security/app/")
    assert '<svg class="qr"' in page.content.decode()
    session = client.session
    session["mfa.totp.secret"] = SECRET
    session.save()
    assert client.post("/me/security/app/", {"code": "000000"}).status_code == 200
    with django_capture_on_commit_callbacks(execute=True):
        assert client.post("/me/security/app/", {"code": shown_now()})["Location"] == "/me/security/codes/"
    codes = client.get("/me/security/codes/").context["unused_codes"]
    assert SECRET not in str(list(Authenticator.objects.values("data")))  # a copy of the table opens nothing
    with time_machine.travel(TODAY + timedelta(minutes=2), tick=True):
        client, answer = enter("owner@example.org")
        assert answer["Location"] == "/accounts/code/"
        assert client.get("/plans/").status_code == 302  # not in yet
        assert client.post("/accounts/code/", {"code": "123456"}).status_code == 200
        code = shown_now()
        assert client.post("/accounts/code/", {"code": code})["Location"] == "/"
        again, _answer = enter("owner@example.org")
        assert again.post("/accounts/code/", {"code": code}).status_code == 200  # a code is good once
        assert again.post("/accounts/code/", {"code": codes[0]})["Location"] == "/"
    assert [(what, how) for what, _who, _typed, how in happened()] == [
        ("succeeded", "password"),
        ("code_failed", "code"),
        ("factor_added", "code"),
        ("code_failed", "code"),
        ("succeeded", "password+code"),
        ("code_failed", "code"),
        ("succeeded", "password+recovery_code"),
    ]


def test_a_role_that_must_show_one_sets_it_up_before_anything_else(cast: Cast, client_of: Any) -> None:
    office, owner = client_of(cast.office), client_of(cast.owner)
    answer = office.post("/admin/milestones/secondfactordemand/add/", {"role": "office"})
    assert answer.status_code == 302
    for path in ("/", "/plans/", "/admin/", "/me/", "/plans/p-2023/"):
        assert office.get(path)["Location"] == "/me/security/", path
    assert office.get("/api/v1/plans").status_code in (401, 403)
    page = office.get("/me/security/")
    assert page.status_code == 200
    assert owner.get("/plans/").status_code == 200  # another role
    TOTP.activate(cast.office, SECRET)
    assert office.get("/admin/").status_code == 200
    asked = SecondFactorDemand.objects.get()
    office.post(f"/admin/milestones/secondfactordemand/{asked.pk}/delete/", {"post": "yes"})
    verbs = ChangeEntry.objects.filter(entity="secondfactordemand").values_list("verb", flat=True)
    assert list(verbs.order_by("id")) == ["second_factor.demand", "second_factor.waive"]


def test_the_office_takes_a_lost_one_away(cast: Cast, client_of: Any) -> None:
    TOTP.activate(cast.owner, SECRET)
    RecoveryCodes.activate(cast.owner)
    office = client_of(cast.office)
    url = f"/admin/milestones/person/{cast.owner.pk}/do/second-factor/"
    assert office.post(url, {"version": cast.owner.version}).status_code == 302
    assert enter("owner@example.org")[1]["Location"] == "/"
    taken = SignIn.objects.get(happening="factor_removed")
    assert (taken.person, taken.done_by, taken.method) == (cast.owner, cast.office, "office")
    with pytest.raises(second_factors.NoFactor):
        second_factors.take_away(Person.objects.get(pk=cast.owner.pk), actor=SYSTEM, now=TODAY)


# --- First passwords --------------------------------------------------------------------------------------------------
def test_whoever_comes_in_by_a_first_password_chooses_another_before_anything_else(cast: Cast, client_of: Any) -> None:
    office = client_of(cast.office)
    url = f"/admin/milestones/person/{cast.owner.pk}/do/first-password/"
    page = office.post(url, {"version": cast.owner.version})
    password = page.context["password"]
    assert page["Cache-Control"].startswith("max-age=0")
    assert enter("owner@example.org")[1].status_code == 200  # the old one is gone
    client, answer = enter("owner@example.org", password)
    assert answer["Location"] == "/"
    for path in ("/", "/me/", "/me/security/", "/ledger/"):
        assert client.get(path)["Location"] == CHANGE, path
    assert client.post(CHANGE, {"oldpassword": password, **NEW})["Location"] == "/me/"
    assert client.get("/me/").status_code == 200
    assert not FirstPassword.objects.exists()
    stored = str(list(ChangeEntry.objects.of(cast.owner).values())) + str(list(SignIn.objects.values()))
    assert password not in stored
    assert SignIn.objects.filter(happening=Happening.PASSWORD_GIVEN, person=cast.owner).exists()
    cast.viewer.is_active = False
    with pytest.raises(StateConflict):
        first_passwords.give(cast.viewer, actor=SYSTEM, now=TODAY)


# --- Every page -------------------------------------------------------------------------------------------------------
def test_every_answer_tells_the_browser_what_it_may_do(cast: Cast, client_of: Any) -> None:
    for path in (LOGIN, "/me/security/", "/no/such/page/", "/api/v1/plans"):
        headers = client_of(cast.owner).get(path).headers
        policy = headers["Content-Security-Policy"]
        assert "unsafe" not in policy
        assert "data:" not in policy
        assert "frame-ancestors 'none'" in policy
        assert "camera=()" in headers["Permissions-Policy"]
        assert (headers["Referrer-Policy"], headers["X-Content-Type-Options"]) == ("same-origin", "nosniff")
        assert headers["Cross-Origin-Opener-Policy"] == "same-origin"


def test_no_form_is_taken_without_its_token(cast: Cast) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(cast.owner, backend="milestones.people.sign_in.Backend")
    session = UserSession.objects.create(user=cast.owner, ip="::1", session_key="x", user_agent="")
    ends = f"/me/security/sessions/{session.pk}/end/"
    for path in (
        "/me/",
        CHANGE,
        "/accounts/logout/",
        "/me/security/sessions/end/",
        ends,
        "/me/deputy/",
        "/me/calendar/",
    ):
        assert client.post(path).status_code == 403, path
    assert Client(enforce_csrf_checks=True).post(LOGIN).status_code == 403


def test_whoever_has_an_account_is_told_by_mail_what_changes_the_ways_into_it(cast: Cast, client_of: Any) -> None:
    """At once, muted or not, without a token; by whom of the office; of an address at the old one too."""
    Person.objects.filter(pk=cast.owner.pk).update(digest_muted=True, language="en")
    owner = client_of(cast.owner)
    typed = {"oldpassword": PASSWORD, "password1": "eine neue lange Parole", "password2": "eine neue lange Parole"}
    assert owner.post("/accounts/password/change/", typed).status_code == 302
    cast.owner.refresh_from_db()
    mail = OutgoingMail.objects.get(kind="security")
    assert (mail.recipient, mail.to, mail.state) == (cast.owner, cast.owner.email, "queued")
    assert "password of your account was changed" in mail.text
    assert "127.0.0.1" in mail.text
    for happening, method in {
        "factor_added": "passkey",
        "factor_removed": "code",
        "codes_made": "recovery_code",
        "succeeded": "password+recovery_code",
        "linked": "single_sign_on",
        "password_set": "link",
    }.items():
        sign_ins.note(Happening(happening), now=TODAY, person=cast.owner, method=method)
    sign_ins.note(Happening.PASSWORD_GIVEN, now=TODAY, person=cast.owner, method="office", done_by=cast.office)
    for happening in (Happening.SUCCEEDED, Happening.FAILED, Happening.SIGNED_OUT):
        sign_ins.note(happening, now=TODAY, person=cast.owner, method="password")
    people.edit(cast.owner, {"email": "moved@example.org"}, actor=SYSTEM, now=TODAY)
    rows = list(OutgoingMail.objects.filter(kind="security").order_by("created_at", "pk"))
    assert len({row.text.splitlines()[0] for row in rows}) == 9, "each says what happened"
    assert {row.to for row in rows if "moved@example.org" in row.text} == {"owner@example.org", "moved@example.org"}
    assert any(f"by {cast.office}" in row.text for row in rows)
    for row in rows:
        made = message.build(row)
        assert b"List-Unsubscribe" not in made
        assert not links.actions_of(row)
        assert links.DOTS not in row.text + row.html
