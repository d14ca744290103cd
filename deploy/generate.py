"""Writes the committed files that follow from the code; a test holds them fresh."""  # noqa: INP001 (a script)

from collections.abc import Callable
from pathlib import Path

from stream.facts.bigquery import bigquery_schema
from stream.facts.columns import TABLES, Table
from stream.facts.facts_page import page as facts_page
from stream.privacy.inventory_page import page
from stream.read.page import reading_page
from stream.simulate.queues_file import queues_file
from stream.simulate.world import World

DEPLOY = Path(__file__).parent


def _bigquery(table: Table) -> Callable[[], str]:
    return lambda: bigquery_schema(table)


GENERATED: dict[Path, Callable[[], str]] = {
    DEPLOY / "queues.toml": lambda: queues_file(World()),
    DEPLOY.parent / "docs" / "privacy.md": page,
    DEPLOY.parent / "docs" / "facts.md": facts_page,
    **{DEPLOY / "bigquery" / f"{table.name}.json": _bigquery(table) for table in TABLES},
    DEPLOY.parent / "docs" / "reading.md": reading_page,
}


def main() -> None:
    """Writes every file anew."""
    for path, text in GENERATED.items():
        path.write_text(text(), encoding="utf-8")


if __name__ == "__main__":
    main()
