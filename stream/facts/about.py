"""Everything that facts hold about one rater, wherever they are: for disclosure, and to see that nothing is left."""

from contextlib import closing
from pathlib import Path
from typing import Any

from stream.facts.columns import DAILY, FINDINGS
from stream.facts.manifest import read_manifest


def rows_about(place: str, rater_id: str) -> dict[str, list[dict[str, Any]]]:
    """Rows by table; empty lists where there are none. May be asked while the writer is at work.

    Raises `Unavailable` when a database does not answer.
    """
    if "://" in place:
        from stream.facts.postgres.store import PostgresStore  # noqa: PLC0415 (files need no driver)

        with closing(PostgresStore(place)) as store:
            return store.rows_of(rater_id)
    if read_manifest(Path(place)) is None:
        return {DAILY.name: [], FINDINGS.name: []}
    import pyarrow.compute as pc  # noqa: PLC0415 (commands start without it)

    from stream.facts.read import read_facts  # noqa: PLC0415

    mine = pc.field("rater_id") == rater_id
    return {table.name: read_facts(place, table.name).filter(mine).to_pylist() for table in (DAILY, FINDINGS)}
