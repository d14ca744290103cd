"""The queues that files bring along, beside those the deployment has: what has to be published before a replay."""

from collections.abc import Sequence

import msgspec

from stream.commands.file_options import Opened
from stream.commands.publishing import Held
from stream.intake.payload import DAY_MS
from stream.intake.queue_row import QueueRow
from stream.intake.queues import QueueSettings, Settings, VendorSettings
from stream.quality.schema import OTHER


def missing_queues(opened: Opened, held: Sequence[Held]) -> list[str]:
    """Queues of the files that some shard does not hold open, or with fewer labels than the files have."""
    settings = settings_with(opened, held)
    return [
        name for name in opened.found.queues if not all(_holds(shard, name, settings) for shard in held) or not held
    ]


def settings_with(opened: Opened, held: Sequence[Held]) -> Settings:
    """Everything to publish, since a queue that is left out is closed: what the shards hold open, the queues file, and
    the files' own queues. Where a queue came from files before, new labels are appended to its own.
    """
    rows = {row.name: row for shard in held if shard.directory for row in shard.directory.queues if row.is_open}
    queues = {name: _settings(row) for name, row in rows.items()}
    for name, declared in opened.settings.queues.items():
        if name not in queues:
            queues[name] = declared
        elif name in opened.undeclared and queues[name].kind == declared.kind == "nominal":
            more = [label for label in declared.labels if label not in queues[name].labels]
            room = max(0, OTHER - len(queues[name].labels))
            queues[name] = msgspec.structs.replace(queues[name], labels=(*queues[name].labels, *more[:room]))
    listed = {vendor for row in rows.values() if not row.payload.vendors for vendor in sorted(row.vendors)}
    return msgspec.structs.replace(
        opened.settings,
        queues=queues,
        vendors={vendor: VendorSettings() for vendor in sorted(listed)} | opened.settings.vendors,
        accept_raw_ids=accepts_raw_ids(opened, held),
    )


def accepts_raw_ids(opened: Opened, held: Sequence[Held]) -> bool:
    """Whether the deployment takes rater ids that are no pseudonyms: its queues file or every shard says so."""
    shards = [shard.directory.accept_raw_ids for shard in held if shard.directory]
    return opened.settings.accept_raw_ids or (bool(shards) and all(shards))


def _holds(shard: Held, name: str, wanted: Settings) -> bool:
    rows = {row.name: row for row in shard.directory.queues} if shard.directory else {}
    return name in rows and rows[name].is_open and rows[name].labels == wanted.queues[name].labels


def _settings(row: QueueRow) -> QueueSettings:
    held = row.payload
    return QueueSettings(
        labels=held.labels,
        kind=held.kind,
        redundancy=held.redundancy,
        item_kinds=held.item_kinds,
        sensitivity=held.sensitivity,
        vendors=held.vendors,
        horizon_days=held.horizon_ms / DAY_MS,
    )
