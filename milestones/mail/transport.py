"""How do bytes reach a mail server, or a folder, and what did it say?

A transport keeps its connection between mails. `send` answers with an Outcome; it raises Unavailable only when nothing
was handed over and no other mail would fare better now.
"""

from __future__ import annotations

import contextlib
import smtplib
import ssl
from dataclasses import dataclass
from datetime import timedelta
from enum import Enum
from pathlib import Path
from typing import Any, Protocol

from . import verdicts

ACCEPTED = (250, 251, 354)
TIMEOUT = 20  # seconds for each answer of the server; a lease outlasts all answers of one mail


class Fate(Enum):
    ACCEPTED = "accepted"
    REFUSED = "refused"  # for good: a 5xx
    DEFERRED = "deferred"  # for now: a 4xx, or the connection broke before the bytes were handed over
    UNKNOWN = "unknown"  # the bytes were handed over and no answer came: the server may have accepted them


@dataclass(frozen=True, slots=True)
class Outcome:
    """`session_lost`: the server ended the conversation; the next mail needs a new connection. `wait`: how long the
    server asks not to be tried again. `address_is_dead`: it is the address that was refused, and for good."""

    fate: Fate
    reply: str
    session_lost: bool = False
    wait: timedelta = timedelta()
    address_is_dead: bool = False


class Unavailable(Exception):
    """The server cannot be reached or does not let us in; its words are the message."""


class Transport(Protocol):
    def send(self, name: str, sender: str, to: str, message: bytes) -> Outcome: ...

    def close(self) -> None: ...


def opened(address: Any, *, hostname: str) -> Transport:
    """The transport for a `settings.MAIL_TRANSPORT`; an SMTP connection is made with the first mail."""
    if address.scheme == "file":
        return Folder(address.path)
    return Smtp(address, hostname)


class Folder:
    """One `.eml` a delivery, complete or not there at all: written under a temporary name, then renamed."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def send(self, name: str, sender: str, to: str, message: bytes) -> Outcome:
        target = self.path / f"{name}.eml"
        unfinished = self.path / f".{name}.tmp"
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            unfinished.write_bytes(message)
            unfinished.replace(target)
        except OSError as error:
            raise Unavailable(str(error)) from error
        return Outcome(Fate.ACCEPTED, f"written to {target.name}")

    def close(self) -> None:
        return None


class Smtp:
    """A conversation with one server (RFC 5321), told apart by how far each mail came."""

    def __init__(self, address: Any, hostname: str) -> None:
        self.address = address
        self.hostname = hostname
        self.connection: smtplib.SMTP | None = None

    def send(self, name: str, sender: str, to: str, message: bytes) -> Outcome:
        reused = self.connection is not None
        outcome = self._try(sender, to, message)
        if reused and self.connection is None and outcome.fate is Fate.DEFERRED:
            return self._try(sender, to, message)  # the server had closed the idle connection: once more on a new one
        return outcome

    def close(self) -> None:
        if self.connection is not None:
            with contextlib.suppress(OSError, smtplib.SMTPException):
                self.connection.quit()
            self.connection = None

    def _try(self, sender: str, to: str, message: bytes) -> Outcome:
        smtp = self._connected()
        try:
            code, text = smtp.mail(sender)
            if 400 <= code < 500:  # some servers want a new session after so many mails, and say so only here
                self._drop()
                return Outcome(Fate.DEFERRED, _said(code, text), session_lost=True)
            if code not in ACCEPTED:  # it is the sender that is not liked: no other mail would fare better
                self._drop()
                raise Unavailable(_said(code, text))
            for step in (lambda: smtp.rcpt(to), lambda: smtp.docmd("DATA")):
                if code not in ACCEPTED:
                    break
                code, text = step()
            if code not in ACCEPTED:
                return self._refusal(smtp, code, text)
        except (OSError, smtplib.SMTPException) as error:
            self._drop()
            return Outcome(Fate.DEFERRED, _words(error), session_lost=True)
        return self._hand_over(smtp, message)

    def _hand_over(self, smtp: smtplib.SMTP, message: bytes) -> Outcome:
        try:
            smtp.send(message.replace(b"\r\n.", b"\r\n..") + b".\r\n")
            code, text = smtp.getreply()
        except (OSError, smtplib.SMTPException) as error:
            self._drop()
            return Outcome(Fate.UNKNOWN, _words(error), session_lost=True)
        if code == 250:
            return Outcome(Fate.ACCEPTED, _said(code, text))
        return self._refusal(smtp, code, text)

    def _refusal(self, smtp: smtplib.SMTP, code: int, text: bytes) -> Outcome:
        """A 5xx is final, a 4xx is for now; 421 ends the conversation, 530 and 535 do not let us in at all."""
        reply = _said(code, text)
        if code in (421, 530, 535):
            self._drop()
            if code != 421:
                raise Unavailable(reply)
            return Outcome(Fate.DEFERRED, reply, session_lost=True)
        with contextlib.suppress(OSError, smtplib.SMTPException):
            smtp.rset()
        if not 500 <= code < 600:
            return Outcome(Fate.DEFERRED, reply)
        return Outcome(Fate.REFUSED, reply, address_is_dead=verdicts.is_dead(reply))

    def _connected(self) -> smtplib.SMTP:
        if self.connection is None:
            try:
                self.connection = self._connect()
            except (OSError, smtplib.SMTPException) as error:
                raise Unavailable(_words(error)) from error
        return self.connection

    def _connect(self) -> smtplib.SMTP:
        where: dict[str, Any] = {"timeout": TIMEOUT, "local_hostname": self.hostname}
        if self.address.tls == "implicit":
            where["context"] = ssl.create_default_context()
        smtp = (smtplib.SMTP_SSL if self.address.tls == "implicit" else smtplib.SMTP)(**where)
        try:
            self._greet(smtp)
        except BaseException:
            smtp.close()
            raise
        return smtp

    def _greet(self, smtp: smtplib.SMTP) -> None:
        smtp._host = self.address.host  # type: ignore[attr-defined]  # the name STARTTLS verifies
        code, text = smtp.connect(self.address.host, self.address.port)
        if code != 220:
            raise smtplib.SMTPConnectError(code, text)
        if self.address.tls == "starttls":
            smtp.starttls(context=ssl.create_default_context())
        if self.address.user:
            smtp.login(self.address.user, self.address.password)
        else:
            smtp.ehlo_or_helo_if_needed()

    def _drop(self) -> None:
        if self.connection is not None:
            self.connection.close()
            self.connection = None


def _said(code: int, text: bytes) -> str:
    return f"{code} {text.decode('utf-8', 'replace')}".replace("\0", "")[:1000]  # PostgreSQL stores no NUL


def _words(error: BaseException) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        text = error.smtp_error
        return _said(error.smtp_code, text if isinstance(text, bytes) else str(text).encode())
    return f"{type(error).__name__}: {error}"[:1000]
