"""Does a refusal say that the address is dead, or something else? Pure.

RFC 3463 tells the two apart by subject and detail; servers that give no such code are believed only when their words
speak of the mailbox. What blames the sender, the content or a full mailbox says nothing about the address.
"""

from __future__ import annotations

import re

# No such mailbox (.0 .1 .6), no such domain (.2 .10), not an address (.3 .4), closed mailbox (2.1), unroutable (4.4).
# Not these: 5.1.5 is good news, 5.1.7 to 5.1.9 are about the sender, 5.2.2 is a full mailbox, 5.7 is policy and spam.
DEAD = frozenset({"5.1.0", "5.1.1", "5.1.2", "5.1.3", "5.1.4", "5.1.6", "5.1.10", "5.2.1", "5.4.4"})
# One big provider says 5.4.1 for a mailbox that it does not know; elsewhere it is a host that does not answer.
DEAD_WITH_WORDS = frozenset({"5.4.1"})
GENERAL = frozenset({"5.0.0", "5.5.0"})  # no more than "refused for good"
NO_MAIL_HERE = frozenset({521, 556})  # RFC 7504: the host, or the domain, takes no mail at all
WITHOUT_CODE = frozenset({550, 551, 553, 554})

_STATUS = re.compile(r"(?<![\d.])([245])\.(\d{1,3})\.(\d{1,3})(?![\d.])")
_REPLY = re.compile(r"(?<!\d)([245]\d\d)(?=[\s-]|$)")
_MAILBOX = (
    r"(?:user|mailbox|mail box|recipient|account|address|addressee|rcpt"
    r"|用户|用戶|邮箱|郵箱|信箱|收件人|收信人|帐号|账号|帐户|账户|邮件地址|地址)"
)
_GONE = (
    r"(?:unknown|not found|not exist\w*|n[o']t exist\w*|no such|invalid|disabled|inactive|deactivated|suspended|closed"
    r"|not local|not listed|recipnotfound|does not have|no longer"
    r"|不存在|无此|没有此|未找到|找不到|无效|停用|禁用|注销|冻结)"
)
_SPEAKS_OF_IT = re.compile(rf"{_MAILBOX}.{{0,200}}?{_GONE}|{_GONE}.{{0,40}}?{_MAILBOX}", re.IGNORECASE | re.DOTALL)
_BLAMES_US = re.compile(
    r"sender|mail from|relay|spam|junk|blocked|black ?list|block ?list|reputation|frequency|too many|rate limit|policy"
    r"|authenticat|spf|dkim|dmarc|content|quota|over.?size|full|发件人|发信人|垃圾|频率|拒收名单|黑名单|容量|已满",
    re.IGNORECASE,
)


def is_dead(words: str, status: str = "") -> bool:
    """Whether a server's words (`550 5.1.1 …`, `smtp; 550 User not found`) mean that nothing will ever reach this
    address. `status` is that of a report (RFC 3464), which counts before what the words contain."""
    code = _status(f"{status} {words}")
    if code and code not in GENERAL:
        return code[0] == "5" and _by_status(code, words)
    reply = _REPLY.search(words)
    number = int(reply.group(1)) if reply else 550 if code else 0
    if number in NO_MAIL_HERE:
        return True
    return number in WITHOUT_CODE and _speaks_of_the_mailbox(words)


def _by_status(code: str, words: str) -> bool:
    if code in DEAD_WITH_WORDS:
        return _speaks_of_the_mailbox(words) or "recipient address rejected" in words.lower()
    if code == "5.1.0":  # "other": servers say it of the sender too
        return not _BLAMES_US.search(words)
    return code in DEAD


def _status(text: str) -> str:
    """The most telling enhanced status code in a text: the first that is not a general one, else the first."""
    codes = [".".join(found.groups()) for found in _STATUS.finditer(text)]
    telling = [code for code in codes if code not in GENERAL]
    return (telling or codes or [""])[0]


def _speaks_of_the_mailbox(words: str) -> bool:
    return bool(_SPEAKS_OF_IT.search(words)) and not _BLAMES_US.search(words)
