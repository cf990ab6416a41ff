"""What do these tests read?"""

from __future__ import annotations

import pytest

PLAN = """海湾片区2023年工作要点

一、产业
1.6月底前建成海湾检测中心。（牵头单位：金贸处）
2.引进研发机构不少于10家。
3.到2025年，培育上市公司20家。
二、开放
4.三季度末印发海湾跨境贸易行动方案。（牵头单位：不存在的局）
"""


@pytest.fixture
def plan_text() -> str:
    return PLAN
