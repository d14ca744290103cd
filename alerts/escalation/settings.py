"""The settings of the escalation service: one strict TOML file; secrets are files that it names."""

from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import quote

from msgspec import Meta, Struct

from alerts.escalation.cases.roles import Role
from stream.errors import SettingsError
from stream.toml_file import fault, parse_toml, read_text, section

Port = Annotated[int, Meta(ge=0, le=65_535)]
Minutes = Annotated[int, Meta(ge=1, le=7 * 24 * 60)]


class Kafka(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """[kafka]: where findings come from and decisions go to."""

    servers: str = "127.0.0.1:9092"  # comma-separated
    security: Literal["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"] = "PLAINTEXT"
    username: str = ""
    mechanism: Literal["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"] = "SCRAM-SHA-512"
    password_file: str | None = None
    ca_file: str | None = None
    findings: str = "findings"
    judgments: str = "judgments"
    group: str = "raterwatch-escalation"


class Http(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """[http]: the API, the desk and the rater's page."""

    host: str = "127.0.0.1"
    port: Port = 8088
    address: str = "http://127.0.0.1:8088"  # how people reach it, in links
    alertmanager_token_file: str | None = None  # what Alertmanager's webhook has to bring
    link_key_file: str | None = None  # signs raters' links and sessions
    session_minutes: Minutes = 480


class Mail(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """[mail]: the server that takes our e-mail."""

    host: str
    port: Port = 587
    security: Literal["starttls", "tls", "none"] = "starttls"
    sender: str
    username: str | None = None
    password_file: str | None = None


class Us(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """[us]: where the quality desk is told of what needs it."""

    email: str | None = None
    slack_url_file: str | None = None


class Sending(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """[sending]: what may be reached from here."""

    open_loopback: bool = False  # for trials on one machine: lets webhooks go to 127.0.0.1, also without TLS
    at_once: Annotated[int, Meta(ge=1, le=200)] = 20  # deliveries under way at the same time


class Group(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """[[oidc.groups]]: who is in this group of the provider's has this role here."""

    name: Annotated[str, Meta(min_length=1, max_length=256)]
    role: Role
    vendor: str | None = None


class OidcSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """[oidc]: the provider of the company's own accounts, and which groups mean which roles."""

    issuer: Annotated[str, Meta(pattern=r"^https?://")]
    client_id: str
    client_secret_file: str
    groups: Annotated[tuple[Group, ...], Meta(min_length=1)]
    groups_claim: str = "groups"
    name_claim: str = "email"  # how audit and cases call the person


class Settings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The whole file. Paths are relative to its folder."""

    database: str = "sqlite:///cases.db"
    database_password_file: str | None = None
    contracts: str = "contracts.toml"
    policy: str | None = None  # the worker's policy file: its cap and storm guard hold here too
    kafka: Kafka = Kafka()
    http: Http = Http()
    mail: Mail | None = None
    us: Us = Us()
    sending: Sending = Sending()
    oidc: OidcSettings | None = None
    prometheus: str | None = None  # where scorecards are counted, http://HOST:PORT
    sensitive_queues: tuple[str, ...] = ()  # their items open behind a veil on the rater's page
    evidence_days: Annotated[int, Meta(ge=30, le=3_650)] = 90  # kept so long after a case ended, longer than appeals
    sampling_seed: str = "raterwatch"  # decides which findings are judged again blindly
    folder: str = "."  # set from the file's place

    def path(self, name: str) -> Path:
        """A path that the file names."""
        return Path(self.folder) / name

    def secret(self, name: str) -> str:
        """The text of a secret's file; raises SettingsError that names the file and shows nothing of it."""
        return read_text(self.path(name)).strip()

    @property
    def database_url(self) -> str:
        """The database's address with its password, never to be shown; a relative SQLite path is below the folder."""
        scheme, _, rest = self.database.partition("://")
        if scheme == "sqlite":
            return f"sqlite:///{self.path(rest.removeprefix('/'))}"
        if self.database_password_file is None:
            return self.database
        user, at, host = rest.partition("@")
        if not at or ":" in user:
            raise SettingsError("database: with database_password_file, write postgresql://USER@HOST/NAME")
        return f"{scheme}://{user}:{quote(self.secret(self.database_password_file), safe='')}@{host}"


def load_settings(path: str | Path) -> Settings:
    """The settings in a file; raises SettingsError that names file and key, and says what is allowed."""
    tree = parse_toml(read_text(path), str(path))
    if "folder" in tree:
        raise fault(str(path), "folder", "is the file's own folder and cannot be set")
    return section(str(path), "", tree | {"folder": str(Path(path).parent)}, Settings)
