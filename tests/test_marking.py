"""What is a classification marking, and what is not?"""

from __future__ import annotations

import hashlib
import time

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from milestones import marking
from milestones.marking import Classified, Marking, Rule

# What stands in the text, by which rule it is a marking, and where it begins.
MARKED: list[tuple[str, Rule, tuple[int, int]]] = [
    # A level of secrecy with a star, the term with it or not.
    ("机密★10年", Rule.STAR, (1, 1)),
    ("绝密★", Rule.STAR, (1, 1)),
    ("秘密★1年", Rule.STAR, (1, 1)),
    ("绝密★长期", Rule.STAR, (1, 1)),
    ("机密★★★", Rule.STAR, (1, 1)),
    ("机密*长期", Rule.STAR, (1, 1)),
    ("机密＊10年", Rule.STAR, (1, 1)),
    ("机密☆", Rule.STAR, (1, 1)),
    ("机密⭐三十年", Rule.STAR, (1, 1)),
    ("机密级★10年", Rule.STAR, (1, 1)),
    ("（“机密”★5年）转发", Rule.STAR, (1, 3)),
    ("某局机密★10年", Rule.STAR, (1, 3)),
    ("本件为机密*", Rule.STAR, (1, 4)),
    ("请见附件（机密★10年），阅后归还。", Rule.STAR, (1, 6)),
    ("第一行\n第二行\n  秘密★ 另见", Rule.STAR, (3, 3)),
    ("商业秘密★3年", Rule.STAR, (1, 3)),
    ("商业秘密*5年", Rule.STAR, (1, 3)),
    # Blanks, signs without width, and other forms of the characters.
    ("秘 密★", Rule.STAR, (1, 1)),
    ("机　密　★　长期", Rule.STAR, (1, 1)),
    ("秘\u200b密\u2060★", Rule.STAR, (1, 1)),
    ("机\u200d密\ufe0f★\ufe0f", Rule.STAR, (1, 1)),
    ("机\u0336密\u0336★", Rule.STAR, (1, 1)),
    ("機\u3164密★", Rule.STAR, (1, 1)),
    ("\ufeff絕密★", Rule.STAR, (1, 2)),
    ("祕密★", Rule.STAR, (1, 1)),
    # A level of secrecy after 密级.
    ("密级：机密", Rule.LEVEL, (1, 1)),
    ("密级:绝密", Rule.LEVEL, (1, 1)),
    ("密级 秘密", Rule.LEVEL, (1, 1)),
    ("密 级 ： 机 密", Rule.LEVEL, (1, 1)),
    ("密級：機密", Rule.LEVEL, (1, 1)),
    ("密级为机密", Rule.LEVEL, (1, 1)),
    ("本件密级为机密，不得外传。", Rule.LEVEL, (1, 3)),
    ("密级是秘密。", Rule.LEVEL, (1, 1)),
    ("密级 | 机密", Rule.LEVEL, (1, 1)),
    ("| 文号 | 12 | 密级｜机密 |", Rule.LEVEL, (1, 13)),
    ("密级\t机密\t紧急程度", Rule.LEVEL, (1, 1)),
    ("密级,机密", Rule.LEVEL, (1, 1)),
    ("密级（机密）", Rule.LEVEL, (1, 1)),
    ("【密级】绝密", Rule.LEVEL, (1, 2)),
    ("密级：____机密____", Rule.LEVEL, (1, 1)),
    ("密级：机密级", Rule.LEVEL, (1, 1)),
    ("密级机密10年", Rule.LEVEL, (1, 1)),
    ("保密等级：机密", Rule.LEVEL, (1, 2)),
    ("定密级别：秘密", Rule.LEVEL, (1, 2)),
    ("密级：秘密文件须登记", Rule.LEVEL, (1, 1)),  # with a colon whatever follows
    # A level of secrecy alone on a line.
    ("机密", Rule.ALONE, (1, 1)),
    ("【机密】", Rule.ALONE, (1, 2)),
    ("《秘密》", Rule.ALONE, (1, 2)),
    ("[绝密]", Rule.ALONE, (1, 2)),
    ("\u3000机 密\u3000", Rule.ALONE, (1, 2)),
    ("— 机密 —", Rule.ALONE, (1, 3)),
    ("★机密", Rule.ALONE, (1, 2)),
    ("# 秘密。", Rule.ALONE, (1, 3)),
    ("机密级", Rule.ALONE, (1, 1)),
    ("【机密】10年", Rule.ALONE, (1, 2)),
    ("机密 长期", Rule.ALONE, (1, 1)),
    ("关于会议的通知\r\n绝密\r\n一、时间", Rule.ALONE, (2, 1)),
]
UNMARKED = [
    "",
    "严禁纳入涉密事项",
    "商业秘密",
    "本项目涉及商业秘密，请注意保管。",
    "**商业秘密**",
    "保守国家秘密*",
    "保守秘密",
    "机密性、完整性、可用性",
    "机密文件",
    "秘密会议在二楼",
    "秘密花园★★★★★",
    "企业机密是资产",
    "秘密。会后再谈",
    "司机密切配合",
    "手机 密码",
    "机要密码★",
    "加密*",
    "密度★",
    "紧密级联",
    "密级",
    "密级：",
    "密级：无",
    "密级：内部",
    "密级：非密",
    "密级为机密的文件不得上传",
    "密级是机密还是秘密？",
    "密级分为绝密、机密、秘密三级",
    "密级（绝密、机密、秘密）的确定",
    "确定密级、机密事项范围",
    "绝密级、机密级、秘密级文件不得上网",
    "我们不处理绝密级、机密级。",
    "秘密级以上",
    "机密，秘密",
    "一、机密",
    "The secret is a secret*",
]


@pytest.mark.parametrize(("text", "rule", "place"), MARKED)
def test_this_is_a_marking(text: str, rule: Rule, place: tuple[int, int]) -> None:
    assert marking.find(text) == Marking(rule, *place)


@pytest.mark.parametrize("text", UNMARKED)
def test_this_is_none(text: str) -> None:
    assert marking.find(text) is None


# --- Whatever stands around it ----------------------------------------------------------------------------------------
levels = st.sampled_from(["绝密", "机密", "秘密", "絕密", "機密", "祕密"])
stars = st.sampled_from("★☆⭐")
terms = st.sampled_from(["", "1年", "10年", "长期", " 三十年"])
invisible = st.text("\u200b\u200c\u200d\u2060\ufeff\u00ad\u034f\ufe0f\u0336 \u3000\u2800", max_size=4)
prose = st.text(max_size=40)


@given(prose, levels, stars, terms, prose)
def test_a_level_with_a_star_is_found_in_any_text(before: str, level: str, star: str, term: str, after: str) -> None:
    assert marking.find(f"{before}{level}{star}{term}{after}")


@given(levels, invisible, invisible, stars)
def test_nothing_that_does_not_show_hides_it(level: str, between: str, then: str, star: str) -> None:
    found = marking.find(f"见{level[0]}{between}{level[1]}{then}{star}")
    assert found == Marking(Rule.STAR, 1, 2)


@given(
    st.lists(st.text(st.characters(exclude_characters="密"), max_size=30)),
    levels,
    st.text(" \u3000【】[]—", max_size=5),
)
def test_alone_on_any_line_it_is_found_with_the_number_of_the_line(above: list[str], level: str, around: str) -> None:
    lines = "\n".join(above).splitlines()
    found = marking.find("\n".join([*lines, f"{around}{level}{around}", "下文"]))
    assert found == Marking(Rule.ALONE, len(lines) + 1, len(around) + 1)


@given(st.text(st.characters(exclude_characters="密")))
def test_without_the_one_character_that_all_have_nothing_is_found(text: str) -> None:
    assert marking.find(text) is None


@given(st.text("国家机绝秘密级文件的和与、。，的关于保守*★：为 \n", max_size=60))
def test_a_text_is_marked_as_its_first_marked_line_is(text: str) -> None:
    lines = text.splitlines()
    first = next((number for number, line in enumerate(lines, 1) if marking.find(line)), None)
    found = marking.find(text)
    assert (found and found.line) == first
    assert found == marking.in_text(iter(lines))


def test_lines_after_the_first_marking_are_not_asked_for() -> None:
    lines = iter(["标题", "机密★10年", "正文"])
    assert marking.in_text(lines) == Marking(Rule.STAR, 2, 1)
    assert list(lines) == ["正文"]


# --- Fields -----------------------------------------------------------------------------------------------------------
def test_the_refusal_names_field_and_rule_and_never_the_text() -> None:
    text = "项目代号蓝鲸，机密★10年"
    with translation.override("en"), pytest.raises(Classified) as caught:
        marking.check({"title": "封顶", "statement": text}, {"statement": "completion statement"}.get)
    error = caught.value
    assert (error.code, error.field, error.place) == ("classified", "statement", "statement")
    assert "“completion statement” carries a classification marking: a level of secrecy with a star" in str(error)
    for piece in ("蓝鲸", "机密★", "10年"):
        assert piece not in f"{error!r} {error} {vars(error)}"
    assert error.sha256 == hashlib.sha256(text.replace("，", ",").encode()).hexdigest()


def test_texts_are_found_however_deep_and_the_form_is_told_its_own_field() -> None:
    rows = [{"code": "A", "title": "封顶"}, {"code": "B", "title": "【秘密】", "due": None, "weight": 3}]
    with pytest.raises(Classified) as caught:
        marking.check({"rows": rows})
    assert (caught.value.field, caught.value.place) == ("rows", "rows[1].title")


@pytest.mark.parametrize("other", [None, 3, b"\xe6\x9c\xba", ["保密"], {"商业秘密": ("商业秘密",)}])
def test_other_values_pass(other: object) -> None:
    marking.check({"value": other})


def test_a_text_has_one_hash_however_wide_it_was_typed() -> None:
    assert marking.digest("机密＊１０年") == marking.digest("机密*10年") != marking.digest("机密*1年")


# --- Speed ------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "long",
    ["密级" + " " * 200_000, "机密" + "-" * 200_000 + "x", "-" * 200_000 + "机密x", "机密 " * 60_000 + "x",
     "密级:" * 60_000, "商业秘密* " * 40_000, "绝密、" * 60_000],
    ids=["blanks", "dashes after", "dashes before", "levels", "colons", "asterisks", "a list"],
)  # fmt: skip
def test_no_line_takes_long_however_it_is_made(long: str) -> None:
    began = time.process_time()
    marking.find(long)
    assert time.process_time() - began < 5
