"""An e-mail by SMTP; its Message-ID is the delivery's id, so that a repetition is told as one."""

import asyncio
import smtplib
import ssl
from email.message import EmailMessage

from alerts.escalation.deliver.texts import Text
from alerts.escalation.errors import Undeliverable
from alerts.escalation.settings import Mail

_TIMEOUT_S = 20.0


async def send_mail(mail: Mail, password: str | None, to: str, message_id: str, text: Text) -> None:
    """Hands it to the mail server; raises Undeliverable, final when the server refuses the address for good."""
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = mail.sender, to, text.subject
    message["Message-ID"] = f"<{message_id}@{mail.sender.rpartition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(text.body)
    await asyncio.to_thread(_send, mail, password, message)


def _send(mail: Mail, password: str | None, message: EmailMessage) -> None:
    tls = ssl.create_default_context()
    try:
        with _connected(mail, tls) as server:
            if mail.security == "starttls":
                server.starttls(context=tls)
            if mail.username and password is not None:
                server.login(mail.username, password)
            server.send_message(message)
    except smtplib.SMTPRecipientsRefused:
        raise Undeliverable("the mail server refused the address", final=True) from None
    except (smtplib.SMTPException, OSError) as error:
        raise Undeliverable(f"the mail server did not take it ({type(error).__name__})") from None


def _connected(mail: Mail, tls: ssl.SSLContext) -> smtplib.SMTP:
    if mail.security == "tls":
        return smtplib.SMTP_SSL(mail.host, mail.port, timeout=_TIMEOUT_S, context=tls)
    return smtplib.SMTP(mail.host, mail.port, timeout=_TIMEOUT_S)
