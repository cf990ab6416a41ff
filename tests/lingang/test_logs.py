"""Is a log line readable, and silent about what is secret?"""

from __future__ import annotations

import logging

import pytest

from lingang.logs import mask_addresses

UUID = "01928c5e-1f2a-7cc3-8000-0123456789ab"


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("GET /milestones/", "GET /milestones/"),
        (f"GET /milestones/{UUID}/", f"GET /milestones/{UUID}/"),
        (f"GET /milestones/{UUID}?next={UUID}", f"GET /milestones/{UUID}?next={UUID}"),
        ("GET /l/eyJhbGciOiJIUzI1NiJ9:1tXyZa:q0Zq-abcdefgh/", "GET /l/•••/"),
        (
            "GET /accounts/password/reset/key/3-cabc12-0123456789abcdef0123456789abcdef/",
            "GET /accounts/password/reset/key/•••/",
        ),
        ("GET /feeds/8vQ2mNcLr0aBcDeFgHiJkLmN.ics", "GET /feeds/•••.ics"),
        ("GET /x?token=8vQ2mNcLr0aBcDeFgHiJkLmN&page=2", "GET /x?token=•••&page=2"),
    ],
)
def test_rights_in_addresses_are_masked(address: str, shown: str) -> None:
    assert mask_addresses(logging.getLogger(), "info", {"request": address})["request"] == shown
