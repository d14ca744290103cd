"""What every part of a running escalation service works with."""

import asyncio
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
    """Settings, store, contracts, policy and clock; `stop` is set when the parts are to end."""

    settings: Settings
    store: Store
    contracts: Contracts
    policy: DeclaredPolicy
    clock: Clock = wall_clock
    stop: asyncio.Event = field(default_factory=asyncio.Event)

    async def pause(self, seconds: float) -> None:
        """Waits, but not longer than the service runs."""
        try:
            await asyncio.wait_for(self.stop.wait(), seconds)
        except TimeoutError:
            return


def open_service(settings: Settings) -> Service:
    """Reads contracts and policy and opens the database; raises SettingsError or Unavailable."""
    return Service(
        settings=settings,
        store=Store.open(settings.database_url),
        contracts=load_contracts(settings.path(settings.contracts)),
        policy=load_policy(settings.path(settings.policy)) if settings.policy else DeclaredPolicy(),
    )
