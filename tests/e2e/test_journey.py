"""Can people bring 中银西岛中心结构封顶 to its end, from a mail on a phone to the second person, in both languages?"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest
import time_machine

from milestones.demo import pictures
from milestones.models import Person, StatusReport
from milestones.planning import operations
from tests.e2e.journey import PHONE, TODAY, Journey, remind
from tests.web.cast import SYSTEM

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Locator, Page

PHOTO: Any = {"name": "roof.png", "mimeType": "image/png", "buffer": pictures.as_png()}
RECORD = "https://example.org/2023/record.pdf"
SAID = "十二层楼板已浇筑"
# What the change log has of it, the newest first; the verbs, in the history's own words.
WRITTEN = (
    "verified", "submitted as done", "returned", "submitted as done", "extension approved", "extension asked for",
    "report submitted", "evidence attached", "notice signed for", "notice issued", "owner named",
)  # fmt: skip

pytestmark = pytest.mark.one_database("what a browser makes of a page")
# By language: how the wall chart says it, and how the ledger does.
MOVED = {"zh-hans": ("应完成 12月15日", "12-15"), "en": ("Due December 15", "Dec 15")}
VERIFIED = {"zh-hans": ("实际 11月20日", "100%"), "en": ("Actual November 20", "100%")}
Begin = Callable[..., Journey]


@pytest.fixture
def begin(transactional_db: None, browser: Browser, live_server: Any) -> Iterator[Begin]:
    begun: list[Journey] = []

    def start(language: str = "zh-hans", *, scripts: bool = True) -> Journey:
        begun.append(Journey(browser, live_server.url, language, scripts))
        return begun[-1]

    with time_machine.travel(TODAY, tick=True):
        yield start
        for one in begun:
            one.close()


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_from_the_first_name_to_the_second_persons_word(begin: Begin, language: str) -> None:
    walk = begin(language)
    office = walk.room("office")
    assign(walk, office)
    remind()

    guest = walk.room("nobody", PHONE)
    guest.goto(walk.mailed("owner", "sign"))
    walk.press(guest, "Sign for it")  # seven working days before its day a blue notice goes out by itself
    guest.get_by_role("heading", name="✓").wait_for()

    owner = walk.room("owner", PHONE)
    walk.follow(owner, walk.title)
    walk.follow(owner, "Report progress")
    owner.locator("html.has-script").wait_for()
    owner.locator("input[type=file]").first.set_input_files(PHOTO)
    owner.locator("#photos .upload").wait_for()
    report(walk, owner)
    walk.press(owner, "Send the report")
    walk.hears(owner, "The report is filed.")
    assert owner.evaluate("document.documentElement.scrollWidth <= innerWidth")
    stands(walk, office, "report submitted", "80%", "80%")

    guest.goto(walk.mailed("owner", "report"))
    walk.follow(guest, "Ask for more time instead")
    ask_for_time(walk, guest)
    walk.press(guest, "Send the request")
    guest.get_by_role("heading", name="✓").wait_for()

    leader = walk.room("leader")
    leader.goto(f"{walk.address}/approvals/")
    card = leader.get_by_role("article").filter(has_text=walk.title)
    card.get_by_text("钢结构到货延后").wait_for()
    card.get_by_role("button", name=walk.say("Approve", "extension")).click()
    walk.hears(leader, "Approved: the due date has moved, the first promise stays.")
    stands(walk, office, "rescheduled", *MOVED[language])

    submit(walk, owner, file=True)
    stands(walk, office, "submitted as done", walk.say("submitted"), walk.say("submitted"))
    decide_close_out(walk, office, "Return for more", "缺监理单位签章")
    submit(walk, owner, file=False)
    decide_close_out(walk, office, "Verify")
    stands(walk, office, "verified", *VERIFIED[language])
    history(walk, office)
    assert walk.milestone.evidence.count() == 3  # the photo of the report went up once


def assign(walk: Journey, office: Page) -> None:
    office.goto(f"{walk.address}/ledger/?q=xidao")
    walk.follow(office, walk.title)
    walk.follow(office, "Name an owner")
    office.get_by_label(walk.say("Owner")).select_option(label="金贸处责任人（演示） · 金贸处")
    walk.press(office, "Name an owner")
    walk.hears(office, "The owner is recorded and told by mail.")


def report(walk: Journey, page: Page) -> None:
    walk.fill(page, "How far is it?", "80")
    walk.fill(page, "What was done?", SAID)


def ask_for_time(walk: Journey, page: Page) -> None:
    page.get_by_label(walk.say("a day of the period")).fill("2023-12-15")
    walk.fill(page, "Why more time is needed", "钢结构到货延后")
    walk.fill(page, "Progress so far in per cent", "80")


def submit(walk: Journey, owner: Page, *, file: bool) -> None:
    owner.goto(f"{walk.home}submit/")
    walk.fill(owner, "What was done, measured by the criterion", "主体结构封顶，验收记录齐全")
    owner.get_by_label(walk.say("a day of the period")).fill("2023-11-20")
    if file:
        owner.get_by_label(walk.say("Evidence: a file")).set_input_files(PHOTO)
    else:
        owner.get_by_label(walk.say("Evidence %(n)s: link") % {"n": 1}).fill(RECORD)
    walk.press(owner, "Submit as done")
    walk.hears(owner, "Submitted; a second person verifies it now.")


def decide_close_out(walk: Journey, office: Page, way: str, reason: str = "") -> None:
    office.goto(f"{walk.address}/approvals/")
    card = office.get_by_role("article").filter(has_text=walk.title).filter(has_text=walk.say("Close-out"))
    if reason:
        card.get_by_role("textbox").fill(reason)
    card.get_by_role("button", name=walk.say(way)).click()
    walk.hears(office, "Returned with your reason." if reason else "Verified: this milestone is completed.")


def stands(walk: Journey, page: Page, happened: str, drawn: str, listed: str) -> None:
    """What happened is among the overview's changes; the wall chart draws it; the ledger's row says it."""
    for address, said in (
        (walk.place, walk.say(happened, "history")),
        (f"{walk.place}wallchart/", drawn),
        (f"{walk.address}/ledger/?q=xidao", listed),
    ):
        page.goto(address)
        rows = page.get_by_role("row").filter(has_text="FIN-08")
        told = " ".join(one.text_content() or "" for one in rows.all())
        assert said.lower() in told.lower(), f"{address}: {said} is not in {told}"


def history(walk: Journey, page: Page) -> None:
    """Everything stands there in its order, the newest first."""
    page.goto(f"{walk.home}?history=all")
    told = [one.lower() for one in page.locator("#history tbody b").all_inner_texts()]
    rest = iter(told)
    missing = [one for one in WRITTEN if walk.say(one, "history").lower() not in rest]
    assert missing == [], told


def test_every_form_without_a_script(begin: Begin) -> None:
    walk = begin(scripts=False)
    office = walk.room("office")
    assign(walk, office)

    guest = walk.room("nobody", PHONE)
    guest.goto(walk.mailed("owner", "report"))
    report(walk, guest)
    guest.get_by_label(walk.say("Photo of the site")).set_input_files(PHOTO)
    walk.press(guest, "Send the report")
    guest.get_by_role("heading", name="✓").wait_for()

    owner = walk.room("owner", PHONE)
    walk.follow(owner, walk.title)
    owner.get_by_text(walk.say("All that can be done")).click()
    walk.follow(owner, "Ask for more time")
    ask_for_time(walk, owner)
    walk.press(owner, "Ask for more time")
    walk.hears(owner, "Asked for; the supervising leader, or the office, decides within three working days.")

    leader = walk.room("leader")
    leader.goto(walk.home)
    walk.follow(leader, "Decide on the later date")
    leader.locator("main").get_by_role("button").first.click()
    leader.get_by_text("12月15日").first.wait_for()

    submit(walk, owner, file=True)
    decide_close_out(walk, office, "Verify")
    found = walk.milestone
    assert (found.state, found.due.on.isoformat(), found.evidence.count()) == ("completed", "2023-12-15", 2)


def test_a_report_by_keyboard_alone(begin: Begin) -> None:
    walk = begin()
    assign_by_verb(walk)
    page = walk.room("owner")
    for name in (walk.title, walk.say("Report progress")):
        tab_to(page, page.get_by_role("link", name=name, exact=True).first)
        page.keyboard.press("Enter")
        page.wait_for_load_state()
    for label, text in (("How far is it?", "80"), ("What was done?", SAID)):
        tab_to(page, page.get_by_label(walk.say(label)).first)
        page.keyboard.type(text)
    tab_to(page, page.get_by_role("button", name=walk.say("Send the report"), exact=True))
    page.keyboard.press("Enter")
    walk.hears(page, "The report is filed.")
    assert StatusReport.objects.get().progress == 80


def assign_by_verb(walk: Journey) -> None:
    owner = Person.objects.get(email=walk.logins["owner"].email)
    operations.change(walk.milestone, {"accountable": owner}, reason="", actor=SYSTEM, now=TODAY)


def tab_to(page: Page, wanted: Locator) -> None:
    """By nothing but the tab key, and whoever looks sees where they are."""
    wanted.wait_for()
    for _press in range(80):
        page.keyboard.press("Tab")
        if wanted.evaluate("one => one === document.activeElement"):
            assert wanted.evaluate("one => getComputedStyle(one).outlineStyle") != "none"
            return
    raise AssertionError(f"{wanted} is not reached")
