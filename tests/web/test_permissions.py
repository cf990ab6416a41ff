"""Who gets which page, and who may press which button? A row an address, a column a role."""

from __future__ import annotations

import pytest

from milestones.models import Person
from tests.web.cast import Cast
from tests.web.conftest import SignIn

ROLES = ["visitor", "viewer", "leader", "outsider", "owner", "coordinator", "office"]
ROOF, SECRET = "/plans/p-2023/milestones/FIN-08/", "/plans/p-2024/milestones/FIN-01/"
# fmt: off
PAGES = {
    #                          visitor viewer leader outsider owner coordinator office
    "/":                       (302,   200,   200,   200,     200,  200,        200),
    "/plans/":                 (302,   200,   200,   200,     200,  200,        200),
    "/plans/p-2023/":          (302,   200,   200,   200,     200,  200,        200),
    "/plans/p-2024/":          (302,   404,   404,   404,     404,  404,        200),
    "/plans/p-2023/wallchart/": (302,  200,   200,   200,     200,  200,        200),
    "/plans/p-2024/wallchart/": (302,  404,   404,   404,     404,  404,        200),
    "/plans/p-2023/trend/":    (302,   200,   200,   200,     200,  200,        200),
    "/plans/p-2024/trend/":    (302,   404,   404,   404,     404,  404,        200),
    "/ledger/":                (302,   200,   200,   200,     200,  200,        200),
    "/ledger/views/":          (302,   200,   200,   200,     200,  200,        200),
    "/search/":                (302,   200,   200,   200,     200,  200,        200),
    "/calendar/":              (302,   200,   200,   200,     200,  200,        200),
    "/plans/none/":            (302,   404,   404,   404,     404,  404,        404),
    ROOF:                      (302,   200,   200,   200,     200,  200,        200),
    SECRET:                    (302,   404,   404,   404,     404,  404,        200),
    f"{ROOF}start/":           (302,   403,   403,   403,     200,  200,        200),
    f"{ROOF}submit/":          (302,   403,   403,   403,     200,  200,        200),
    f"{ROOF}attach/":          (302,   403,   403,   403,     200,  200,        200),
    f"{ROOF}forecast/":        (302,   403,   403,   403,     200,  200,        200),
    f"{ROOF}assign/":          (302,   403,   403,   403,     403,  200,        200),
    f"{ROOF}reschedule/":      (302,   403,   403,   403,     403,  403,        200),
    f"{ROOF}verify/":          (302,   403,   403,   403,     403,  403,        200),
    f"{ROOF}cancel/":          (302,   403,   403,   403,     403,  403,        200),
    f"{ROOF}delete/":          (302,   404,   404,   404,     404,  404,        404),
    "/me/":                    (302,   200,   200,   200,     200,  200,        200),
    "/me/data.json":            (302,   200,   200,   200,     200,  200,        200),
    "/accounts/login/":        (200,   302,   302,   302,     302,  302,        302),
    "/accounts/password/change/": (302, 200,  200,   200,     200,  200,        200),
    "/accounts/signup/":       (404,   404,   404,   404,     404,  404,        404),
    "/accounts/email/":        (404,   404,   404,   404,     404,  404,        404),
}
POSTS = {
    #                          visitor viewer leader outsider owner coordinator office
    (ROOF, "start", "planned"):            (302, 403, 403, 403, 302, 302, 302),
    (ROOF, "submit", "planned"):           (302, 403, 403, 403, 302, 302, 302),
    (ROOF, "attach", "planned"):           (302, 403, 403, 403, 302, 302, 302),
    (ROOF, "attach", "completed"):         (302, 403, 403, 403, 302, 302, 302),
    (ROOF, "forecast", "planned"):         (302, 403, 403, 403, 302, 302, 302),
    (ROOF, "assign", "planned"):           (302, 403, 403, 403, 403, 302, 302),
    (ROOF, "reschedule", "planned"):       (302, 403, 403, 403, 403, 403, 302),
    (ROOF, "cancel", "planned"):           (302, 403, 403, 403, 403, 403, 302),
    (ROOF, "verify", "planned"):           (302, 403, 403, 403, 403, 403, 422),
    (ROOF, "verify", "submitted"):         (302, 403, 403, 403, 403, 403, 302),
    (ROOF, "return", "submitted"):         (302, 403, 403, 403, 403, 403, 302),
    (ROOF, "submit", "submitted"):         (302, 403, 403, 403, 422, 422, 422),
    (ROOF, "reschedule", "submitted"):     (302, 403, 403, 403, 403, 403, 422),
    (ROOF, "reopen", "completed"):         (302, 403, 403, 403, 403, 403, 302),
    (ROOF, "forecast", "completed"):       (302, 403, 403, 403, 422, 422, 422),
}
# fmt: on
SAID = {
    "reason": "到货延后",
    "statement": "封顶完成",
    "actual_on": "2023-09-20",
    "actual_precision": "day",
    "evidence_url_1": "https://example.org/photo",
    "url": "https://example.org/photo",
    "expected_on": "2023-11-17",
    "expected_precision": "day",
    "due_on": "2023-11-20",
    "due_precision": "day",
}  # fmt: skip


def person(cast: Cast, role: str) -> Person | None:
    return None if role == "visitor" else getattr(cast, role)


@pytest.mark.parametrize("role", ROLES)
def test_pages(cast: Cast, client_of: SignIn, role: str) -> None:
    client = client_of(person(cast, role))
    column = ROLES.index(role)
    found = {path: client.get(path).status_code for path in PAGES}
    assert found == {path: row[column] for path, row in PAGES.items()}


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize(("path", "verb", "state"), POSTS)
def test_buttons(cast: Cast, client_of: SignIn, role: str, path: str, verb: str, state: str) -> None:
    if state != "planned":
        submitted(cast, client_of)
    if state == "completed":
        client_of(cast.colleague).post(f"{path}verify/", {"version": fresh(cast)})
    answer = client_of(person(cast, role)).post(
        f"{path}{verb}/", {**SAID, "version": fresh(cast), "to": str(cast.outsider.pk)}
    )
    assert answer.status_code == POSTS[path, verb, state][ROLES.index(role)]


def submitted(cast: Cast, client_of: SignIn) -> None:
    answer = client_of(cast.owner).post(f"{ROOF}submit/", {**SAID, "version": fresh(cast)})
    assert answer.status_code == 302, answer.content.decode()


def fresh(cast: Cast) -> int:
    cast.roof.refresh_from_db()
    return cast.roof.version
