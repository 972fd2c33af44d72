"""Settings of mail, and of alerts, which go elsewhere than to Slack."""

from pathlib import Path
from typing import Self
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, field_validator, model_validator

from infrastructure.mail import addresses as mail
from rollcall.settings.text import TextSettings


class AlertSettings(TextSettings):
    """Settings of the targets of alerts."""

    alert_url: SecretStr | None = Field(
        None,
        alias="ROLLCALL_ALERT_URL",
        description="a webhook that gets alerts as JSON, which do not go through Slack",
    )
    alive_url: SecretStr | None = Field(
        None,
        alias="ROLLCALL_ALIVE_URL",
        description="a watchdog that is asked for every minute, and misses us once we are gone",
    )
    smtp_url: SecretStr | None = Field(
        None,
        alias="ROLLCALL_SMTP_URL",
        description="the mail server: `smtp://USER:PASSWORD@HOST:PORT`, or `smtps://…`",
    )
    mail_from: str | None = Field(
        None, alias="ROLLCALL_MAIL_FROM", description="the sender's address of all mail"
    )
    alert_mail: str | None = Field(
        None,
        alias="ROLLCALL_ALERT_MAIL",
        description="who gets alerts by mail: addresses, separated by commas",
    )
    alert_folder: Path | None = Field(
        None,
        alias="ROLLCALL_ALERT_FOLDER",
        description="a folder that all containers on one machine share: one tells for all of them",
    )

    @field_validator("alert_url", "alive_url")
    @classmethod
    def _is_a_url(cls, url: SecretStr | None) -> SecretStr | None:
        if url is not None and not _leads_somewhere(url.get_secret_value(), "http", "https"):
            raise ValueError("it has to be http://… or https://…")
        return url

    @field_validator("smtp_url")
    @classmethod
    def _is_a_mail_server(cls, url: SecretStr | None) -> SecretStr | None:
        if url is None:
            return None
        login = url.get_secret_value().rpartition("@")[0]
        if set("@/?#") & set(login.partition("://")[2]):
            raise ValueError(
                "in the user's name and in the password @ is written as %40 there, / as %2F, "
                "? as %3F and # as %23"
            )
        if not _leads_somewhere(url.get_secret_value(), "smtp", "smtps"):
            raise ValueError("it has to be smtp://USER:PASSWORD@HOST:PORT or smtps://…")
        return url

    @field_validator("mail_from")
    @classmethod
    def _is_one_address(cls, address: str | None) -> str | None:
        if address and "," in address:
            raise ValueError("it has to be one address, such as rollcall@example.com")
        return address

    @field_validator("mail_from", "alert_mail")
    @classmethod
    def _are_addresses(cls, addresses: str | None) -> str | None:
        if not all(mail.is_address(each) for each in _split(addresses)):
            raise ValueError("it has to be an address, such as rollcall@example.com")
        return addresses

    @model_validator(mode="after")
    def _mail_is_whole(self) -> Self:
        if bool(self.smtp_url) != bool(self.mail_from):
            raise ValueError("ROLLCALL_SMTP_URL and ROLLCALL_MAIL_FROM are set together")
        if self.alert_mail and not self.smtp_url:
            raise ValueError("ROLLCALL_ALERT_MAIL wants ROLLCALL_SMTP_URL and ROLLCALL_MAIL_FROM")
        return self

    @property
    def tells_alerts(self) -> bool:
        """True if there is a target."""
        return any((self.alert_url, self.alive_url, self.alert_mail))

    @property
    def receivers(self) -> tuple[str, ...]:
        """The addresses that get alerts by mail."""
        return _split(self.alert_mail)


def _leads_somewhere(url: str, *schemes: str) -> bool:
    try:
        parts = urlsplit(url)
        return parts.scheme in schemes and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


def _split(addresses: str | None) -> tuple[str, ...]:
    return tuple(each.strip() for each in addresses.split(",")) if addresses else ()
