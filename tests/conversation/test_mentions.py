"""Whom does a text name?"""

from __future__ import annotations

import pytest

from milestones.conversation.mentions import Named, beginnings, parse

WANG = Named(1, "王小", "wang@example.org", reads=True)
MING = Named(2, "王小明", "ming@example.org", reads=True)
ANN = Named(3, "Ann", "ann@example.org", reads=True)
ANNA = Named(4, "Anna", "anna@example.org", reads=True)
LI_1 = Named(5, "李华", "li.1@example.org", reads=True)
LI_2 = Named(6, "李华", "li.2@example.org", reads=True)
LI_3 = Named(7, "李华", "li.3@example.org", reads=False)
ZHAO = Named(8, "赵强", "zhao@example.org", reads=False)
ZHAO_2 = Named(9, "赵强", "zhao.2@example.org", reads=True)
ANN_LEE = Named(10, "Ann Lee", "lee@example.org", reads=True)
EVERYBODY = [WANG, MING, ANN, ANNA, LI_1, LI_2, LI_3, ANN_LEE]

# text → who is meant, which names are ambiguous, which nobody would read
TABLE = [
    ("没有人", [], [], []),
    ("@王小明请看", [2], [], []),  # the longest name that fits; no blank is needed after it
    ("@王小请看", [1], [], []),
    ("请 ＠王小明，＠王小 看", [2, 1], [], []),  # the full-width sign of a Chinese keyboard
    ("@王小明 @王小明", [2], [], []),
    ("@王大", [], [], []),  # nobody's name is plain text
    ("@ann", [3], [], []),
    ("@Anna and @ANN", [4, 3], [], []),
    ("@Annabel", [], [], []),
    ("@Ann Lee, please", [10], [], []),
    ("@Ann: Lee?", [3], [], []),
    ("@anna@example.org", [4], [], []),
    ("@ann@example.organisation", [3], [], []),  # the address does not end there, the name does
    ("write to ann@example.org", [], [], []),  # an address in the text is no mention
    ("给ann看@ann", [3], [], []),
    ("@李华", [], ["李华"], []),
    ("@li.2@example.org", [6], [], []),
    ("@li.3@example.org", [], [], ["li.3@example.org"]),
    ("@", [], [], []),
    ("@ 王小明", [], [], []),
    ("@@王小明", [2], [], []),
]


@pytest.mark.parametrize(("text", "people", "ambiguous", "deaf"), TABLE, ids=[row[0] for row in TABLE])
def test_a_text_names(text: str, people: list[int], ambiguous: list[str], deaf: list[str]) -> None:
    found = parse(text, EVERYBODY)
    assert (found.people, found.ambiguous, found.deaf) == (people, ambiguous, deaf)


def test_of_two_of_one_name_the_one_who_reads_is_meant() -> None:
    assert parse("@赵强", [ZHAO, ZHAO_2]).people == [9]
    assert parse("@赵强", [ZHAO]).deaf == ["赵强"]


def test_a_name_said_twice_is_refused_once() -> None:
    assert parse("@李华 @李华", EVERYBODY).ambiguous == ["李华"]


def test_the_order_of_the_people_does_not_matter() -> None:
    for text, people, *_rest in TABLE:
        assert parse(text, EVERYBODY[::-1]).people == people


def test_only_who_begins_like_it_is_asked_for() -> None:
    assert beginnings("@王小明 和 @ann, x@y.z @ @") == {"王", "a", "A"}
    assert beginnings("无") == set()
