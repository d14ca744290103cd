from pathlib import Path

import pytest

from alerts.escalation.settings import Settings, load_settings
from stream.errors import SettingsError

REPOSITORY = Path(__file__).parents[4]


def written(folder: Path, text: str) -> Path:
    path = folder / "escalation.toml"
    path.write_text(text)
    return path


def test_the_file_in_deploy_is_read_and_holds_the_defaults() -> None:
    settings = load_settings(REPOSITORY / "deploy/escalation.toml")
    defaults = Settings(policy="policy.toml", folder=settings.folder)
    assert settings == defaults


def test_paths_are_below_the_files_own_folder(tmp_path: Path) -> None:
    settings = load_settings(written(tmp_path, 'database = "sqlite:///cases.db"'))
    assert settings.database_url == f"sqlite:///{tmp_path}/cases.db"
    assert settings.path("contracts.toml") == tmp_path / "contracts.toml"
    absolute = load_settings(written(tmp_path, 'database = "sqlite:////var/lib/cases.db"'))
    assert absolute.database_url == "sqlite:////var/lib/cases.db"


def test_a_password_comes_from_its_file_and_is_never_shown(tmp_path: Path) -> None:
    (tmp_path / "password").write_text("s3cr/t@\n")
    text = 'database = "postgresql://escalation@db/cases"\ndatabase_password_file = "password"'
    settings = load_settings(written(tmp_path, text))
    assert settings.database_url == "postgresql://escalation:s3cr%2Ft%40@db/cases"
    assert "s3cr" not in repr(settings)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("databas = 1", "escalation.toml: databas: is no setting; allowed here: audit_days, contracts, database,"),
        ("[http]\nport = 70000", "http.port: "),
        ('[kafka]\nsecurity = "TLS"', "kafka.security: is one of PLAINTEXT, SSL"),
        ('[mail]\nhost = "m"', "missing required field `sender`"),
        ('folder = "/tmp"', "folder: is the file's own folder"),
    ],
)
def test_a_mistake_is_named_by_file_and_key(tmp_path: Path, text: str, says: str) -> None:
    with pytest.raises(SettingsError, match=says):
        load_settings(written(tmp_path, text))


def test_a_secret_that_is_missing_is_named(tmp_path: Path) -> None:
    settings = load_settings(written(tmp_path, ""))
    with pytest.raises(SettingsError, match="missing_secret: cannot be read"):
        settings.secret("missing_secret")


def test_a_password_file_needs_an_address_with_a_user_and_no_password(tmp_path: Path) -> None:
    text = 'database = "postgresql://a:b@db/cases"\ndatabase_password_file = "password"'
    with pytest.raises(SettingsError, match="postgresql://USER@HOST/NAME"):
        _ = load_settings(written(tmp_path, text)).database_url
