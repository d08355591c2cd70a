"""Every setting, from the environment or the file `.env`; `.env.example` explains each.

Frozen once read. Secrets are `SecretStr`, so that printing the settings does not show them.
"""

from __future__ import annotations

import contextlib
import ipaddress
import os
import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, SecretStr, ValidationError, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from core.errors import InvalidInput, Unavailable

ROOT = Path(__file__).resolve().parent.parent
MASTER_KEY_BYTES = 32
# RFC 7518, section 3.2: the key has at least the length of the hash.
JWT_KEY_BYTES = {"HS256": 32, "HS384": 48, "HS512": 64}

_DRIVER = "postgresql+psycopg://"
_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*")


class Settings(BaseSettings):
    """The settings of one process. The comment says what `.env.example` says in more words."""

    model_config = SettingsConfigDict(
        env_prefix="SKINCARE_",
        env_ignore_empty=True,  # "SKINCARE_PORT=" means the default, as in .env.example
        frozen=True,
        extra="ignore",  # .env may hold variables of other programs
        populate_by_name=True,
        hide_input_in_errors=True,  # a mistyped address holds a password
    )

    # Where things are
    database_url: SecretStr | None = Field(default=None, validation_alias="DATABASE_URL")
    database_owner_url: SecretStr | None = Field(
        default=None, validation_alias="DATABASE_OWNER_URL"
    )
    analyst_database_url: SecretStr | None = Field(
        default=None, validation_alias="ANALYST_DATABASE_URL"
    )
    var: Path = ROOT / "var"  # pg/, photos/, keys/, logs/, run/
    photo_store: str = Field(
        default_factory=lambda data: _store_in(data.get("var", ROOT / "var"))
    )  # an fsspec address
    # Who asked to be erased, and was: an fsspec address that survives the loss of the database
    erasure_ledger: str = Field(
        default_factory=lambda data: _ledger_in(data.get("var", ROOT / "var"))
    )
    # Of an s3:// address. None: as botocore finds them
    s3_endpoint: str | None = None  # of a store that is not Amazon's
    aws_access_key_id: str | None = Field(default=None, validation_alias="AWS_ACCESS_KEY_ID")
    aws_secret_access_key: SecretStr | None = Field(
        default=None, validation_alias="AWS_SECRET_ACCESS_KEY"
    )
    aws_region: str | None = Field(default=None, validation_alias="AWS_REGION")

    # The web address
    host: str = "127.0.0.1"
    port: int = Field(default=8501, ge=0, le=65535)  # taken, or 0: a free one is chosen
    public_url: str | None = None  # as people type it, when a proxy stands in front
    allowed_hosts: Annotated[tuple[str, ...], NoDecode] = ()  # besides host and public_url
    https: bool = False  # served behind TLS: Secure cookies with the __Host- prefix
    # Proxies whose X-Forwarded-For and -Proto are believed
    forwarded_allow_ips: str = Field(default="", validation_alias="FORWARDED_ALLOW_IPS")

    # Sessions and sign-in
    session_idle_hours: float = Field(default=24 * 7, gt=0)
    session_absolute_hours: float = Field(default=24 * 30, gt=0)
    sign_in_failures_per_account: int = Field(default=10, gt=0)  # in one window
    sign_in_failures_per_address: int = Field(default=50, gt=0)  # in one window
    sign_in_window_minutes: float = Field(default=15, gt=0)

    # Tokens and limits of the API
    jwt_algorithm: Literal["HS256", "HS384", "HS512"] = Field(
        default="HS256", validation_alias="JWT_ALGORITHM"
    )
    jwt_secret_key: SecretStr | None = Field(default=None, validation_alias="JWT_SECRET_KEY")
    jwt_expiration_hours: float = Field(
        default=1, gt=0, le=24 * 30, validation_alias="JWT_EXPIRATION_HOURS"
    )  # of an access token; a refresh token lasts as long as the session
    redis_url: SecretStr | None = Field(default=None, validation_alias="REDIS_URL")
    api_requests_per_minute: int = Field(default=600, gt=0)  # one person's
    api_requests_per_minute_per_address: int = Field(default=1200, gt=0)
    api_sign_ins_per_minute_per_address: int = Field(default=30, gt=0)  # each costs a bcrypt
    api_uploads_per_minute: int = Field(default=30, gt=0)  # one person's
    metrics_allow: Annotated[tuple[str, ...], NoDecode] = ()  # networks; none: this machine
    metrics_token: SecretStr | None = None  # besides the addresses

    # Photos
    photo_max_mb: int = Field(default=20, gt=0, le=200)
    photos_waiting_per_user: int = Field(default=5, gt=0)
    photos_per_day: int = Field(default=50, gt=0)

    # Secrets: made at the first start and kept in var/keys where they are not given
    master_key: SecretStr | None = None  # 32 bytes, base64: encrypts the photos' keys
    cookie_secret: SecretStr | None = None

    backup_recipient: str | None = None  # age1…: who can open a backup

    # Mail: without a server the product tells people things in the app only
    smtp_server: str | None = Field(default=None, validation_alias="SMTP_SERVER")
    smtp_port: int = Field(default=587, gt=0, le=65535, validation_alias="SMTP_PORT")
    smtp_user: str | None = Field(default=None, validation_alias="SMTP_USER")
    smtp_password: SecretStr | None = Field(default=None, validation_alias="SMTP_PASSWORD")
    smtp_security: Literal["starttls", "tls", "none"] = Field(
        default="starttls", validation_alias="SMTP_SECURITY", validate_default=True
    )
    smtp_ca_file: Path | None = Field(default=None, validation_alias="SMTP_CA_FILE")
    # Who mails are from; SMTP_USER where that is an address
    smtp_sender: str | None = Field(
        default=None, validation_alias="SMTP_SENDER", validate_default=True
    )

    # Consultations
    case_idle_minutes: float = Field(default=120, gt=0)  # then a claimed case waits again
    second_reader_share: float = Field(default=0.1, ge=0, le=1)  # of the cases graded blind

    # Statistics
    analyst_questions_per_day: int = Field(default=1000, gt=0)  # one analyst's

    # Work
    scoring_processes: int = Field(default=1, gt=0, le=64)
    scoring_threads: int = Field(default=2, gt=0, le=64)  # a process
    log_level: str = Field(default="info", pattern="^(debug|info|warning|error)$")

    demonstration: bool = False  # set by `run.py demo`: every page says so

    @field_validator("database_url", "database_owner_url", "analyst_database_url", mode="before")
    @classmethod
    def _with_our_driver(cls, value: Any) -> Any:
        text = value.get_secret_value() if isinstance(value, SecretStr) else value
        return SecretStr(with_our_driver(text)) if isinstance(text, str) else value

    @field_validator("var")
    @classmethod
    def _from_the_project(cls, value: Path) -> Path:
        return (ROOT / value.expanduser()).resolve()

    @field_validator("jwt_secret_key")
    @classmethod
    def _long_enough(cls, value: SecretStr | None, info: ValidationInfo) -> SecretStr | None:
        algorithm = info.data.get("jwt_algorithm", "HS256")
        least = JWT_KEY_BYTES[algorithm]
        if value is not None and len(value.get_secret_value().encode()) < least:
            raise ValueError(
                f"needs at least {least} bytes for {algorithm}; leave it empty and one is made"
            )
        return value

    @field_validator("redis_url")
    @classmethod
    def _of_a_redis(cls, value: SecretStr | None) -> SecretStr | None:
        if value and not value.get_secret_value().startswith(("redis://", "rediss://")):
            raise ValueError("must begin with redis:// or rediss://")
        return value

    @field_validator("smtp_server")
    @classmethod
    def _with_links_that_lead_here(cls, value: str | None, info: ValidationInfo) -> str | None:
        if value and not info.data.get("public_url"):
            raise ValueError("needs SKINCARE_PUBLIC_URL too: links in mails begin with it")
        return value

    @field_validator("smtp_security")
    @classmethod
    def _open_on_this_machine_only(cls, value: str, info: ValidationInfo) -> str:
        server = info.data.get("smtp_server")
        if value == "none" and server and not _is_this_machine(server):
            raise ValueError("may be none only for a server on this machine; use starttls or tls")
        return value

    @field_validator("smtp_sender")
    @classmethod
    def _somebody(cls, value: str | None, info: ValidationInfo) -> str | None:
        sender = value or info.data.get("smtp_user")
        if info.data.get("smtp_server") and not _ADDRESS.fullmatch(sender or ""):
            raise ValueError("must be the address that mails come from, like skin@example.org")
        return sender if info.data.get("smtp_server") else value

    @field_validator("metrics_allow")
    @classmethod
    def _networks(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for network in value:
            try:
                ipaddress.ip_network(network)
            except ValueError:
                raise ValueError("must be networks like 10.0.0.0/8, with commas between") from None
        return value

    @field_validator("allowed_hosts", "metrics_allow", mode="before")
    @classmethod
    def _split_at_commas(cls, value: Any) -> Any:
        if isinstance(value, str):
            return tuple(part.strip() for part in value.split(",") if part.strip())
        return value

    @field_validator("log_level", mode="before")
    @classmethod
    def _in_lower_case(cls, value: Any) -> Any:
        return value.lower() if isinstance(value, str) else value


def _is_this_machine(server: str) -> bool:
    try:
        return ipaddress.ip_address(server).is_loopback
    except ValueError:
        return server == "localhost"


def _store_in(var: Path) -> str:
    return f"file://{var / 'photos'}"


def _ledger_in(var: Path) -> str:
    return f"file://{var / 'erasures'}"


def with_our_driver(url: str) -> str:
    """The address with the driver we use, whichever of PostgreSQL's forms it came in."""
    scheme, separator, rest = url.strip().partition("://")
    if not separator or scheme.partition("+")[0] not in ("postgres", "postgresql"):
        raise ValueError("DATABASE_URL must begin with postgresql:// (PostgreSQL only)")
    return _DRIVER + rest


@cache
def settings() -> Settings:
    """The settings, read once. `settings.cache_clear()` reads them again."""
    env_file = os.environ.get("SKINCARE_ENV_FILE", str(ROOT / ".env"))
    try:
        return Settings(_env_file=env_file)
    except ValidationError as error:
        raise InvalidInput(f"The settings cannot be used. {_in_words(error)}") from None


def _in_words(error: ValidationError) -> str:
    said = []
    for problem in error.errors(include_input=False):
        if problem["type"] != "default_factory_not_called":  # follows from another one
            field = str(problem["loc"][0])
            name = field if field.isupper() else f"SKINCARE_{field.upper()}"
            said.append(f"{name}: {problem['msg'].removeprefix('Value error, ')}.")
    return " ".join(said)


def database_url() -> str:
    """Where the database is: as the settings say, or the embedded server's present address."""
    given = settings().database_url
    if given is not None:
        return given.get_secret_value()
    try:
        return embedded_database_url_file(settings().var).read_text().strip()
    except FileNotFoundError:
        raise Unavailable(
            "The database is not running. Start the product with `python3 run.py`, "
            "or set DATABASE_URL."
        ) from None


def owner_database_url() -> str:
    """The same database as its owner, who alone may change the tables: for migrations."""
    if settings().database_url is None:
        with contextlib.suppress(FileNotFoundError):
            return embedded_owner_url_file(settings().var).read_text().strip()
    given = settings().database_owner_url
    return database_url() if given is None else given.get_secret_value()


def analyst_database_url() -> str:
    """Where analysts' questions are asked: a role that may read what is released, or a replica.

    Where neither is named, the product's own address.
    """
    if settings().database_url is None:
        with contextlib.suppress(FileNotFoundError):
            return embedded_analyst_url_file(settings().var).read_text().strip()
    given = settings().analyst_database_url
    return database_url() if given is None else given.get_secret_value()


def embedded_analyst_url_file(var: Path) -> Path:
    return var / "run" / "analyst_database_url"


def embedded_owner_url_file(var: Path) -> Path:
    return var / "run" / "database_owner_url"


def embedded_database_url_file(var: Path) -> Path:
    """Written by the launcher when its embedded server is up; removed when it stops."""
    return var / "run" / "database_url"


@contextlib.contextmanager
def turned_to(environment: Mapping[str, str]) -> Iterator[None]:
    """Let this process and its children have these settings inside the block."""
    before = {name: os.environ.get(name) for name in environment}
    os.environ.update(environment)
    settings.cache_clear()
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
        settings.cache_clear()


def with_database(url: str, database: str) -> str:
    """The address of another database on the same server."""
    head, question, options = url.partition("?")
    return f"{head.rpartition('/')[0]}/{database}{question}{options}"


def for_demonstration() -> Settings:
    """Turn this process and its children to the demonstration: its own folder and database.

    Returns the settings as they were.
    """
    real = settings()
    os.environ["SKINCARE_DEMONSTRATION"] = "true"
    os.environ["SKINCARE_VAR"] = str(real.var / "demo")
    if real.photo_store != _store_in(real.var):  # otherwise it moves with the folder
        os.environ["SKINCARE_PHOTO_STORE"] = f"{real.photo_store.rstrip('/')}-demo"
    if real.erasure_ledger != _ledger_in(real.var):
        os.environ["SKINCARE_ERASURE_LEDGER"] = f"{real.erasure_ledger.rstrip('/')}-demo"
    if real.database_url is not None:
        os.environ["DATABASE_URL"] = demonstration_url(real.database_url.get_secret_value())
    settings.cache_clear()
    return real


def demonstration_url(url: str) -> str:
    """The address of the demonstration's database beside a given one: its name with `_demo`."""
    head, question, options = url.partition("?")
    return f"{head}_demo{question}{options}"
