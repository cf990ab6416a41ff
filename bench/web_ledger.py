"""How fast are the other pages of the ledger with 100,000 milestones: filters, searches, orders, pages far in?

The first page and its ratio are `bench/web_pages.py`'s.
"""

from __future__ import annotations

from statistics import median

from bench import web_data
from bench.figures import figure, seconds
from bench.served import Visitor, visited

COUNT, TIMES = 100_000, 9
PAGES = {
    "late": "health=red",
    "open": "state=open",
    "overdue": "show=overdue",
    "unit": "lead=U07&state=open",
    "search_none": "q=xidao",
    "search_all": "q=lgkj",
    "by_code": "order=code",
    "by_title": "order=title",
    "by_forecast": "order=forecast",
    "by_slip": "order=-slip",
    "by_progress": "order=progress",
    "by_report": "order=-report",
}


def run() -> None:
    from milestones.models import Person

    web_data.close()
    web_data.fill("bench-ledger", COUNT)
    with visited(Person.objects.get(email="office@example.org")) as office:
        for name, query in PAGES.items():
            _say(name, office, f"/ledger/?{query}")
        _say("far", office, f"/ledger/?{_far()}")
        web_data.fill("bench-ledger-2", COUNT // 5)
        _say("several_plans", office, "/ledger/")
        _say("tabs", office, "/ledger/views/")
        _say("site_search", office, "/search/?q=xidao")


def _far() -> str:
    """The address of a page deep inside of what is on track."""
    from milestones.ledger import paging
    from milestones.ledger.query import Query
    from milestones.models import Milestone, Person

    row = Milestone.objects.filter(plan__code="bench-ledger", health="green").order_by("-due_on")[300]
    start = Query(cursor=paging.cursor((2, row.due_on, row.code, row.pk)))
    office = Person.objects.get(email="office@example.org")
    return start.with_(cursor=paging.page(office, start, web_data.NOW.date()).next).text()


def _say(name: str, visitor: Visitor, path: str) -> None:
    visitor.http.close()  # kept for too long while rows were made: it is opened again
    for _warm in range(3):
        visitor.get(path)
    figure(f"web.ledger_{name}_ms", 1000 * median(seconds(lambda: visitor.get(path)) for _ in range(TIMES)), "ms")
