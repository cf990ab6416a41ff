"""Who walks the plan of 2023 in the browser, what do they read, and how do they come in?"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.cache import cache
from django.utils import timezone, translation

from milestones import links
from milestones.actors import Actor
from milestones.demo import accounts, shipped
from milestones.exchange.loader import known, load
from milestones.exchange.planfile import read_plan_file
from milestones.models import Milestone, OutgoingMail, ReminderPolicy, ReminderStep, StepVersion, Via
from milestones.models.default_ladder import install
from milestones.people import operations as people
from milestones.planning import operations, plans
from milestones.reminders import engine
from milestones.workdays import FuzzyDate
from tests.web.cast import SYSTEM

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Locator, Page

ZONE = ZoneInfo("Asia/Shanghai")
JANUARY = datetime(2023, 1, 12, 9, tzinfo=ZONE)
TODAY = datetime(2023, 11, 21, 10, tzinfo=ZONE)  # seven working days before the end of November
TITLES = {"zh-hans": "中银西岛中心结构封顶", "en": "BOC West Island Centre: structure topped out"}
DESK, PHONE = {"width": 1280, "height": 800}, {"width": 390, "height": 844}


@dataclass
class Journey:
    """The published plan, active; nobody owns the milestone yet, which is due on 30 November."""

    browser: Browser
    address: str
    language: str
    scripts: bool = True
    logins: dict[str, accounts.Login] = field(default_factory=dict)
    rooms: dict[str, Page] = field(default_factory=dict)

    def __post_init__(self) -> None:
        cache.clear()
        install(ReminderPolicy, ReminderStep, StepVersion, JANUARY)
        load(read_plan_file(shipped.content("lingang-2023"), "lingang-2023.toml", known()), actor=SYSTEM, now=JANUARY)
        for person, login in accounts.create_all(actor=SYSTEM, now=JANUARY):
            people.set_preferences(person, {"language": self.language}, actor=Actor(person, Via.WEB), now=JANUARY)
            self.logins.setdefault(login.email.partition("@")[0], login)
        end = FuzzyDate(date(2023, 11, 30))
        operations.reschedule(self.milestone, end, reason="节点分解到日", actor=SYSTEM, now=JANUARY)
        plans.activate(self.milestone.plan, actor=SYSTEM, now=JANUARY)

    @property
    def milestone(self) -> Milestone:
        return Milestone.objects.select_related("plan", "accountable", "lead").get(code="FIN-08")

    @property
    def title(self) -> str:
        return TITLES[self.language]

    @property
    def place(self) -> str:
        return f"{self.address}/plans/{self.milestone.plan.code}/"

    @property
    def home(self) -> str:
        return f"{self.place}milestones/FIN-08/"

    def say(self, words: str, context: str = "") -> str:
        """As the pages say it to this reader."""
        with translation.override(self.language):
            return translation.pgettext(context, words) if context else translation.gettext(words)

    def room(self, who: str, size: dict[str, int] = DESK) -> Page:
        """The one window of this role; `who` is the mailbox of a role's account, or somebody without a session."""
        if who not in self.rooms:
            context = self.browser.new_context(
                locale="en-GB" if self.language == "en" else "zh-CN",
                timezone_id="Asia/Shanghai",
                viewport=size,  # type: ignore[arg-type]  # playwright's own typed dict
                java_script_enabled=self.scripts,
            )
            context.set_default_timeout(15_000)
            self.rooms[who] = context.new_page()
            if who in self.logins:
                self._sign_in(self.rooms[who], self.logins[who])
        return self.rooms[who]

    def _sign_in(self, page: Page, login: accounts.Login) -> None:
        page.goto(f"{self.address}/accounts/login/")
        page.locator("input[name=login]").fill(login.email)
        page.locator("input[name=password]").fill(login.password)
        self.press(page, "Sign in")
        page.wait_for_url(f"{self.address}/")

    def press(self, page: Page | Locator, words: str, context: str = "") -> None:
        page.get_by_role("button", name=self.say(words, context), exact=True).click()

    def follow(self, page: Page | Locator, words: str) -> None:
        page.get_by_role("link", name=self.say(words), exact=True).first.click()

    def fill(self, page: Page | Locator, label: str, text: str) -> None:
        page.get_by_label(self.say(label)).first.fill(text)

    def hears(self, page: Page, words: str) -> None:
        page.get_by_text(self.say(words)).first.wait_for()

    def mailed(self, to: str, action: str) -> str:
        """The address behind the mail's button, as it stands in the last letter to this account that opens it."""
        for mail in OutgoingMail.objects.filter(to=self.logins[to].email).order_by("-created_at", "-pk"):
            found = re.search(rf"{re.escape(settings.BASE_URL)}(/do/{action}/\S+)", links.fill(mail.text, mail))
            if found and action in links.actions_of(mail):
                return self.address + found[1]
        raise AssertionError(f"no letter to {to} opens {action}")

    def close(self) -> None:
        for page in self.rooms.values():
            page.context.close()


def remind() -> None:
    """The morning's sweep."""
    engine.sweep(timezone.now())
