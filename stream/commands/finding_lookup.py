"""A finding by its id: an open one from Redis, else from the log of all that were published."""

import msgspec

from stream.commands.options import opened_store, servers
from stream.commands.reading import partition_count
from stream.errors import InputError
from stream.events import Finding
from stream.settings import Settings
from stream.state.keys import FINDINGS


async def find_finding(settings: Settings, finding_id: str) -> Finding:
    """Raises InputError for an id that is in neither place, and for a finding that is about no rater."""
    found = await _open_finding(settings, finding_id) or servers().log(settings).finding(finding_id)
    if found is None:
        raise InputError(
            f"no finding {finding_id} is open, and the topic {settings.findings} holds none: "
            "`raterwatch rater ID --json` shows the ids of open ones"
        )
    if found.rater_id is None:
        raise InputError("this finding is about a queue or a vendor, not about a rater")
    return found


async def _open_finding(settings: Settings, finding_id: str) -> Finding | None:
    async with opened_store(settings) as store:
        for partition in range(await partition_count(store, settings)):
            for data in (await store.scan(f"{settings.outcomes}:{partition}", FINDINGS)).values():
                found = msgspec.msgpack.decode(data, type=Finding)
                if found.id == finding_id:
                    return found
    return None
