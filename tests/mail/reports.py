"""What do servers write when a mail cannot be delivered? Each takes a mail and returns the message in the mailbox."""

from __future__ import annotations

import base64
from email.utils import format_datetime

from milestones.mail import message
from milestones.models import OutgoingMail

GONE = "<{to}>: Recipient address rejected: User unknown in local recipient table"


def _crlf(text: str) -> bytes:
    return text.encode().replace(b"\n", b"\r\n")


def _date(mail: OutgoingMail) -> str:
    return format_datetime(mail.sent_at or mail.created_at)


def postfix(
    mail: OutgoingMail, *, status: str = "5.1.1", words: str = f"550 5.1.1 {GONE}", action: str = "failed"
) -> bytes:
    """Three parts; the headers of the mail in the last."""
    said = words.format(to=mail.to)
    return _crlf(f"""\
From: MAILER-DAEMON@relay.example.org (Mail Delivery System)
Subject: Undelivered Mail Returned to Sender
To: bounces@example.org
Date: {_date(mail)}
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status;
\tboundary="4RkZ1y0.1687824000/relay.example.org"
Content-Transfer-Encoding: 8bit
Message-Id: <20230627000000.4RkZ1y0@relay.example.org>

This is a MIME-encapsulated message.

--4RkZ1y0.1687824000/relay.example.org
Content-Description: Notification
Content-Type: text/plain; charset=utf-8

This is the mail system at host relay.example.org.

<{mail.to}>: host mx.example.org[192.0.2.25] said: {said} (in reply to RCPT TO command)

--4RkZ1y0.1687824000/relay.example.org
Content-Description: Delivery report
Content-Type: message/delivery-status

Reporting-MTA: dns; relay.example.org
X-Postfix-Queue-ID: 4RkZ1y0
X-Postfix-Sender: rfc822; bounces@example.org
Arrival-Date: {_date(mail)}

Final-Recipient: rfc822; {mail.to}
Original-Recipient: rfc822;{mail.to}
Action: {action}
Status: {status}
Remote-MTA: dns; mx.example.org
Diagnostic-Code: smtp; {said}

--4RkZ1y0.1687824000/relay.example.org
Content-Description: Undelivered Message Headers
Content-Type: text/rfc822-headers

Return-Path: <bounces@example.org>
From: office@example.org
To: {mail.to}
Subject: {message.encoded(mail.subject)}
Message-ID: {message.message_id(mail)}

--4RkZ1y0.1687824000/relay.example.org--
""")


def delayed(mail: OutgoingMail) -> bytes:
    return postfix(mail, status="4.4.1", words="connect to mx.example.org[192.0.2.25]:25: timed out", action="delayed")


def exchange(mail: OutgoingMail) -> bytes:
    """HTML beside the text, the whole mail returned, the address in capitals, and no Diagnostic-Code in one line."""
    html = base64.encodebytes(f"<html><body>未能送达 {mail.to}</body></html>".encode()).decode()
    return _crlf(f"""\
From: <postmaster@tenant.example.com>
To: <bounces@example.org>
Date: {_date(mail)}
Content-Type: multipart/report; report-type=delivery-status;
\tboundary="2f0bd1f4-6c45-4f1c-a4a1-0d9ea2d2f1a0"
X-MS-Exchange-Message-Is-Ndr:
Content-Language: zh-CN
Message-ID: <7f1c2b3a-1111-4222-8333-444455556666@tenant.example.com>
In-Reply-To: {message.message_id(mail)}
References: <milestone.0190f6d0-0000-7000-8000-000000000001@example.org> {message.message_id(mail)}
Subject: =?utf-8?B?5peg5rOV6YCB6L6+?=
Auto-Submitted: auto-replied
MIME-Version: 1.0

--2f0bd1f4-6c45-4f1c-a4a1-0d9ea2d2f1a0
Content-Type: multipart/alternative; differences=Content-Type;
\tboundary="inner-9b2d"

--inner-9b2d
Content-Type: text/plain; charset="us-ascii"

Your message couldn't be delivered.

--inner-9b2d
Content-Type: text/html; charset="utf-8"
Content-Transfer-Encoding: base64

{html}
--inner-9b2d--

--2f0bd1f4-6c45-4f1c-a4a1-0d9ea2d2f1a0
Content-Type: message/delivery-status

Reporting-MTA: dns;SEYPR01MB0001.apcprd01.prod.exchange.example.com
Received-From-MTA: dns;relay.example.org
Arrival-Date: {_date(mail)}

Final-Recipient: rfc822;{mail.to.upper()}
Action: failed
Status: 5.1.10
Diagnostic-Code: smtp;550 5.1.10 RESOLVER.ADR.RecipientNotFound;
 Recipient not found by SMTP address lookup
X-Display-Name: =?utf-8?B?5p2O5Zub?=


--2f0bd1f4-6c45-4f1c-a4a1-0d9ea2d2f1a0
Content-Type: message/rfc822

From: office@example.org
To: {mail.to}
Subject: {message.encoded(mail.subject)}
Message-ID: {message.message_id(mail)}
MIME-Version: 1.0
Content-Type: multipart/alternative; boundary="=_x"

--=_x
Content-Type: text/plain; charset=utf-8

text
--=_x--

--2f0bd1f4-6c45-4f1c-a4a1-0d9ea2d2f1a0--
""")


def netease(mail: OutgoingMail) -> bytes:
    """As 163 writes: words in the old Chinese encoding, raw in a header; a general status."""
    text = f"""\
From: "postmaster@163.com" <postmaster@163.com>
To: bounces@example.org
Date: {_date(mail)}
Subject: =?gb2312?B?z7XNs83L0MU=?=
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="----=_Part_163_1"
X-Coremail-Notify: bounce

------=_Part_163_1
Content-Type: text/plain; charset=gbk
Content-Transfer-Encoding: 8bit

抱歉，您的邮件被退回来了……
收件人: {mail.to}
退信原因: 收件人邮箱不存在

------=_Part_163_1
Content-Type: message/delivery-status

Reporting-MTA: dns; 163.com

Final-Recipient: RFC822; <{mail.to}>
Action: failed
Status: 5.0.0
Diagnostic-Code: SMTP; 550 User not found: {mail.to} 收件人邮箱不存在

------=_Part_163_1
Content-Type: message/rfc822-headers
Content-Transfer-Encoding: base64

{base64.encodebytes(f"To: {mail.to}{chr(10)}Message-Id: {message.message_id(mail)}{chr(10)}".encode()).decode()}
------=_Part_163_1--
"""
    return text.encode("gbk").replace(b"\n", b"\r\n")


def qq(mail: OutgoingMail) -> bytes:
    """As QQ writes: in a multipart/mixed, the status part encoded as the standard does not allow."""
    status = f"Reporting-MTA: dns; mail.qq.com\n\nFinal-Recipient: rfc822; {mail.to}\nAction: failed\nStatus: 5.5.0\n"
    status += f"Diagnostic-Code: smtp; 550 Mailbox not found. 对方邮箱地址不存在 {mail.to}\n"
    words = base64.encodebytes("退信：对方邮箱地址不存在".encode()).decode()
    return _crlf(f"""\
From: "=?gb18030?B?z7XNs83L0MU=?=" <PostMaster@qq.com>
To: bounces@example.org
Date: {_date(mail)}
Subject: =?utf-8?B?57O757uf6YCA5L+h?=
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary="----=_NextPart_QQ"

------=_NextPart_QQ
Content-Type: text/html; charset="utf-8"
Content-Transfer-Encoding: base64

{words}
------=_NextPart_QQ
Content-Type: message/delivery-status
Content-Transfer-Encoding: base64

{base64.encodebytes(status.encode()).decode()}
------=_NextPart_QQ
Content-Type: message/rfc822

To: {mail.to}
Message-ID: {message.message_id(mail)}
Subject: x

text
------=_NextPart_QQ--
""")


def absence_note(mail: OutgoingMail) -> bytes:
    """No report, whatever it says: 550, user unknown."""
    return f"""\
From: {mail.to}
To: bounces@example.org
Subject: =?utf-8?B?6Ieq5Yqo5Zue5aSN?=
In-Reply-To: {message.message_id(mail)}
Auto-Submitted: auto-replied
Content-Type: text/plain; charset=utf-8

我出差了。550 5.1.1 User unknown。
""".encode()


def without_recipient(mail: OutgoingMail) -> bytes:
    """It says that it is a report, and its status part holds nothing."""
    return postfix(mail).replace(b"Final-Recipient", b"X-Nothing").replace(b"Original-Recipient", b"X-Nor-That")
