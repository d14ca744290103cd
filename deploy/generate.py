"""Writes the committed files that follow from the code; a test holds them fresh."""  # noqa: INP001 (a script)

from pathlib import Path

from stream.privacy.inventory_page import page
from stream.simulate.queues_file import queues_file
from stream.simulate.world import World

DEPLOY = Path(__file__).parent
GENERATED = {
    DEPLOY / "queues.toml": lambda: queues_file(World()),
    DEPLOY.parent / "docs" / "privacy.md": page,
}


def main() -> None:
    """Writes every file anew."""
    for path, text in GENERATED.items():
        path.write_text(text(), encoding="utf-8")


if __name__ == "__main__":
    main()
