"""The part that sends: takes what is due from the outbox, sends many at once, writes down how each went."""

import asyncio
import json
import random
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import httpx

from alerts.escalation.cases.contract import Contracts
from alerts.escalation.clock import Clock
from alerts.escalation.deliver.mail import send_mail
from alerts.escalation.deliver.outbox import LEASE_MS, Sender, arrived, failed, take_due
from alerts.escalation.deliver.slack import send_slack
from alerts.escalation.deliver.targets import Resolve, resolve
from alerts.escalation.deliver.texts import text_of
from alerts.escalation.deliver.webhook import SignedWebhook, send_webhook
from alerts.escalation.errors import Undeliverable
from alerts.escalation.settings import Settings
from alerts.escalation.store.store import Store
from alerts.escalation.store.tables import DeliveryRow
from alerts.escalation.work.sending import Desk
from stream.errors import SettingsError

IDLE_S = 0.5  # how soon a new delivery is noticed

RaterLink = Callable[[str], str | None]  # the signed link to the rater's page of a case


def no_link(_case_id: str) -> str | None:
    """Without the pages on top there is none."""
    return None


@dataclass(frozen=True, slots=True)
class Courier:
    """What sending needs beside the outbox."""

    store: Store
    settings: Settings
    contracts: Contracts
    clock: Clock
    client: httpx.AsyncClient
    rater_link: RaterLink = no_link
    resolver: Resolve = resolve
    chance: Callable[[], float] = field(default=random.random)
    lease_ms: int = LEASE_MS

    @property
    def sender(self) -> Sender:
        """For writing down results."""
        return Sender(self.contracts, desk_of(self.settings), self.chance)


async def send_until(courier: Courier, stop: asyncio.Event) -> None:
    """Sends whatever becomes due until `stop` is set."""
    under_way: dict[asyncio.Task[None], str | None] = {}
    stopped = asyncio.create_task(stop.wait())
    while not stop.is_set():
        taken = await asyncio.to_thread(_take, courier, list(under_way.values()))
        under_way |= {asyncio.create_task(_send_one(courier, row)): row.vendor for row in taken}
        await asyncio.wait({stopped, *under_way}, timeout=IDLE_S, return_when=asyncio.FIRST_COMPLETED)
        for task in [task for task in under_way if task.done()]:
            del under_way[task]
            task.result()  # an error that is ours ends the service
    await asyncio.gather(*under_way)


async def send_due(courier: Courier) -> int:
    """Sends one round of what is due now; returns how many were taken."""
    taken = await asyncio.to_thread(_take, courier, [])
    await asyncio.gather(*(_send_one(courier, row) for row in taken))
    return len(taken)


def desk_of(settings: Settings) -> Desk:
    """Where our own people are told."""
    return Desk(settings.us.email, settings.us.slack_url_file is not None)


async def _send_one(courier: Courier, row: DeliveryRow) -> None:
    try:
        await _attempt(courier, row)
    except Undeliverable as why:
        await asyncio.to_thread(_write_failed, courier, row, why)
    except SettingsError as error:
        # A secret's file that is missing now may be there at the next attempt.
        await asyncio.to_thread(_write_failed, courier, row, Undeliverable(str(error)))
    else:
        await asyncio.to_thread(_write_arrived, courier, row)


async def _attempt(courier: Courier, row: DeliveryRow) -> None:
    settings, message = courier.settings, json.loads(row.body)
    links = _links(courier, message)
    if row.channel == "webhook":
        webhook = courier.contracts.of(row.vendor).webhook
        if webhook is None:
            raise Undeliverable("the vendor's contract has no webhook any more", final=True)
        # The URL as the contract has it now: a corrected one takes effect at the next attempt.
        secrets = [settings.secret(name) for name in webhook.secret_files]
        body = json.dumps(message | {"links": links}, ensure_ascii=False, separators=(",", ":"))
        signed = SignedWebhook(row.id, webhook.url, body, secrets, settings.sending.open_loopback)
        await send_webhook(courier.client, signed, courier.clock(), courier.resolver)
    elif row.channel == "email":
        if settings.mail is None:
            raise Undeliverable("there is no [mail] in the settings; add the mail server", final=True)
        password = settings.secret(settings.mail.password_file) if settings.mail.password_file else None
        await send_mail(settings.mail, password, row.address, row.id, text_of(message, links))
    else:
        if settings.us.slack_url_file is None:
            raise Undeliverable("there is no slack_url_file in the settings any more", final=True)
        await send_slack(courier.client, settings.secret(settings.us.slack_url_file), text_of(message, links))


def _links(courier: Courier, message: dict[str, object]) -> dict[str, str]:
    case = message.get("case")
    case_id = case["id"] if isinstance(case, dict) else message.get("case_id")
    if not isinstance(case_id, str):
        return {}
    links = {"case": f"{courier.settings.http.address}/cases/{case_id}"}
    told_rater = isinstance(case, dict) and case["kind"] == "rater"
    link = courier.rater_link(case_id) if told_rater else None
    return links if link is None else links | {"for_the_rater": link}


def _take(courier: Courier, under_way: Sequence[str | None]) -> Sequence[DeliveryRow]:
    at_once = courier.settings.sending.at_once
    room = at_once - len(under_way)
    if room <= 0:
        return []
    # A vendor whose server keeps us waiting never holds up all the others.
    with courier.store.writing() as session:
        return take_due(session, courier.clock(), room, max(1, at_once // 4), Counter(under_way), courier.lease_ms)


def _write_arrived(courier: Courier, row: DeliveryRow) -> None:
    with courier.store.writing() as session:
        arrived(session, courier.sender, row, courier.clock())


def _write_failed(courier: Courier, row: DeliveryRow, why: Undeliverable) -> None:
    with courier.store.writing() as session:
        failed(session, courier.sender, row, why, courier.clock())
