"""How does every page look, at a desk and on a phone, light and dark? Pictures into `screenshots/`.

Starts an installation of its own with the demonstration in it and stops it again. ONLY=overview takes one page.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.request import urlopen

from playwright.sync_api import Browser, Page

from tests.servers.chromium import launched
from tests.servers.processes import end, free_port, start, wait_until

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "screenshots"
# The mails hold addresses that only the server can sign.
LINKS = """
from milestones import links
from milestones.models import OutgoingMail, Reminder
for mail in OutgoingMail.objects.order_by("created_at"):
    about = Reminder.objects.filter(mail=mail).values_list("milestone_id", flat=True).first()
    for action in links.actions_of(mail):
        subject = None if action not in links.ABOUT else mail.notice_id if action == "sign" else about
        if subject or action not in links.ABOUT:
            print(f"link: {action} /do/{action}/{links.sign(mail, action, subject)}/")
"""
SIZES = {"desk": {"width": 1440, "height": 900}, "phone": {"width": 390, "height": 844}}


@dataclass(frozen=True)
class Shot:
    """`who` is the role that looks, empty for a visitor."""

    name: str
    path: str
    who: str = ""


@dataclass(frozen=True)
class Site:
    """`logins` by role; `links` are the first of each kind that the mails hold, by what it is for."""

    address: str
    logins: dict[str, tuple[str, str]]
    links: dict[str, str]


SHOTS = [
    Shot("login", "/accounts/login/"),
    Shot("reset", "/accounts/password/reset/"),
    Shot("reset-done", "/accounts/password/reset/done/"),
    Shot("inactive", "/accounts/inactive/"),
    Shot("link-void", "/do/report/nothing/"),
    Shot("link-report", "{report}"),
    Shot("link-extension", "{extension}"),
    Shot("link-sign", "{sign}"),
    Shot("link-mute", "{mute}"),
    Shot("mywork-owner", "/", "owner"),
    Shot("mywork-office", "/", "office"),
    Shot("mywork-leader", "/", "leader"),
    Shot("mywork-viewer", "/", "viewer"),
    Shot("plans", "/plans/", "office"),
    Shot("overview", "{plan}", "leader"),
    Shot("wallchart", "{plan}wallchart/?dependencies=1", "leader"),
    Shot("wallchart-quarter", "{plan}wallchart/?zoom=quarter", "leader"),
    Shot("wallchart-month", "{plan}wallchart/?zoom=month", "leader"),
    Shot("trend", "{plan}trend/", "leader"),
    Shot("ledger", "/ledger/", "office"),
    Shot("ledger-filtered", "/ledger/?q=xidao&order=-due", "office"),
    Shot("ledger-columns", "/ledger/?columns=workstream,owner,due,progress", "owner"),
    Shot("ledger-owners", "/ledger/?owner=chu", "office"),
    Shot("ledger-empty", "/ledger/?q=no-such-thing", "office"),
    Shot("milestone", "{milestone}", "owner"),
    Shot("milestone-office", "{milestone}", "office"),
    Shot("milestone-leader", "{milestone}", "leader"),
    Shot("milestone-done", "{plan}milestones/YSB-01/", "viewer"),
    Shot("milestone-cancelled", "{plan}milestones/FIN-05/", "office"),
    Shot("report", "{milestone}report/", "owner"),
    Shot("milestone-submit", "{milestone}submit/", "owner"),
    Shot("milestone-extend", "{milestone}extend/", "owner"),
    Shot("milestone-why", "{milestone}why/", "owner"),
    Shot("milestone-reschedule", "{milestone}reschedule/", "office"),
    Shot("milestone-edit", "{milestone}edit/", "office"),
    Shot("milestone-new", "{plan}new-milestone/", "office"),
    Shot("targets", "{plan}targets/", "leader"),
    Shot("target", "{plan}targets/FIN-T2/", "leader"),
    Shot("target-record", "{plan}targets/FIN-T2/record/", "office"),
    Shot("target-paste", "{plan}targets/FIN-T2/paste/", "office"),
    Shot("approvals", "/approvals/", "office"),
    Shot("approvals-leader", "/approvals/", "leader"),
    Shot("notices", "/notices/", "office"),
    Shot("notice", "{notice}", "office"),
    Shot("notice-print", "{notice}print", "office"),
    Shot("notice-new", "/notices/new/?milestone=lingang-{year}/FIN-09", "office"),
    Shot("calendar", "/calendar/", "office"),
    Shot("search", "/search/?q=xidao", "viewer"),
    Shot("search-none", "/search/?q=no-such-thing", "viewer"),
    Shot("reminders", "/reminders/", "office"),
    Shot("reminders-coming", "/reminders/coming/?days=7", "office"),
    Shot(
        "reminders-why", "/reminders/why/?milestone=lingang-{year}/FIN-09&person=owner@demo.lingang.example", "office"
    ),
    Shot("outbox", "/reminders/outbox/", "office"),
    Shot("me", "/me/", "owner"),
    Shot("me-security", "/me/security/", "owner"),
    Shot("second-factor", "/me/security/app/", "owner"),
    Shot("passkey", "/me/security/passkeys/new/", "owner"),
    Shot("password", "/accounts/password/change/", "owner"),
    Shot("api", "/api/v1/docs"),
    Shot("api-problem", "/api/v1/problems/stale"),
    Shot("forbidden", "{plan}milestones/FIN-08/reschedule/", "viewer"),
    Shot("not-found", "/plans/none/", "owner"),
]


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, _site(Path(folder)) as site, launched() as browser:
        for scheme in ("light", "dark"):
            for size in SIZES:
                take_all(browser, site, size, scheme)
    print(f"screenshots: {len(list(FOLDER.glob('*.png')))} pictures in {FOLDER.name}/")


def take_all(browser: Browser, site: Site, size: str, scheme: str) -> None:
    address, links = site.address, site.links
    wanted = [shot for shot in SHOTS if os.environ.get("ONLY", "") in shot.name]
    for who in dict.fromkeys(shot.who for shot in wanted):
        context = browser.new_context(
            locale="zh-CN",
            timezone_id="Asia/Shanghai",
            viewport=SIZES[size],  # type: ignore[arg-type]  # playwright's own typed dict
            color_scheme=scheme,  # type: ignore[arg-type]  # the same
            device_scale_factor=1,
        )
        page = context.new_page()
        if who:
            sign_in(page, address, *site.logins[who])
        places = links | (find_places(page, address) if who else {})
        for shot in wanted:
            if shot.who == who:
                page.goto(address + shot.path.format(**places))
                if "/accounts/confirm/" in page.url:  # asked once more before the account is opened to others
                    page.fill("[name=password]", site.logins[who][1])
                    page.click("main button.primary")
                page.screenshot(path=FOLDER / f"{shot.name}-{size}-{scheme}.png", full_page=True)
        context.close()


def sign_in(page: Page, address: str, email: str, password: str) -> None:
    page.goto(f"{address}/accounts/login/")
    page.fill("[name=login]", email)
    page.fill("[name=password]", password)
    page.click("main button.primary")
    page.wait_for_url(f"{address}/")


def find_places(page: Page, address: str) -> dict[str, str]:
    """The first plan, and the first milestone that waits for this reader, else of the plan."""
    page.goto(f"{address}/plans/")
    plan = page.locator(".plan-list a").first.get_attribute("href") or ""
    page.goto(address)
    mine = page.locator(".work h3 a")
    if not mine.count():
        page.goto(f"{address}/ledger/")
        mine = page.locator("tbody th a")
    milestone = mine.first.get_attribute("href") or ""
    page.goto(f"{address}/notices/")
    notice = page.locator(".notice-table th a")
    return {
        "plan": plan,
        "milestone": milestone,
        "notice": (notice.first.get_attribute("href") or "") if notice.count() else "",
        "year": plan.strip("/").rpartition("-")[2],
    }


@contextmanager
def _site(folder: Path) -> Iterator[Site]:
    """As an installation serves it: with debugging the pages of errors would be Django's own."""
    port = free_port()
    folder.chmod(0o700)
    environment = {**os.environ, "VAR_DIR": str(folder), "PORT": str(port)}
    for name in ("DATABASE_URL", "DEBUG"):
        environment.pop(name, None)

    def manage(*words: str) -> str:
        done = subprocess.run(
            [sys.executable, "manage.py", *words], cwd=ROOT, env=environment, capture_output=True, text=True, check=True
        )
        return done.stdout

    manage("migrate", "--verbosity", "0")
    manage("createcachetable")
    manage("collectstatic", "--no-input", "--verbosity", "0")
    found = re.findall(r"^login: (\S+) (\S+) (\S+)$", manage("loaddemo"), re.MULTILINE)
    logins: dict[str, tuple[str, str]] = {}
    for role, email, password in found:
        logins.setdefault(role, (email, password))
    manage("remind")
    links = dict(re.findall(r"^link: (\S+) (\S+)$", manage("shell", "--no-imports", "-c", LINKS), re.MULTILINE))
    address = f"http://localhost:{port}"
    command = [sys.executable, "manage.py", "runserver", "--noreload", str(port)]
    server = start(command, folder / "server.log", environment, cwd=ROOT)
    try:
        wait_until(lambda: _answers(address), "the site answers", 60)
        yield Site(address, logins, links)
    finally:
        end(server)


def _answers(address: str) -> bool:
    try:
        with urlopen(f"{address}/accounts/login/", timeout=5) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


if __name__ == "__main__":
    main()
