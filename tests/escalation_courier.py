"""A process that does nothing but send, to be killed: `escalation_courier SETTINGS LEASE_MS [AHEAD_MS]`.

It prints a line once it has begun. `AHEAD_MS` puts its clock ahead, so that a day can pass.
"""

import asyncio
import sys

from alerts.escalation.clock import wall_clock
from alerts.escalation.deliver.run import Courier, send_until
from alerts.escalation.deliver.webhook import webhook_client
from alerts.escalation.service import open_service
from alerts.escalation.settings import load_settings


async def send(settings_file: str, lease_ms: int, ahead_ms: int) -> None:
    service = open_service(load_settings(settings_file))
    async with webhook_client() as client:
        courier = Courier(
            store=service.store,
            settings=service.settings,
            contracts=service.contracts,
            clock=lambda: wall_clock() + ahead_ms,
            client=client,
            chance=lambda: 0.5,
            lease_ms=lease_ms,
        )
        print("sending", flush=True)  # noqa: T201 (whoever started it waits for this)
        await send_until(courier, service.stop)


if __name__ == "__main__":
    asyncio.run(send(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]) if len(sys.argv) > 3 else 0))
