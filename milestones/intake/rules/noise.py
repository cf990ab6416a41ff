"""Which lines of a page are not the text: captions, credits, adverts, navigation, repeated headlines, templates?"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from .pieces import Piece
from .vocabulary import any_of, words

_LONG = 60  # a line this long that ends as a sentence does is text, whatever words it holds
_ENDED = re.compile(r"[。;!?][”’)]?$")
_CAPTION = re.compile(
    r"^[△▲▽▼◁▷◆■□※☆\s]*\(?(?:资料图|图片?(?:来源)?[:/]|图为|图源|图说|题图|配图|制图|视频[:/]|摄影|供图|图文|图\d*[:.]|上图|下图|示意图|效果图|航拍|\S{0,8}\s?/?\s?(?:摄|供图|文/图)\)?$|.{0,20}(?:供图|摄影|资料图|效果图|示意图)(?:\(|\)|$))"
)
_CREDIT = re.compile(
    r"^[(\[\s]*(?:文字?|来源|信息来源|文章来源|稿件来源|责任编辑|责编|值班编[辑委]|编辑|主编|副主编|校对|审核|初审|复审|终审|监制|策划|统筹|作者|记者|通讯员|撰稿|供稿|签发|排版|美编|发布时间|发布日期|发布机构|发文机关|发文字号|文号|索引号|主题分类|"
    r"成文日期|公开方式|公开日期|有效性|体裁|浏览次数?|浏览量|阅读量?|点击数?|点击次数|字号|字体|时间|日期)\s*[:/|丨](?!.{60})"
)
_PAGE = re.compile(any_of(words("noise", "page")))
_TEMPLATE = re.compile(
    r"\{\{|\}\}|\{%|%\}|\$\{|<%|%>|</?[a-zA-Z][^<>]*>|&nbsp;|function\s*\(|javascript:|document\.|\bvar\s+\w+\s*="
)
_ADDRESS = re.compile(r"https?://|www\.|[\w.]+@[\w.]+\.\w+|[\w\-]+\.(?:com|cn|gov|org|net)\b")
_CRUMBS = re.compile(
    r"^(?:首页|网站首页|主页)?(?:\s*(?:>|»|›|/|\|)\s*[\u4e00-\u9fff]{2,12}){2,}$|^首页(?:\s+[\u4e00-\u9fff]{2,8}){2,}"
)
_TAIL = re.compile(
    r"^[\s(\[]*(?:来源|信息来源|文章来源|责任编辑|责编|编辑|值班编[辑委]|免责声明|版权声明|声明:|相关(?:阅读|链接|新闻|文章|推荐|稿件|文档)|推荐阅读|热门|猜你喜欢|往期(?:回顾|精选)|大家都在看|上一篇|下一篇|上一条|下一条|附件下载|打赏|给TA打赏|微信公众号|"
    r"扫码|长按|END|-\s*END\s*-|点击阅读|阅读原文|分享到|更多精彩)"
)
_SLOGANS = frozenset("社会主义核心价值观 富强 民主 文明 和谐 自由 平等 公正 法治 爱国 敬业 诚信 友善".split())
_NUMBERED = re.compile(r"^(?:[一二三四五六七八九十]+、|\([一二三四五六七八九十\d]+\)|\d{1,3}[.、)]|[①-⑳])")


def reasons(lines: Sequence[Piece]) -> dict[int, str]:
    """Number of a line → why it is noise; lines of the text are not in it."""
    found = {number: why for number, line in enumerate(lines) if (why := _why(line.text))}
    often = Counter(line.text for line in lines)
    for number, line in enumerate(lines):
        if often[line.text] > 1 and not _is_sentence(line.text) and not _is_cells(line.text):
            found.setdefault(number, "repeated")
    for number in range(_tail(lines), len(lines)):
        found.setdefault(number, "page")
    return found


def _why(text: str) -> str:
    is_text = _is_sentence(text) and len(text) >= _LONG
    text = text[: 4 * _LONG]
    if _TEMPLATE.search(text):
        return "template"
    if text in _SLOGANS or _CRUMBS.search(text):
        return "page"
    if is_text and not _TAIL.match(text):
        return ""
    if _CAPTION.search(text):
        return "caption"
    if _CREDIT.search(text):
        return "credit"
    if _is_cells(text) or _NUMBERED.match(text):
        return ""
    return "page" if _PAGE.search(text) or (_ADDRESS.search(text) and len(text) < 2 * _LONG) else ""


def _tail(lines: Sequence[Piece]) -> int:
    """From here on the page speaks of itself: behind the last line of the text, at a source, an editor, other news."""
    last = len(lines)
    for number in range(len(lines) - 1, len(lines) * 2 // 5, -1):
        text = lines[number].text
        if _TAIL.match(text):
            last = number
        elif _is_text(text) and not _other_news(lines, number):
            break
    return last


def _other_news(lines: Sequence[Piece], number: int) -> bool:
    """Whether a line stands under 相关阅读 and the like, where whole sentences are of other texts."""
    above = lines[max(0, number - 12) : number]
    return any(
        re.match(r"[\s(]*(?:相关|推荐阅读|往期|猜你喜欢|热门|大家都在看|免责声明|版权声明)", line.text)
        for line in above
    )


def _is_text(text: str) -> bool:
    return bool(_NUMBERED.match(text)) or _is_cells(text) or (_is_sentence(text) and len(text) >= 25)


def _is_sentence(text: str) -> bool:
    return bool(_ENDED.search(text)) or (len(text) >= 2 * _LONG and "," in text)


def _is_cells(text: str) -> bool:
    return "\t" in text or text.count("|") > 1
