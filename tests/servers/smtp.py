"""What does a mail server do to us: accept, refuse, be slow, hang up, be down?"""

from __future__ import annotations

import asyncio
import logging
import socket
import threading
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import default as modern
from types import SimpleNamespace
from typing import Any, Literal, Self, cast

from aiosmtpd.smtp import SMTP, Envelope, Session

logging.getLogger("mail.log").setLevel(logging.WARNING)  # aiosmtpd tells every line of every conversation

Moment = Literal["recipient", "data", "accepted"]


@dataclass(frozen=True)
class Received:
    """One accepted delivery."""

    sender: str
    recipients: tuple[str, ...]
    content: bytes = field(repr=False)

    @property
    def message(self) -> EmailMessage:
        return BytesParser(policy=modern).parsebytes(self.content)


class SmtpSink:
    """A server on one loopback port, also after `down()` and `up()`. Use it as a context manager."""

    host = "127.0.0.1"

    def __init__(self) -> None:
        self.received: list[Received] = []
        self.sessions = 0
        self.refused: dict[str, str] = {}
        self.hang_ups: dict[Moment, int] = {}
        self.seconds_a_mail = 0.0
        self.mails_a_session = 0  # after so many a session is refused another, for now; 0: any number
        self._sender_answer = ""
        self.port = 0
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._server: asyncio.Server | None = None
        self._open: set[asyncio.Transport] = set()

    # --- what a test says ---------------------------------------------------------------------------------------------
    @property
    def url(self) -> str:
        return f"smtp://{self.host}:{self.port}"

    @property
    def messages(self) -> list[EmailMessage]:
        return [received.message for received in self.received]

    def to(self, address: str) -> list[EmailMessage]:
        return [received.message for received in self.received if address in received.recipients]

    def refuse(self, recipient: str, answer: str = "550 5.1.1 No such mailbox") -> None:
        """Answers each attempt for this address with that line; 4xx is for now, 5xx for good."""
        self.refused[recipient] = answer

    def accept_again(self, recipient: str) -> None:
        self.refused.pop(recipient, None)

    def hang_up(self, moment: Moment, times: int = 1) -> None:
        """Closes the connection: at a recipient, instead of answering the data, or with the mail taken, unanswered."""
        self.hang_ups[moment] = times

    def dislike_the_sender(self, answer: str) -> None:
        """Answers MAIL FROM with that line."""
        self._sender_answer = answer

    def answer_slowly(self, seconds: float) -> None:
        self.seconds_a_mail = seconds

    def down(self) -> None:
        """Nobody listens, and whoever was connected is cut off."""
        self._call(self._close())

    def up(self) -> None:
        """Listens, on the port it had before if there was one."""
        self._call(self._listen())

    # --- how it does it -----------------------------------------------------------------------------------------------
    def __enter__(self) -> Self:
        self._thread.start()
        self.up()
        return self

    def __exit__(self, *_: object) -> None:
        self.down()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)
        self._loop.close()

    def _call(self, work: Any) -> None:
        asyncio.run_coroutine_threadsafe(work, self._loop).result(10)

    async def _listen(self) -> None:
        listener = socket.socket()
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((self.host, self.port))
        self.port = listener.getsockname()[1]
        self._server = await self._loop.create_server(lambda: _Protocol(self), sock=listener)

    async def _close(self) -> None:
        if self._server:
            self._server.close()
            self._server = None
        for transport in list(self._open):
            transport.abort()
        await asyncio.sleep(0)  # lets the protocols see that they were cut off

    def _hangs_up(self, moment: Moment, server: SMTP) -> bool:
        left = self.hang_ups.get(moment, 0)
        if left:
            self.hang_ups[moment] = left - 1
            cast(asyncio.Transport, server.transport).abort()
        return bool(left)

    async def handle_MAIL(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self._sender_answer:
            return self._sender_answer
        taken = getattr(session, "taken", 0)
        if self.mails_a_session and taken >= self.mails_a_session:
            return "451 4.7.1 Too many mails in one session"
        session.taken = taken + 1  # type: ignore[attr-defined]
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 OK"

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self._hangs_up("recipient", server):
            return "421 hung up"
        if answer := self.refused.get(address):
            return answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        if self.seconds_a_mail:
            await asyncio.sleep(self.seconds_a_mail)
        if self._hangs_up("data", server):
            return "421 hung up"
        content = cast(bytes, envelope.original_content)
        self.received.append(Received(str(envelope.mail_from), tuple(envelope.rcpt_tos), content))
        self._hangs_up("accepted", server)
        return "250 2.0.0 Taken"


class _Protocol(SMTP):
    def __init__(self, sink: SmtpSink) -> None:
        # Not the sink itself: aiosmtpd reads every attribute of its handler, so each session would parse all mails.
        hooks = SimpleNamespace(**{name: getattr(sink, name) for name in ("handle_MAIL", "handle_RCPT", "handle_DATA")})
        super().__init__(hooks, enable_SMTPUTF8=True, hostname="sink.test", loop=sink._loop, timeout=60)
        self._sink = sink

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._sink.sessions += 1
        self._sink._open.add(cast(asyncio.Transport, transport))
        super().connection_made(transport)

    def connection_lost(self, error: Exception | None) -> None:
        self._sink._open.discard(cast(asyncio.Transport, self.transport))
        super().connection_lost(error)
