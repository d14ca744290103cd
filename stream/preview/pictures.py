"""Pictures of boards, taken by a browser that is installed on this machine."""

import shutil
import subprocess
import tempfile
from pathlib import Path

from stream.errors import InputError

_BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "microsoft-edge")
_PATIENCE_S = 60


def browser() -> str:
    """The browser's program. Raises InputError where there is none."""
    for name in _BROWSERS:
        if found := shutil.which(name):
            return found
    raise InputError(f"no browser to take pictures with: install one of {', '.join(_BROWSERS[:3])}, or leave out --png")


def picture(document: str, width_px: int, height_px: int, path: Path) -> None:
    """Writes a PNG of the top of a page. Raises InputError when the browser fails."""
    with tempfile.TemporaryDirectory(prefix="raterwatch-preview-") as folder:
        page = Path(folder) / "page.html"
        page.write_text(document, encoding="utf-8")
        command = [
            browser(),
            "--headless",
            # The page is our own and has no scripts, and a sandbox cannot be had in a container.
            "--no-sandbox",
            "--disable-gpu",
            "--hide-scrollbars",
            f"--user-data-dir={folder}/profile",
            f"--window-size={width_px},{height_px}",
            f"--screenshot={path.resolve()}",
            page.as_uri(),
        ]
        done = subprocess.run(command, capture_output=True, text=True, timeout=_PATIENCE_S, check=False)  # noqa: S603
    if done.returncode or not path.exists():
        raise InputError(f"the browser took no picture of {path.stem}: {done.stderr.strip()[-300:]}")
