"""The composition root of the escalation service: the only place that puts its parts together.

A *part* runs until `stop` is set. All run beside each other in one event loop; when one fails, all end and the error is
raised. The pages on top add theirs to PARTS.
"""

import asyncio
import signal
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from alerts.escalation.cases.contract import Contracts
from alerts.escalation.cases.contract_file import load_contracts
from alerts.escalation.clock import Clock, wall_clock
from alerts.escalation.settings import Settings
from alerts.escalation.store.store import Store
from stream.policy.declared import DeclaredPolicy
from stream.policy.policy_file import load_policy


@dataclass(frozen=True, slots=True)
class Service:
    """What every part works with."""

    settings: Settings
    store: Store
    contracts: Contracts
    policy: DeclaredPolicy
    clock: Clock = wall_clock
    stop: asyncio.Event = field(default_factory=asyncio.Event)


Part = Callable[[Service], Awaitable[None]]
PARTS: tuple[Part, ...] = ()


def open_service(settings: Settings) -> Service:
    """Reads contracts and policy and opens the database; raises SettingsError or Unavailable."""
    return Service(
        settings=settings,
        store=Store.open(settings.database_url),
        contracts=load_contracts(settings.path(settings.contracts)),
        policy=load_policy(settings.path(settings.policy)) if settings.policy else DeclaredPolicy(),
    )


async def serve(service: Service, parts: tuple[Part, ...] = PARTS) -> None:
    """Runs the parts until SIGINT or SIGTERM."""
    loop = asyncio.get_running_loop()
    for sign in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(sign, service.stop.set)
    try:
        async with asyncio.TaskGroup() as group:
            for part in parts:
                group.create_task(_until_stopped(part, service))
    finally:
        service.store.close()


async def _until_stopped(part: Part, service: Service) -> None:
    """A part that ends before it is told to ends the service too, instead of leaving it half alive."""
    try:
        await part(service)
    finally:
        service.stop.set()
