"""How does a test play with two installations? It asks both of them in the same way."""

from __future__ import annotations

from dataclasses import dataclass
from io import StringIO
from typing import Any

from django.core.management import call_command
from django.utils import timezone, translation

from milestones.api.inside import Inside
from milestones.models import ReminderPolicy, ReminderStep, StepVersion, default_ladder
from milestones.sync.nouns import NOUNS
from milestones.sync.sides import Answer, Side, query
from tests.mirror.other import Other

DUE = {"on": "2026-12-31", "precision": "day"}
PHOTO = {"url": "https://example.org/roof.jpg", "title": "封顶照片"}
# What is the same on both sides; ids, versions and times are each one's own.
COMPARED = {noun.path: (*noun.fixed, *noun.fields) for noun in NOUNS.values()}
COMPARED["plans"] += ("state",)
COMPARED["milestones"] += ("state", "actual", "statement", "baseline")


@dataclass
class Run:
    """What a run said, and the exit code."""

    said: str
    code: int


class Office:
    """One installation, asked by its office. Everything must be taken but what `refused` is for."""

    def __init__(self, side: Side, second: Side) -> None:
        self.side, self.second = side, second

    def ask(self, method: str, path: str, body: Any = None, side: Side | None = None) -> Answer:
        headers = {}
        if method in ("PATCH", "DELETE"):
            headers["If-Match"] = f'"v{(side or self.side).ask("GET", path).data["version"]}"'
        return (side or self.side).ask(method, path, body, headers)

    def done(self, method: str, path: str, body: Any = None, side: Side | None = None) -> Any:
        answer = self.ask(method, path, body, side)
        assert answer.ok, (method, path, body, answer.status, answer.data)
        return answer.data

    def post(self, path: str, **body: Any) -> Any:
        return self.done("POST", path, body)

    def change(self, path: str, **body: Any) -> Any:
        return self.done("PATCH", path, body)

    def get(self, path: str, **values: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.done("GET", query(path, limit="1000", **values))["results"]
        return found

    def one(self, code: str, path: str = "/milestones") -> dict[str, Any]:
        (found,) = self.get(path, **{"email" if path == "/people" else "code": code})
        return found

    def at(self, code: str, path: str = "/milestones") -> str:
        return f"{path}/{self.one(code, path)['id']}"

    # --- what both play with ------------------------------------------------------------------------------------------
    def plan(self, code: str = "p", *, milestones: int = 2, active: bool = True) -> None:
        """Two units, two people, a plan with a workstream, milestones M1 … and a target T."""
        self.post("/organisations", code="FTB", name="金融贸易处")
        self.post("/organisations", code="HBR", name="港城集团", kind="state_owned", parent="FTB")
        for name in ("owner", "other"):
            self.post("/people", email=f"{name}@example.org", display_name=name, organisation="FTB")
        self.post("/plans", code=code, title="要点", year=2026, starts_on="2026-01-01", ends_on="2026-12-31")
        self.post("/workstreams", plan=code, code="FIN", title="金融", lead="FTB")
        for number in range(1, milestones + 1):
            self.milestone(f"M{number}", code, accountable="owner@example.org", lead="FTB")
        self.target("T", code)
        if active:
            self.done("POST", f"{self.at(code, '/plans')}/activate", {})

    def milestone(self, code: str, plan: str = "p", **values: Any) -> Any:
        body = {"plan": plan, "workstream": "FIN", "code": code, "title": f"节点 {code}", "kind": "event", "due": DUE}
        return self.post("/milestones", **{**body, **values})

    def target(self, code: str, plan: str = "p", **values: Any) -> Any:
        body = {"plan": plan, "code": code, "name": "增长", "unit": "%", "measure": "flow_growth", "value": "20"}
        return self.post("/targets", **{**body, **values})

    def read(self, value: str, as_of: str = "2026-03-31", **values: Any) -> Any:
        return self.post("/readings", target="p/T", as_of=as_of, value=value, source="统计局", **values)

    def move(self, code: str, *verbs: str) -> None:
        for verb in verbs:
            body: dict[str, Any] = {"reason": "情况有变"} if verb in ("return", "reopen", "cancel") else {}
            if verb == "submit":
                body = {
                    "actual": {"on": "2026-10-01", "precision": "day"},
                    "statement": "主体结构已封顶",
                    "evidence": [PHOTO],
                }
            self.done("POST", f"{self.at(code)}/{verb}", body, self.second if verb == "verify" else None)

    def state(self) -> dict[str, list[dict[str, Any]]]:
        """All that should be the same, without what is each one's own."""
        return {path: sorted(map(_said(fields), self.get(f"/{path}")), key=repr) for path, fields in COMPARED.items()}


class Two:
    """`here` is this installation, `there` the other one; `pull` and `push` run the command here."""

    def __init__(self, other: Other) -> None:
        default_ladder.install(ReminderPolicy, ReminderStep, StepVersion, timezone.now())
        self.other = other
        self.here = Office(Inside("office here"), Inside("second here"))
        self.there = Office(other.office, other.second)

    def pull(self, *words: str) -> Run:
        return self.run("pull", *words)

    def push(self, *words: str) -> Run:
        return self.run("push", "--verify-token-file", str(self.other.second_file), *words)

    def run(self, direction: str, *words: str, token_file: str = "") -> Run:
        out, code = StringIO(), 0
        file = token_file or str(self.other.token_file)
        try:
            with translation.override("en"):
                call_command("sync", direction, self.other.url, "--token-file", file, *words, stdout=out, stderr=out)
        except SystemExit as error:
            code = int(str(error.code))
        return Run(out.getvalue(), code)

    def same(self) -> None:
        ours, theirs = self.here.state(), self.there.state()
        for path in COMPARED:
            assert ours[path] == theirs[path], path


def _said(fields: tuple[str, ...]) -> Any:
    def said(data: dict[str, Any]) -> dict[str, Any]:
        found = {name: data[name] for name in fields if name != "revises"}
        if "parties" in found:
            names = ("role", "organisation", "person")
            found["parties"] = sorted(([one[name] for name in names] for one in found["parties"]), key=repr)
        if "actual" in found and found["state"] not in ("submitted", "completed"):
            found["actual"] = found["statement"] = None
        return found

    return said
