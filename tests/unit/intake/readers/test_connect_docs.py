"""Every command in docs/connect.md and docs/connect/ is run on the files that were written by hand."""

import os
import re
import shlex
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from stream.cli import root
from stream.intake.readers.recognise import READERS
from tests.unit.intake.readers.exporting import EXPORTS

DOCS = Path(__file__).parents[4] / "docs"
PAGES = [DOCS / "connect.md", *sorted((DOCS / "connect").glob("*.md"))]
NEEDS_SERVERS = {"replay"}


def commands() -> Iterator[tuple[str, str]]:
    for page in PAGES:
        for block in re.findall(r"^```\n(.*?)^```", page.read_text(), re.MULTILINE | re.DOTALL):
            for line in block.splitlines():
                if line.startswith("raterwatch "):
                    yield page.name, line


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    shutil.copytree(EXPORTS, tmp_path, dirs_exist_ok=True)
    (tmp_path / "vendor.key").write_text("bc:" + "0f" * 32)
    (tmp_path / "vendor.key").chmod(0o600)
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith("RATERWATCH_")]:
        monkeypatch.delenv(name)
    return tmp_path


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(("page", "line"), list(commands()))
def test_a_command_of_the_page_works(page: str, line: str) -> None:
    name, *arguments = shlex.split(line.partition("<")[0])[1:]
    if name in NEEDS_SERVERS:
        # What the servers do is tested where there are some; here, that the options and files are right.
        command = root.get_command(None, name)  # type: ignore[arg-type]
        assert command is not None
        command.make_context(name, arguments)
        return
    result = CliRunner().invoke(root, [name, *arguments])
    assert result.exit_code == 0, f"{page}: {line}\n{result.output}{result.exception}"
    if name == "backtest":
        assert Path("report/report.html").exists()
        told = "Read " in result.stderr
        assert told == (page != "other.md"), result.stderr


def test_every_tool_has_a_page_that_the_overview_links() -> None:
    pages = {page.stem for page in PAGES}
    linked = set(re.findall(r"\(connect/([a-z-]+)\.md\)", (DOCS / "connect.md").read_text()))
    assert linked == pages - {"connect"}
    assert {reader.name.removesuffix("-min") for reader in READERS} <= pages
