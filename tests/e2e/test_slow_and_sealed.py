"""Does a report wait for its photo on a slow line, and does a passkey open the account, in a real browser?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from allauth.mfa.models import Authenticator

from milestones.models import Evidence, Happening, SignIn, StatusReport
from tests.e2e.conftest import SignIn as Enter
from tests.evidence import files
from tests.web.cast import PASSWORD, Cast

if TYPE_CHECKING:
    from playwright.sync_api import Page, Route

pytestmark = pytest.mark.one_database("the browser does not see which database it is")
REPORT = "/plans/p-2023/milestones/FIN-08/report/"


def test_a_report_sent_while_its_photo_goes_up_takes_it_along_once(
    cast: Cast, page: Page, live_server: Any, sign_in: Enter
) -> None:
    held: list[Route] = []
    sign_in(page, cast.owner)
    page.goto(live_server.url + REPORT)
    page.route(f"**{REPORT}", lambda route: held.append(route) if _is_photo(route) else route.continue_())
    page.locator("#id_progress").fill("40")
    page.locator("#id_done").fill("主体到十层")
    photo: Any = {"name": "roof.jpg", "mimeType": "image/jpeg", "buffer": files.photo(size=(80, 60))}
    page.locator("#id_photo").set_input_files(photo)
    page.wait_for_function("document.querySelector('#photo-busy').classList.contains('htmx-request')")
    page.locator("button[name=do][value=submit]").click()
    page.wait_for_timeout(300)
    assert page.url.endswith(REPORT), "it waits"
    assert not StatusReport.objects.exists()
    held[0].continue_()
    page.wait_for_url("**/milestones/FIN-08/")
    assert (StatusReport.objects.count(), Evidence.objects.count()) == (1, 1)
    assert len(held) == 1, "the photo went up once"


def _is_photo(route: Route) -> bool:
    return "HX-Request".lower() in route.request.headers and b'filename="roof.jpg"' in (
        route.request.post_data_buffer or b""
    )


def test_a_passkey_is_added_and_opens_the_account(cast: Cast, page: Page, live_server: Any, sign_in: Enter) -> None:
    sign_in(page, cast.owner)
    device = page.context.new_cdp_session(page)
    device.send("WebAuthn.enable")
    made = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True}
    told = device.send("WebAuthn.addVirtualAuthenticator", {"options": {**made, "isUserVerified": True}})
    assert told["authenticatorId"]
    page.goto(f"{live_server.url}/me/security/")
    if "/accounts/" in page.url:
        _enter(page, cast)
    page.goto(f"{live_server.url}/me/security/passkeys/new/")
    if "/accounts/confirm/" in page.url:
        page.locator("input[name=password]").fill(PASSWORD)
        page.locator("main form button").first.click()
    page.locator("input[name=name]").fill("办公电脑")
    page.locator("form[data-passkey=create] button.primary").click()
    page.wait_for_url("**/me/security/**")
    assert Authenticator.objects.filter(user=cast.owner, type="webauthn").count() == 1
    page.context.clear_cookies()
    page.goto(f"{live_server.url}/accounts/login/")
    page.locator("form[data-passkey=fetch] button").click()
    page.wait_for_url(f"{live_server.url}/")
    assert SignIn.objects.filter(person=cast.owner, happening=Happening.SUCCEEDED, method="passkey").exists()


def _enter(page: Page, cast: Cast) -> None:
    page.locator("input[name=login]").fill(cast.owner.email)
    page.locator("input[name=password]").fill(PASSWORD)
    page.locator("main form button").first.click()
