"""How is a Chinese text found by who types it on a Latin keyboard?"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from itertools import groupby


def findable(*texts: str) -> str:
    """The texts in lower case and NFKC; of those with Chinese also the whole pinyin and its initials, tones left out.

    “中银西岛中心” is found by 西岛, xidao, XIDAO and zyxd. A line each, so that nothing is found across two of them.
    """
    plain = [normal(text) for text in texts if text]
    spelt = [line for text in plain if not text.isascii() for line in _spelt(text)]
    return "\n".join(dict.fromkeys([*plain, *spelt]))


def normal(text: str) -> str:
    """As it is compared: NFKC (UAX 15), lower case, one space between words."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


@lru_cache(maxsize=20_000)
def _spelt(text: str) -> tuple[str, ...]:
    syllables = [syllable for word in _words(text) for syllable in _syllables(word)]
    whole = "".join(syllables)
    if whole == text:
        return ()
    initials = "".join(part[0] if part and not part.isspace() else part for part in syllables if part)
    return whole.replace(" ", ""), initials.replace(" ", "")


def _words(text: str) -> Iterator[str]:
    """As pypinyin cuts it: each knows how its characters are read together."""
    from pypinyin.seg import mmseg  # half a second of dictionaries, which a process without texts never needs

    for is_chinese, characters in groupby(text, _is_chinese):
        run = "".join(characters)
        yield from mmseg.seg.cut(run) if is_chinese else (run,)


@lru_cache(maxsize=20_000)
def _is_chinese(character: str) -> bool:
    from pypinyin.constants import RE_HANS

    return RE_HANS.match(character) is not None


@lru_cache(maxsize=20_000)
def _syllables(word: str) -> tuple[str, ...]:
    """Texts differ, and are made of the same words: each is spelt once, in a fraction of the time."""
    from pypinyin import Style, lazy_pinyin

    return tuple(lazy_pinyin(word, style=Style.NORMAL, v_to_u=False))
