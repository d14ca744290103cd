"""Writes report.html, report.json, items.csv and items.parquet; the same run gives the same bytes."""

from pathlib import Path

import msgspec

from stream.backtest.report import replacing
from stream.errors import InputError
from stream.report.items_writer import CSV, PARQUET, items_writer
from stream.report.make_report import Made
from stream.report.page.document import page

PAGE, REPORT = "report.html", "report.json"


def write_page(made: Made, folder: Path) -> list[Path]:
    """Writes into a folder that is there; files of an earlier run are replaced."""
    try:
        with replacing(folder / PAGE) as file:
            file.write(page(made))
        with replacing(folder / REPORT) as file:
            file.write(msgspec.json.format(msgspec.json.encode(made.report)).decode() + "\n")
        with items_writer(folder) as items:
            items.add(made.items)
    except OSError as error:
        raise InputError(f"{folder}: cannot be written ({error}); choose another folder with --out") from None
    return [folder / name for name in (PAGE, REPORT, CSV, PARQUET)]
