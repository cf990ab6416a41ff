"""Does the line index find tables and keys whatever the strings look like?"""

from __future__ import annotations

import tomllib

from hypothesis import given
from hypothesis import strategies as st

from milestones.exchange.lines import index_lines

TEXT = '''\
# [[not]] a table
"top" = """
[[milestones]]
key = 1 \\""" still
"""
list = [ # ]
  "]", '[[x]]',
  { a = "}" },
]

[plan]
code = 'a#b' # code = 2
 "title"="x"
due . on = 2023-01-01

[[ milestones ]]
code = "1"
[milestones.due]
on = 2023-01-01

[[milestones]]
text = \'\'\'
[[milestones]]
\'\'\'
code = "2"
'''

HEADERS = ['[["t{}]#"]]', '[ "t{}]#" ] # ["x"]', "  [[ 't{}]#']]"[2:], '["t{}\\u005d#"]']
KEYS = ["k{} = ", ' "k{}"= ', "'k{}' =", '"\\u006b{}" = ']
VALUES = [
    "1",
    '"a # [[b]] \\" c"',
    "'a \\'",
    '"""\n[[x]]\n\\""" still """""',
    "'''\n[x]\ny = 1\n''''",
    "[ # ]\n  [1, 2], # [\n  '''\n]''',\n]",
    "{ on = 2023-01-01, x = { y = ']' } } # }",
    "2023-01-01 08:00:00",
    "\t-inf\t",
]


def test_lines_of_everything() -> None:
    tomllib.loads(TEXT)
    lines = index_lines(TEXT).found
    assert lines == {
        ("", 0, "top"): 2,
        ("", 0, "list"): 6,
        ("plan", 0, ""): 11,
        ("plan", 0, "code"): 12,
        ("plan", 0, "title"): 13,
        ("plan", 0, "due"): 14,
        ("plan", 0, "due.on"): 14,
        ("milestones", 1, ""): 16,
        ("milestones", 1, "code"): 17,
        ("milestones", 1, "due"): 18,
        ("milestones", 1, "due.on"): 19,
        ("milestones", 2, ""): 21,
        ("milestones", 2, "text"): 22,
        ("milestones", 2, "code"): 25,
    }


def test_what_is_not_there_has_the_line_of_what_holds_it() -> None:
    lines = index_lines(TEXT)
    assert lines.of("milestones", 2, "title") == 21
    assert lines.of("milestones", 0) == 16
    assert lines.of("plan", 0, "year") == 11
    assert lines.of("list", 3, "x") == 6
    assert lines.of("nothing") == 1


@given(st.data())
def test_any_mixture_of_what_toml_allows(data: st.DataObject) -> None:
    """Pieces that tomllib accepts in any order, with their keys on lines counted here."""
    text, line, expected = "", 1, {}
    for number in range(data.draw(st.integers(1, 12))):
        header = data.draw(st.sampled_from(HEADERS)).format(number)
        text, line, table = text + header + "\n", line + 1, f"t{number}]#"
        expected[(table, int(header.startswith("[[")), "")] = line - 1
        for key, value in enumerate(data.draw(st.lists(st.sampled_from(VALUES), max_size=4))):
            expected[(table, int(header.startswith("[[")), f"k{key}")] = line
            piece = f"{data.draw(st.sampled_from(KEYS)).format(key)}{value}\n"
            text, line = text + piece, line + piece.count("\n")
    tomllib.loads(text)
    assert index_lines(text).found == expected


def test_an_empty_text_has_no_lines() -> None:
    assert index_lines("").found == {}
    assert index_lines("\n \n# x").found == {}
