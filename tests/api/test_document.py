"""Does the API's description say what the API does, and is it the one that is committed?"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from django.urls import get_resolver
from drf_spectacular.drainage import GENERATOR_STATS
from openapi_spec_validator import OpenAPIV31SpecValidator

from milestones.api.openapi.advice import ADVICE
from milestones.api.openapi.document import document
from milestones.api.openapi.nouns import noun
from milestones.api.problems import KINDS
from milestones.shapes import SHAPES
from milestones.shapes.base import Reader
from tests.api.http import Api
from tests.cast import Cast
from tests.shapes.conftest import furnished

ROOT = Path(__file__).resolve().parents[2]
__all__ = ["furnished"]  # rows of every noun


def operations() -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in document()["paths"].items():
        for method, operation in methods.items():
            yield path, method, operation


def checked(schema: dict[str, Any], **options: Any) -> Any:
    """A validator of a part of the document."""
    return jsonschema_rs.Draft202012Validator({**schema, "components": document()["components"]}, **options)


def test_it_is_valid_openapi_3_1_and_was_made_without_a_warning() -> None:
    document.cache_clear()
    found = document()
    assert list(OpenAPIV31SpecValidator(found).iter_errors()) == []
    assert not GENERATOR_STATS


def test_the_committed_one_is_this_one() -> None:
    check = [sys.executable, "scripts/openapi.py", "--check"]
    found = subprocess.run(check, cwd=ROOT, capture_output=True, text=True, check=False)
    assert found.returncode == 0, found.stdout


def test_every_address_is_in_it_with_a_name_of_its_own() -> None:
    views = [one for one in get_resolver().reverse_dict if isinstance(one, str) and one.startswith("api-")]
    assert len(document()["paths"]) == len(views) - len({"api-document", "api-docs", "api-problem"})
    names = [operation["operationId"] for _path, _method, operation in operations()]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("entity", SHAPES)
def test_a_noun_has_the_fields_of_its_shape(entity: str) -> None:
    assert set(document()["components"]["schemas"][noun(entity)]["properties"]) == set(SHAPES[entity].fields)


@pytest.mark.parametrize("people", [True, False])
@pytest.mark.parametrize("entity", SHAPES)
def test_real_answers_have_the_types_that_it_tells(furnished: Cast, entity: str, people: bool) -> None:
    shape = SHAPES[entity]
    whole = {"$ref": f"#/components/schemas/{noun(entity)}", "required": list(shape.fields)}
    validator, rows = checked(whole, validate_formats=True), shape.model._default_manager.order_by()
    told = [json.loads(text) for (text,) in shape.rows(rows, Reader(people=people))]
    assert told
    assert [str(error) for row in told for error in validator.iter_errors(row)] == []


def test_its_examples_are_valid() -> None:
    seen = 0
    for path, method, operation in operations():
        for place, content in contents(operation):
            for example in [content["example"]] if "example" in content else []:
                errors = [str(error) for error in checked(content["schema"]).iter_errors(example)]
                assert errors == [], (path, method, place)
                seen += 1
    assert seen > 40


def contents(operation: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for media_type, content in operation.get("requestBody", {}).get("content", {}).items():
        yield media_type, content
    for status, answer in operation["responses"].items():
        for content in answer.get("content", {}).values():
            yield status, content


def test_every_kind_of_problem_is_told_with_an_example_and_leads_to_a_page(db: None) -> None:
    told = {kind for one in document()["components"]["responses"].values() for kind in examples(one)}
    assert told == {kind for kind in KINDS if KINDS[kind].status < 500}
    assert set(ADVICE) == set(KINDS)
    for kind in KINDS:
        page = Api().get(f"/problems/{kind}")
        assert (page.status_code, str(KINDS[kind].status) in page.content.decode()) == (200, True)
    assert Api().get("/problems/none").status_code == 404


def examples(response: dict[str, Any]) -> dict[str, Any]:
    found = response["content"]["application/problem+json"]
    for example in found["examples"].values():
        assert [*checked(found["schema"]).iter_errors(example["value"])] == []
    return dict(found["examples"])


def test_nobody_is_asked_for_a_token_to_read_it(db: None) -> None:
    answer = Api("nonsense").get("/openapi.json")
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/json")
    assert json.loads(answer.content) == document()
    assert Api().get("/openapi.json", If_None_Match=answer["ETag"]).status_code == 304
    page = Api().get("/docs")
    assert page.status_code == 200
    assert "<script>" not in page.content.decode()
    assert "style=" not in page.content.decode()
    assert Api().post("/docs").status_code == 405
    assert Api().get("/openapi.json?format=yaml").status_code == 400
