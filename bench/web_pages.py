"""How long does the server take for the pages people open every morning, with 400 milestones and with 100,000?

Asked one after another over one kept connection by a signed-in person of the office, of the server as an installation
runs it. `cold` follows a change, so that no sum is at hand; the other figures are medians of pages asked for again.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from statistics import median
from typing import Any

import orjson

from bench import web_data
from bench.figures import figure, seconds
from bench.served import Visitor, visited

SIZES = {"400": 400, "100k": 100_000}
RATIO = ("overview", "ledger", "mywork")
TIMES = 15


def run() -> None:
    measured = {size: _measured(size) for size in os.environ.get("BENCH_SIZES", "400 100k").split()}
    small, large = measured.get("400"), measured.get("100k")
    if small and large:
        figure("web.ledger_25_ms", large["ledger"], "ms")
        for name in RATIO:
            figure(f"web.{name}_ratio_100k_vs_400_per_s", 1000 / large[name], "pages/s")
            figure(f"web.limit.{name}_ratio_100k_vs_400_per_s", 1000 / small[name], "pages/s")
            figure(f"web.{name}_ratio_100k_vs_400", large[name] / small[name], "ratio")
            figure(f"web.{name}_cold_ratio_100k_vs_400", large[f"{name}_cold"] / small[f"{name}_cold"], "ratio")


def _measured(size: str) -> dict[str, float]:
    """One active plan at a time: the others of the run are closed."""
    from milestones.models import Person

    web_data.close()
    plan = web_data.fill(f"bench-{size}", SIZES[size])
    found: dict[str, float] = {}
    with visited(Person.objects.get(email="office@example.org")) as office:
        for name, path in _paths(plan.code).items():
            took, sent = _asked(office, path)
            cold = _cold(office, path, plan)
            _say(f"{name}_{size}", took, sent, cold)
            found |= {name: took, f"{name}_cold": cold}
    for name, who in (("mywork_owner", 150), ("mywork_coordinator", 0)):
        with visited(Person.objects.get(email=f"owner{who:05}@example.org")) as person:
            _say(f"{name}_{size}", *_asked(person, "/"))
    figure(f"web.limit.overview_{size}_ms", _median(lambda: _limit_overview(plan)), "ms")
    figure(f"web.limit.ledger_{size}_ms", _median(lambda: _limit_ledger(plan)), "ms")
    return found


def _paths(plan: str) -> dict[str, str]:
    return {
        "overview": f"/plans/{plan}/",
        "ledger": "/ledger/",
        "mywork": "/",
        "ledger_search": "/ledger/?q=%E7%A7%91%E6%8A%80%E5%9F%8E77",
        "milestone": f"/plans/{plan}/milestones/B-77/",
    }


def _asked(visitor: Visitor, path: str) -> tuple[float, int]:
    """Median milliseconds and the bytes of the page; the first answer only warms the server's two processes."""
    sizes = [len(visitor.get(path)) for _ in range(4)]
    return _median(lambda: visitor.get(path)), sizes[-1]


def _cold(visitor: Visitor, path: str, plan: Any) -> float:
    """After a change of the plan, which no sum that was kept survives."""

    def once() -> float:
        web_data.change(plan)
        return seconds(lambda: visitor.get(path))

    return 1000 * median(once() for _ in range(TIMES))


def _median(work: Callable[[], object]) -> float:
    return 1000 * median(seconds(work) for _ in range(TIMES))


def _say(name: str, took: float, sent: int, cold: float | None = None) -> None:
    figure(f"web.{name}_ms", took, "ms")
    if cold is not None:
        figure(f"web.{name}_cold_ms", cold, "ms")
    figure(f"web.{name}_bytes", sent, "bytes")


# --- Limits: the same rows by a bare query and JSON, without HTTP, sign-in and templates ------------------------------
def _limit_overview(plan: Any) -> bytes:
    """The sums that an overview shows, nothing else of it."""
    from dataclasses import astuple

    from milestones.planning.tally import tally

    sums = tally(plan, web_data.NOW.date())
    return orjson.dumps([*map(astuple, sums.cells), *map(astuple, sums.due)], default=str)


def _limit_ledger(plan: Any) -> bytes:
    """The first 25 rows as the ledger sorts them."""
    from milestones.models.milestones import HealthRank

    rows = plan.milestones.order_by(HealthRank("health"), "due_on", "code")
    columns = "code title health state due_on forecast_on lead__short_name reported_progress".split()
    return orjson.dumps(list(rows.values(*columns)[:25]), default=str)
