"""A mail server that keeps what it gets: as much of SMTP as smtplib speaks without TLS."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email import message_from_string, policy
from email.message import EmailMessage

from stack.ports import Ports


@dataclass
class MailServer:
    """Its port, and the messages it took; addresses in `refused` do not exist here."""

    port: int
    came: list[EmailMessage] = field(default_factory=list)
    refused: set[str] = field(default_factory=set)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 here\r\n")
        while line := (await reader.readline()).decode().strip():
            verb = line[:4].upper()
            if verb == "DATA":
                writer.write(b"354 go on\r\n")
                text = (await reader.readuntil(b"\r\n.\r\n")).decode()[:-3]
                message = message_from_string(text, policy=policy.default)
                self.came.append(message)  # type: ignore[arg-type]
                writer.write(b"250 taken\r\n")
            elif verb == "RCPT" and any(address in line for address in self.refused):
                writer.write(b"550 nobody of this name\r\n")
            elif verb == "QUIT":
                writer.write(b"221 bye\r\n")
                break
            else:
                writer.write(b"250 well\r\n")
            await writer.drain()
        writer.close()


@asynccontextmanager
async def taking_mail() -> AsyncIterator[MailServer]:
    """A mail server on a free port of 127.0.0.1."""
    with Ports() as ports:
        server = MailServer(ports.take())
        async with await asyncio.start_server(server.serve, "127.0.0.1", server.port):
            yield server
