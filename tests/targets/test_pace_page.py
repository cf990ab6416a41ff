"""Does the page on pace tell the truth: every row of its worked tables, and every measure with every bound?"""

from __future__ import annotations

from itertools import product

import pytest

from milestones.models import Bound, Measure
from tests.targets.examples import Example, examples, shown

ROWS = examples()


@pytest.mark.parametrize("row", ROWS, ids=map(str, ROWS))
def test_a_worked_example(row: Example) -> None:
    said = shown(row.pace())
    assert {column: said[column] for column in row.says} == row.says


def test_every_measure_is_worked_with_every_bound() -> None:
    worked = {(row.given["measure"], row.given["bound"]) for row in ROWS}
    assert worked >= set(product(Measure.values, Bound.values))
