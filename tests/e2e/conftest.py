"""Which site does the browser look at?"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from django.core.cache import cache
from django.utils import timezone

from milestones.models import Person, ReminderPolicy, ReminderStep, StepVersion
from milestones.models.default_ladder import install
from milestones.planning import tally
from tests.snapshots import remembered
from tests.web import cast as casting
from tests.web.cast import Cast

if TYPE_CHECKING:
    from playwright.sync_api import Page

SignIn = Callable[["Page", Person], None]


@pytest.fixture
def cast(transactional_db: None) -> Cast:
    """On a database that other tests may have emptied."""
    cache.clear()
    tally._kept.clear()  # SQLite gives the ids of what was rolled back again
    install(ReminderPolicy, ReminderStep, StepVersion, timezone.now())
    return remembered("web", casting.assemble)


@pytest.fixture
def sign_in(live_server: Any) -> SignIn:
    """As people do it: the page, the two fields, the button."""

    def enter(page: Page, person: Person) -> None:
        page.goto(f"{live_server.url}/accounts/login/")
        page.locator("input[name=login]").fill(person.email)
        page.locator("input[name=password]").fill(casting.PASSWORD)
        page.get_by_role("button", name="登录").click()
        page.wait_for_url(f"{live_server.url}/")

    return enter
