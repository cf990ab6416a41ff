"""What does a body look like? One story through all of them: a building is topped out in the plan of a year."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from milestones.shapes import SHAPES

from .values import Schema, component

ID = "01890a5d-ac96-774b-bcce-b302099a8057"
AT = "2027-03-12T01:30:00+00:00"
LINK = {"url": "https://example.org/roof.jpg", "title": "封顶照片"}
DUE = {"on": "2027-09-30", "precision": "quarter"}
# What is sent, by component.
INPUTS: Mapping[str, Any] = {
    "PlanInput": {
        "code": "lingang-2027",
        "title": "2027年工作要点",
        "year": 2027,
        "starts_on": "2027-01-01",
        "ends_on": "2027-12-31",
    },
    "WorkstreamInput": {"plan": "lingang-2027", "code": "FIN", "title": "金融"},
    "MilestoneInput": {
        "plan": "lingang-2027",
        "workstream": "FIN",
        "title": "数据港封顶",
        "kind": "construction",
        "due": DUE,
        "lead": "FTB",
        "external_refs": [{"system": "erp", "id": "4711"}],
    },
    "MilestonePatch": {"due": {"on": "2027-12-31", "precision": "quarter"}, "reason": "雨季推迟"},
    "SubmitInput": {"actual": {"on": "2027-09-20", "precision": "day"}, "statement": "封顶完成", "evidence": [LINK]},
    "BatchRows": [
        {
            "ref": {"system": "erp", "id": "4711"},
            "plan": "lingang-2027",
            "workstream": "FIN",
            "title": "数据港封顶",
            "kind": "construction",
            "due": DUE,
        },
        {"plan": "lingang-2027", "code": "FIN-02", "stage": "挂牌", "if_version": 3},
    ],
    "BatchRow": {"ref": {"system": "erp", "id": "4711"}, "stage": "封顶"},
    "TargetInput": {
        "plan": "lingang-2027",
        "code": "T1",
        "name": "规上工业产值增长",
        "unit": "%",
        "measure": "flow_growth",
        "value": "12.5",
    },
    "ReadingInput": {"target": "lingang-2027/T1", "as_of": "2027-02-28", "value": "11.8", "source": "统计局"},
    "OrganisationInput": {"code": "FTB", "name": "金融贸易处", "kind": "bureau"},
    "PersonInput": {"email": "owner@example.org", "display_name": "责任人", "organisation": "FTB"},
    "DependencyInput": {"predecessor": "lingang-2027/FIN-01", "successor": "lingang-2027/FIN-02"},
    "ReportInput": {
        "milestone": "lingang-2027/FIN-01",
        "as_of": "2027-03-31",
        "progress": 40,
        "done": "主体结构至十层",
        "state": "submitted",
    },
    "ExtensionInput": {"milestone": "lingang-2027/FIN-01", "due": {"on": "2027-10-31"}, "reason": "设备到货延后"},
    "LinkedEvidenceInput": {"milestone": "lingang-2027/FIN-01", **LINK},
    "CommentInput": {"milestone": "lingang-2027/FIN-01", "text": "请补充照片。"},
    "WebhookInput": {"url": "https://erp.example.org/hooks/lingang", "events": ["milestone.*"]},
}
# What is answered: of every noun, and of one.
FIELDS: Mapping[str, Any] = {
    "id": ID,
    "version": 3,
    "plan": "lingang-2027",
    "workstream": "FIN",
    "code": "FIN-01",
    "title": "数据港封顶",
    "title_en": "Data port topped out",
    "stage": "封顶",
    "weight": 1,
    "accountable": "owner@example.org",
    "lead": "FTB",
    "organisation": "FTB",
    "milestone": "lingang-2027/FIN-01",
    "target": "lingang-2027/T1",
    "external_refs": [{"system": "erp", "id": "4711"}],
    "year": 2027,
    "time_zone": "Asia/Shanghai",
    "number": "〔2027〕7号",
    "reason": "",
    "predecessor": "lingang-2027/FIN-01",
    "successor": "lingang-2027/FIN-02",
    "name": "规上工业产值增长",
    "unit": "%",
    "email": "owner@example.org",
    "display_name": "责任人",
    "url": "https://example.org/roof.jpg",
    "events": ["milestone.*"],
    "recipient": "owner@example.org",
    "step": "before-7",
    "source": "统计局",
}
OWN: Mapping[tuple[str, str], Any] = {
    ("plan", "code"): "lingang-2027",
    ("plan", "title"): "2027年工作要点",
    ("workstream", "code"): "FIN",
    ("workstream", "title"): "金融",
    ("organisation", "code"): "FTB",
    ("organisation", "name"): "金融贸易处",
    ("target", "code"): "T1",
    ("target", "value"): "12.5",
    ("reading", "value"): "11.8",
    ("milestone", "health_reason"): {"code": "on_pace", "params": {}},
    ("extension", "reason"): "设备到货延后",
    ("comment", "text"): "请补充照片。",
    ("comment", "reason"): "",
}


def of(name: str) -> dict[str, Any]:
    """The example of an input component, when there is one."""
    return {"example": INPUTS[name]} if name in INPUTS else {}


def answer(entity: str, *, is_page: bool) -> dict[str, Any]:
    """The example of a shape, as one or as a page of one."""
    one = {name: _value(entity, name, schema) for name, schema in component(SHAPES[entity])["properties"].items()}
    return {"example": {"results": [one], "next": None} if is_page else one}


def _value(entity: str, name: str, schema: Schema) -> Any:
    known = OWN.get((entity, name), FIELDS.get(name))
    if known is not None:
        return known
    if "null" in schema.get("type", "") or "anyOf" in schema:
        return None
    if "$ref" in schema:
        return DUE
    if "enum" in schema:
        return schema["enum"][0]
    formats = {"uuid": ID, "date-time": AT, "date": "2027-03-12", "email": "owner@example.org"}
    return formats.get(
        schema.get("format", ""), {"integer": 0, "boolean": True, "array": [], "string": ""}[schema["type"]]
    )
