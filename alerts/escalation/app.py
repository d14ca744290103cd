"""The composition root of the escalation service: the only place that puts its parts together.

A *part* runs until `service.stop` is set. All run beside each other in one event loop; when one ends or fails, all end.
"""

import asyncio
import signal
from collections.abc import Awaitable, Callable

from alerts.escalation.deliver.run import Courier, desk_of, send_until
from alerts.escalation.deliver.webhook import webhook_client
from alerts.escalation.feed.findings import read_findings
from alerts.escalation.feed.publishing import publish_decisions
from alerts.escalation.service import Service
from alerts.escalation.web.serving import rater_links
from alerts.escalation.work.retention import drop_old_evidence
from alerts.escalation.work.tick import Ticked, tick

Part = Callable[[Service], Awaitable[None]]
RETENTION_S = 3_600.0
TICK_S = 10.0  # deadlines are days; a case that the cap lets in waits no longer than this


async def deliver(service: Service) -> None:
    """Sends what the outbox holds."""
    async with webhook_client() as client:
        courier = Courier(
            store=service.store,
            settings=service.settings,
            contracts=service.contracts,
            clock=service.clock,
            client=client,
            rater_link=rater_links(service),
        )
        await send_until(courier, service.stop)


async def keep_deadlines(service: Service) -> None:
    """Does what time alone brings."""
    while not service.stop.is_set():
        await asyncio.to_thread(tick_once, service)
        await service.pause(TICK_S)


def tick_once(service: Service) -> Ticked:
    """One tick, in a transaction of its own."""
    with service.store.writing() as session:
        return tick(session, service.contracts, service.policy, desk_of(service.settings), service.clock())


async def keep_retention(service: Service) -> None:
    """Drops evidence that was kept for long enough; days matter there, so an hour does not."""
    while not service.stop.is_set():
        if not await asyncio.to_thread(_drop_some, service):
            await service.pause(RETENTION_S)


def _drop_some(service: Service) -> int:
    with service.store.writing() as session:
        return drop_old_evidence(session, service.settings.evidence_days, service.clock())


PARTS: tuple[Part, ...] = (read_findings, publish_decisions, keep_deadlines, keep_retention, deliver)


async def serve(service: Service, parts: tuple[Part, ...] = PARTS) -> None:
    """Runs the parts until SIGINT or SIGTERM; the first error of a part ends the others and is raised."""
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
