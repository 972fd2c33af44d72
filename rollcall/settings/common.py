"""Settings that several processes have."""

import re
from pathlib import Path
from typing import Literal, Self
from urllib.parse import parse_qsl, quote

from pydantic import AnyHttpUrl, Field, SecretStr, field_validator, model_validator

from infrastructure.text import without_logins
from rollcall.settings.alerts import AlertSettings

_DRIVERS = frozenset(
    {"sqlite", "sqlite+pysqlite", "postgres", "postgresql"} | {"postgresql+psycopg"}
)
_LACKS_PASSWORD = re.compile(r"postgres[^:]*://[^:@/?]+@")
SLACK_API, ABOUT_SLACK_API = AnyHttpUrl("https://slack.com/api/"), "Slack's Web API"
_OF_THIS_MACHINE = ("localhost", "127.0.0.1", "[::1]")
_TOLD = ("BOOTSTRAP_URL", "MUNKI_REPO_URL")  # addresses that stand in scripts and in messages
_NUMBERS = ("timeout", "cached_statements", "detect_types")  # among what sqlite3 is told by a URL
_HOST = re.compile(r"(\[[^\]]*\]|[^:]*)(:[0-9]{1,5})?")


class Settings(AlertSettings):
    """Settings that every process has."""

    context: Literal["DEV", "PROD"] = Field(
        "PROD",
        alias="CONTEXT",
        description="`DEV`: Flask's development server, weak secrets allowed",
    )
    database_url: str = Field(
        "sqlite:///rollcall.sqlite3",
        alias="ROLLCALL_DATABASE_URL",
        description="where registrations are kept: `sqlite:///PATH` or `postgresql://…`",
    )
    database_password: SecretStr | None = Field(
        None,
        alias="ROLLCALL_DATABASE_PASSWORD",
        description="PostgreSQL's password, as it is, where the URL has none",
    )
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field(
        "INFO", alias="ROLLCALL_LOG_LEVEL", description="the least important log line to write"
    )
    log_format: Literal["json", "console"] = Field(
        "json", alias="ROLLCALL_LOG_FORMAT", description="`json` for machines, `console` for people"
    )

    @field_validator("database_url")
    @classmethod
    def _leads_to_a_database(cls, url: str) -> str:
        driver, _, rest = url.partition("://")
        if not rest or driver not in _DRIVERS or "%00" in rest:  # libpq reads no further than NUL
            raise ValueError("it has to be sqlite:///PATH or postgresql://USER:PASSWORD@HOST/NAME")
        if driver.startswith("sqlite"):
            path, _, options = rest.partition("?")
            if path in ("/", "/:memory:"):  # which each process has for itself
                raise ValueError("sqlite:/// has to be followed by the path of a file")
            for name, value in parse_qsl(options):
                if name == "uri" and not path.startswith("/file:"):
                    raise ValueError("uri would have SQLite open a file of another name: remove it")
                if name in _NUMBERS and not re.fullmatch(r"[0-9]+(\.[0-9]*)?", value):
                    raise ValueError(f"{name} has to be a number: sqlite:///PATH?{name}=NUMBER")
            return url
        login, _, place = rest.partition("?")[0].rpartition("@")
        if "@" in login:
            raise ValueError("an @ in the user's name or in the password is written as %40 there")
        if "," in place.partition("/")[0]:
            raise ValueError(
                "several hosts are written behind the name: postgresql://USER:PASSWORD@/NAME"
                "?host=FIRST:5432&host=SECOND:5432&target_session_attrs=read-write"
            )
        if not _HOST.fullmatch(place.partition("/")[0]):
            raise ValueError(
                "the port behind the host's name has to be a number. Where that is a password: a ? "
                "in one is written as %3F, or all of it as it is in ROLLCALL_DATABASE_PASSWORD"
            )
        return url

    @model_validator(mode="after")
    def _password_has_a_place(self) -> Self:
        if self.database_password is not None and not _LACKS_PASSWORD.match(self.database_url):
            raise ValueError(
                "ROLLCALL_DATABASE_PASSWORD wants a ROLLCALL_DATABASE_URL with a user and without "
                "a password: postgresql://USER@HOST/NAME"
            )
        return self

    @property
    def connection_url(self) -> str:
        """The database's URL, with the password that is given beside it, if one is."""
        if self.database_password is None:
            return self.database_url
        user, _, place = self.database_url.partition("@")
        # Quoted, because it may have any character: it need not be written as a part of a URL.
        return f"{user}:{quote(self.database_password.get_secret_value(), safe='')}@{place}"

    @property
    def exposed_logins(self) -> tuple[str, ...]:
        """The variables with a public address that contains a login."""
        addresses = {
            field.alias or "": getattr(self, name)
            for name, field in type(self).model_fields.items()
        }
        return tuple(
            name
            for name in _TOLD
            if (url := addresses.get(name)) is not None and (url.username or url.password)
        )


class ChannelSettings(Settings):
    """Settings of the channel for the news."""

    channel: str = Field(
        alias="ROLLCALL_CHANNEL",
        pattern=r"^[CG][A-Z0-9]{2,}$",
        description="the id of the Slack channel that hears of everything, such as `C024BE91L`",
    )


class PolicySettings(Settings):
    """Settings of the policy."""

    policy: Path | None = Field(
        None,
        alias="ROLLCALL_POLICY",
        description="a file that says who may do what, such as `/munki_repo/rollcall.toml`",
    )


class BoardSettings(Settings):
    """Settings of the board; without its address there is none."""

    board_url: AnyHttpUrl | None = Field(
        None,
        alias="ROLLCALL_URL",
        description="where browsers reach the board, such as `https://rollcall.example.com`",
    )

    @model_validator(mode="after")
    def _board_is_safe(self) -> Self:
        url = self.board_url
        if url is None:
            return self
        if (url.path or "/") != "/" or url.query or url.fragment or url.username:
            raise ValueError("ROLLCALL_URL is a host alone, without a path: https://HOST[:PORT]")
        if url.scheme != "https" and self.context != "DEV" and url.host not in _OF_THIS_MACHINE:
            raise ValueError(
                "ROLLCALL_URL has to be https://… (http:// only on localhost or with CONTEXT=DEV)"
            )
        return self

    @property
    def board_origin(self) -> str | None:
        """The origin of the board, as a browser sends it: without a slash at its end."""
        return str(self.board_url).rstrip("/") if self.board_url else None


class RepoSettings(ChannelSettings, PolicySettings, BoardSettings):
    """Settings of server and bot: the Munki repo, the policy, the channel."""

    munki_repo: str = Field(
        "/munki_repo",
        alias="MUNKI_REPO",
        min_length=1,
        description="the Munki repo: a folder, `s3://BUCKET/PREFIX`, or `git+ssh://…` and the like",
    )
    repo_copy: Path = Field(
        Path("munki-copy"),
        alias="ROLLCALL_REPO_COPY",
        description="the folder for the clone of a Munki repo in git",
    )
    command: str = Field(
        "/mac",
        alias="SLACK_COMMAND",
        pattern=r"^/\S{1,31}$",
        description="the slash command's name, with its `/`",
    )

    @field_validator("munki_repo")
    @classmethod
    def _can_be_opened(cls, place: str) -> str:
        # The relay has no use for these.
        from provisioning.munki.locations import refuse_impossible
        from provisioning.munki.storage import UnusablePlace

        try:
            refuse_impossible(place)
        except UnusablePlace as error:
            raise ValueError(f"it {error.reason}") from None
        return place


def extensible(url: AnyHttpUrl) -> AnyHttpUrl:
    """Return an address without an empty ? or # at its end. Raises ValueError for another one."""
    if url.query or url.fragment:
        raise ValueError("paths are put behind it, so it may have no ? and no #")
    return AnyHttpUrl(str(url).rstrip("?#"))


def without_login(url: AnyHttpUrl | None) -> str | None:
    """Return an address without a user and a password."""
    return without_logins(str(url)) if url else None


class PublishedSettings(RepoSettings):
    """Settings of processes that write manifests: the address from which Macs get these."""

    repo_url: AnyHttpUrl | None = Field(
        None,
        alias="MUNKI_REPO_URL",
        description="where Macs get the Munki repo by HTTP: a manifest has to be seen there",
    )
    repo_authorization: SecretStr | None = Field(
        None,
        alias="MUNKI_REPO_AUTHORIZATION",
        description="the whole `Authorization` header for `MUNKI_REPO_URL`, where it wants one",
    )
    repo_patience: int = Field(
        120,
        alias="MUNKI_REPO_PATIENCE",
        ge=0,
        le=3600,
        description="how long `MUNKI_REPO_URL` may lag before a Mac is confirmed all the same, s",
    )

    @field_validator("repo_url")
    @classmethod
    def _can_be_extended(cls, url: AnyHttpUrl | None) -> AnyHttpUrl | None:
        return url and extensible(url)
