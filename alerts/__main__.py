"""Writes the committed files that follow from the declarations: `python -m alerts`."""

from pathlib import Path

from alerts.deployment import Deployment, load_deployment
from alerts.routing import alertmanager_file
from alerts.rule_files import rule_files
from alerts.thresholds import Thresholds, load_thresholds

FOLDER = Path(__file__).parent


def generated(thresholds: Thresholds, deployment: Deployment) -> dict[str, str]:
    """Text of every generated file, by its path under alerts/."""
    rules = {f"rules/{name}": text for name, text in rule_files(thresholds, deployment).items()}
    return rules | {"alertmanager.yml": alertmanager_file(deployment)}


def main() -> None:
    """Writes every file anew, and removes rule files that nothing declares any more."""
    files = generated(load_thresholds(), load_deployment())
    for old in (FOLDER / "rules").glob("*.yml"):
        if f"rules/{old.name}" not in files:
            old.unlink()
    for name, text in files.items():
        (FOLDER / name).parent.mkdir(exist_ok=True)
        (FOLDER / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
