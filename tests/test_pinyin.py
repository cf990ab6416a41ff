"""Is a Chinese text found by Chinese, by its pinyin and by its initials, whoever writes the row?"""

from __future__ import annotations

import pytest

from milestones.models import Milestone, Organisation, Person
from milestones.people import operations as people
from milestones.pinyin import findable, normal
from milestones.planning import operations
from tests.cast import LATER, NOW, SYSTEM, Cast


@pytest.mark.parametrize("typed", ["西岛", "xidao", "XIDAO", "zyxd", "fin-07", "ＦＩＮ－０７", "Topping"])
def test_what_people_type_is_in_what_is_searched(typed: str) -> None:
    assert normal(typed) in findable("FIN-07", "中银西岛中心结构封顶", "Topping out")


def test_nothing_is_found_across_two_texts() -> None:
    assert "中心fin" not in findable("中心", "FIN")


def test_a_verb_keeps_it(cast: Cast) -> None:
    def found(text: str) -> list[str]:
        return list(Milestone.objects.filter(find__contains=text).values_list("code", flat=True))

    assert found("xidao") == []
    operations.change(cast.roof, {"title": "中银西岛中心结构封顶"}, actor=SYSTEM, now=NOW)
    assert found("xidao") == [cast.roof.code]
    operations.change(cast.roof, {"title": "另一个名字"}, actor=SYSTEM, now=LATER)
    assert found("xidao") == []


def test_units_and_people_are_found_as_well(cast: Cast) -> None:
    people.edit(cast.owner, {"display_name": "联络员"}, actor=SYSTEM, now=LATER)
    assert Person.objects.get(find__contains="lianluoyuan") == cast.owner
    assert list(Organisation.objects.filter(find__contains="jmc")) == [cast.bureau]


def test_spelling_word_by_word_is_spelling_the_text() -> None:
    from pypinyin import lazy_pinyin

    for text in ("重庆银行行长长大了", "A座（12层）绿化率35%，年底前", "女 绿 略 𠀀 〇", "长三角一体化 重点 行动"):
        assert "".join(lazy_pinyin(normal(text), v_to_u=False)).replace(" ", "") in findable(text).split("\n")
