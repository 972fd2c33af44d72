"""Settings of the server, and the well-known secrets that it refuses."""

import re
from collections.abc import Callable
from datetime import timedelta
from importlib.util import find_spec
from typing import TYPE_CHECKING, Annotated, Literal, Self

from pydantic import AnyHttpUrl, DirectoryPath, Field, SecretStr, field_validator, model_validator
from pydantic_settings import NoDecode

from rollcall.settings.common import (
    ABOUT_SLACK_API,
    SLACK_API,
    BoardSettings,
    PublishedSettings,
    Settings,
    extensible,
)
from rollcall.settings.reading import UnusableSettings

if TYPE_CHECKING:
    from provisioning.policy import SignIn

WELL_KNOWN = frozenset(
    {"admin", "administrator", "bootstrap", "changeme", "change-me", "default", "imagr", "letmein"}
    | {"munki", "password", "passw0rd", "rollcall", "root", "secret", "secret-key", "test"}
)
SHORTEST_KEY = 32  # characters: what `python -c 'import secrets; ...token_hex(16)'` gives
SHORTEST_REPORT_KEY = 16  # characters; it stands in a URL that is typed into a workflow
FEWEST_DIFFERENT = 8  # characters among them, or one key was held down


class ListeningSettings(Settings):
    """Settings of processes that listen."""

    # Few choices, so that the probe of health finds it at 127.0.0.1 whichever it is.
    address: Literal["0.0.0.0", "::", "127.0.0.1"] = Field(  # noqa: S104 - as below
        "0.0.0.0",  # noqa: S104 - Macs come from outside
        alias="ROLLCALL_ADDRESS",
        description="where the ports listen: `0.0.0.0`, `::` for IPv6 too, `127.0.0.1` for a proxy "
        "on this machine alone",
    )


class ServerSettings(PublishedSettings, ListeningSettings):
    """Settings of the server."""

    url: AnyHttpUrl = Field(
        alias="BOOTSTRAP_URL",
        description="where Macs reach the server, such as `http://mac.lan:5000`",
    )
    username: str = Field(
        alias="BOOTSTRAP_USERNAME", min_length=1, description="who fetches scripts (Basic auth)"
    )
    password: SecretStr = Field(
        alias="BOOTSTRAP_PASSWORD", min_length=1, description="the password of `BOOTSTRAP_USERNAME`"
    )
    secret_key: SecretStr = Field(
        alias="ROLLCALL_SECRET_KEY",
        min_length=1,
        description=f"signs script tokens and links in mails; at least {SHORTEST_KEY} random "
        "characters",
    )
    report_keys: SecretStr | None = Field(
        None,
        alias="ROLLCALL_REPORT_KEYS",
        description="the keys that open `/report/KEY` to Imagr's reports, separated by commas",
    )
    token_hours: int = Field(
        72,
        alias="ROLLCALL_TOKEN_HOURS",
        ge=1,
        le=24 * 90,
        description="how long a served script may ask for its manifest, in hours",
    )
    templates: DirectoryPath | None = Field(
        None,
        alias="ROLLCALL_TEMPLATES",
        description="a folder of script templates that come before those shipped",
    )
    proxies: int = Field(
        0,
        alias="ROLLCALL_PROXIES",
        ge=0,
        le=9,
        description="how many proxies in front of the server say whom they forward",
    )
    client_id: str | None = Field(
        None,
        alias="SLACK_CLIENT_ID",
        description="for signing in to the board with Slack: the app's client id",
    )
    client_secret: SecretStr | None = Field(
        None, alias="SLACK_CLIENT_SECRET", description="the app's client secret, beside it"
    )
    sign_in_ids: Annotated[dict[str, str], NoDecode] = Field(
        {},
        alias="ROLLCALL_SIGN_IN_NAME_CLIENT_ID",
        description="for signing in by the provider `[sign_in.NAME]` of the policy: the client id",
    )
    sign_in_secrets: Annotated[dict[str, SecretStr], NoDecode] = Field(
        {},
        alias="ROLLCALL_SIGN_IN_NAME_CLIENT_SECRET",
        description="the client secret, beside it; a hyphen in NAME is written `_`",
    )
    bind_passwords: Annotated[dict[str, SecretStr], NoDecode] = Field(
        {},
        alias="ROLLCALL_SIGN_IN_NAME_BIND_PASSWORD",
        description="for signing in by LDAP: the password of `bind_as` in `[sign_in.NAME]`",
    )
    api_url: AnyHttpUrl = Field(SLACK_API, alias="SLACK_API_URL", description=ABOUT_SLACK_API)
    port: int = Field(5000, alias="PORT", ge=1, le=65535, description="the port to listen on")
    metrics_port: int | None = Field(
        None,
        alias="ROLLCALL_METRICS_PORT",
        ge=1,
        le=65535,
        description="the port for Prometheus, to which anybody may come who reaches it",
    )
    workers: int = Field(2, alias="ROLLCALL_WORKERS", ge=1, le=32, description="server processes")
    threads: int = Field(
        8, alias="ROLLCALL_THREADS", ge=1, le=64, description="requests at once in each process"
    )

    @field_validator("url")
    @classmethod
    def _url_can_be_extended(cls, url: AnyHttpUrl) -> AnyHttpUrl:
        return extensible(url)

    @field_validator("username")
    @classmethod
    def _fits_basic_auth(cls, username: str) -> str:
        if ":" in username:
            raise ValueError("a user name for Basic auth cannot contain a colon")
        return username

    @field_validator("report_keys")
    @classmethod
    def _fit_a_url(cls, keys: SecretStr | None) -> SecretStr | None:
        for key in _keys(keys):
            if len(key) < SHORTEST_REPORT_KEY or not re.fullmatch(r"[A-Za-z0-9_-]+", key):
                raise ValueError(
                    f"each key has to have at least {SHORTEST_REPORT_KEY} characters, "
                    "letters, digits, - and _ only"
                )
        return keys

    @model_validator(mode="after")
    def _sign_in_is_whole(self) -> Self:
        if bool(self.client_id) != bool(self.client_secret):
            raise ValueError("SLACK_CLIENT_ID and SLACK_CLIENT_SECRET are set together")
        if self.client_id and self.board_url is None:
            raise ValueError("SLACK_CLIENT_ID is for the board: set ROLLCALL_URL too")
        return self

    @model_validator(mode="after")
    def _ports_differ(self) -> Self:
        if self.metrics_port == self.port:
            raise ValueError("ROLLCALL_METRICS_PORT has to be another port than PORT")
        return self

    @model_validator(mode="after")
    def _no_well_known_secrets(self) -> Self:
        if self.context == "DEV":
            return self
        weak = []
        if self.password.get_secret_value().casefold() in WELL_KNOWN | {self.username.casefold()}:
            weak.append("BOOTSTRAP_PASSWORD is one that everybody tries first")
        key = self.secret_key.get_secret_value()
        if len(key) < SHORTEST_KEY or len(set(key)) < FEWEST_DIFFERENT:
            weak.append(f"ROLLCALL_SECRET_KEY is not {SHORTEST_KEY} random characters")
        if any(len(set(key)) < FEWEST_DIFFERENT for key in self.keys_for_reports):
            weak.append("ROLLCALL_REPORT_KEYS has a key that is easily guessed")
        if weak:
            raise ValueError("; ".join(weak) + " (only CONTEXT=DEV allows that)")
        return self

    def check_provider(
        self, name: str, table: "SignIn", look_for: Callable[[str], object] = find_spec
    ) -> None:
        """Check that a provider of the policy can be asked. Raises UnusableSettings."""
        if table.url is None:
            self.client_of(name)
        else:
            self.bind_password_of(name, table)
            if look_for("ldap") is None:
                raise UnusableSettings(
                    f"The policy has [sign_in.{name}] with a url, and this installation comes "
                    "without LDAP: docs/how-to/sign-in.md#ldap-and-active-directory adds it."
                )

    def bind_password_of(self, provider: str, table: "SignIn") -> str:
        """Return the password of `bind_as`; empty without it. Raises UnusableSettings."""
        variable = _variable(provider)
        password = self.bind_passwords.get(variable)
        if table.bind_as is None:
            return ""
        if password is None or not password.get_secret_value():
            raise UnusableSettings(
                f"The policy has [sign_in.{provider}] with bind_as: set "
                f"ROLLCALL_SIGN_IN_{variable}_BIND_PASSWORD."
            )
        return password.get_secret_value()

    def client_of(self, provider: str) -> tuple[str, str]:
        """Return the client id and secret for a provider of the policy. Raises UnusableSettings."""
        variable = _variable(provider)
        client_id, secret = self.sign_in_ids.get(variable), self.sign_in_secrets.get(variable)
        if not client_id or secret is None or not secret.get_secret_value():
            begin = f"ROLLCALL_SIGN_IN_{variable}_CLIENT_"
            raise UnusableSettings(
                f"The policy has [sign_in.{provider}]: set {begin}ID and {begin}SECRET, or take it "
                "out."
            )
        return client_id, secret.get_secret_value()

    @property
    def keys_for_reports(self) -> tuple[str, ...]:
        """The keys for the address of reports; several, so that they can be changed."""
        return _keys(self.report_keys)

    @property
    def token_lifetime(self) -> timedelta:
        """The lifetime of a script's token."""
        return timedelta(hours=self.token_hours)


class LiveSettings(BoardSettings, ListeningSettings):
    """Settings of the process that tells boards of news."""

    port: int = Field(
        5005,
        alias="ROLLCALL_LIVE_PORT",
        ge=1,
        le=65535,
        description="the port of `live`, to which a proxy passes `/board/live`",
    )
    max_boards: int = Field(
        2000,
        alias="ROLLCALL_LIVE_CONNECTIONS",
        ge=1,
        le=3000,
        description="how many boards hear of news at once; others look every five seconds",
    )

    @model_validator(mode="after")
    def _has_a_board(self) -> Self:
        if self.board_url is None:
            raise ValueError("ROLLCALL_URL is not set: there is no board to tell of news")
        return self


def _variable(provider: str) -> str:
    """The name of a provider in the names of variables."""
    return provider.upper().replace("-", "_")


def _keys(written: SecretStr | None) -> tuple[str, ...]:
    keys = written.get_secret_value().split(",") if written else ()
    return tuple(key.strip() for key in keys if key.strip())
