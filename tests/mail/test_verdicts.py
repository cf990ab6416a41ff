"""When does a server's refusal mean that an address is dead?"""

from __future__ import annotations

import pytest

from milestones.mail.verdicts import is_dead

DEAD = [
    "550 5.1.1 No such mailbox",
    "550 5.1.1 <a@b.cn>: Recipient address rejected: User unknown in local recipient table",
    "550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP address lookup",
    "550 5.4.1 Recipient address rejected: Access denied. AS(201806281)",
    "550 5.2.1 The email account that you tried to reach is disabled",
    "550 5.1.2 Host unknown",
    "550-5.1.1 The email account that you tried to reach does not exist.\n5.1.1 Please try double-checking",
    "554 5.4.4 Host or domain name not found",
    "550 Mailbox not found. http://service.mail.qq.com/cgi-bin/help?subtype=1&&id=20022&&no=1000728",
    "550 User not found: zhang@163.com",
    "550 Invalid User: a@b.com",
    "551 User not local; please try <b@c.cn>",
    "556 Domain does not accept mail",
    "550 邮箱不存在",
    "550 收件人地址不存在",
    "smtp; 550 5.0.0 no such user here",
]
ALIVE = [
    "550 5.7.1 Message rejected as spam by policy",
    "550 5.7.1 Recipient address rejected: user unknown policy",
    "550 5.7.26 Unauthenticated email from example.gov.cn is not accepted due to domain's DMARC policy.",
    "552 5.2.2 Mailbox full",
    "552 5.3.4 Message too big",
    "550 5.1.8 <x>: Sender address rejected: Domain not found",
    "554 5.1.0 <x@y>: Sender address rejected",
    "550 5.4.1 no answer from host",
    "550 Connection frequency limited",
    "550 Suspected spam; user unknown",
    "554 DT:SPM 163 smtp1,xx",
    "550 relay not permitted for user not local",
    "550 Requested action not taken: mailbox unavailable",
    "550 Mailbox unavailable or access denied [10.1.1.1 IP: 1]",
    "550 发件人地址不存在",
    "552 用户邮箱已满",
    "451 4.7.1 Greylisted",
    "450 4.2.1 The user is receiving mail at a rate that prevents additional messages",
    "not sent: invalid address",
    "",
]


@pytest.mark.parametrize("words", DEAD)
def test_the_address_is_dead(words: str) -> None:
    assert is_dead(words)


@pytest.mark.parametrize("words", ALIVE)
def test_something_else_is_the_matter(words: str) -> None:
    assert not is_dead(words)


def test_a_reports_status_counts_before_its_words() -> None:
    assert is_dead("smtp; 550 rejected", "5.1.1")
    assert not is_dead("smtp; 550 user unknown", "5.7.1")
    assert not is_dead("smtp; 452 user over quota", "4.2.2")


def test_a_general_status_lets_the_words_speak() -> None:
    assert is_dead("smtp; 550 permanent failure for one or more recipients (a@b.cn:550 5.1.1 no)", "5.0.0")
    assert not is_dead("smtp; 550 permanent failure for one or more recipients (a@b.cn:blocked)", "5.0.0")
