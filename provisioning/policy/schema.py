"""The schema of a policy file: each key, its type and its form.

A field's description is the advice in errors; a test looks for it in the documentation.
"""

import re
from datetime import time
from difflib import get_close_matches
from ipaddress import IPv4Network, IPv6Network
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, available_timezones

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    PlainValidator,
    Strict,
    StringConstraints,
    model_validator,
)
from pydantic_core import PydanticCustomError

from infrastructure.mail import addresses
from provisioning.policy.hours import NeverOpen, QuietHours, parse_time
from provisioning.policy.name_patterns import Pattern, UnusablePattern
from provisioning.values.language import LANGUAGES, Language
from provisioning.values.outsiders import FORGOTTEN, PROVIDER

LONGEST_TEXT = 75  # characters: what Slack shows of an option and of its description
LONGEST_STALL = 7 * 24 * 60  # minutes
LONGEST_ADDRESS = 255  # characters of an issuer or a directory
_COMMA = re.compile(r"(?<!\\) *, *")
LONGEST_GROUP = 255  # characters of a group's name
# What providers of sign-in cannot be called.
RESERVED = ("slack", "link", "code", "name", "api", FORGOTTEN)
OF_THIS_MACHINE = ("localhost", "127.0.0.1", "::1")
SAID = "said"  # the type of errors whose message is the fix itself


def _said(fix: str) -> PydanticCustomError:
    return PydanticCustomError(SAID, "{fix}", {"fix": fix})


def _zone(name: object) -> ZoneInfo:
    if isinstance(name, ZoneInfo):
        return name
    if not isinstance(name, str):
        raise ValueError("no text")
    try:
        return ZoneInfo(name)
    except (KeyError, OSError, ValueError):
        if near := _nearest_zone(name):
            raise _said(f'did you mean "{near}"?') from None
        raise ValueError("no such time zone") from None


def _nearest_zone(name: str) -> str | None:
    """The zone whose name or city is nearly `name`; None where there is none."""
    zones = sorted(available_timezones())
    zones_by_name = {zone.rpartition("/")[2].casefold(): zone for zone in zones}
    zones_by_name |= {zone.casefold(): zone for zone in zones}
    near = get_close_matches(name.casefold().replace(" ", "_"), zones_by_name, n=1, cutoff=0.8)
    return zones_by_name[near[0]] if near else None


def _quiet(value: object) -> QuietHours:
    if isinstance(value, QuietHours):
        return value
    texts = [value] if isinstance(value, str) else value
    if not isinstance(texts, list) or not all(isinstance(text, str) for text in texts):
        raise ValueError("neither a text nor a list of texts")
    try:
        return QuietHours.parse(texts)
    except NeverOpen:
        raise _said("leave some hours of the week in which people may be mentioned") from None


def _pattern(value: object) -> Pattern:
    if isinstance(value, Pattern):
        return value
    if not isinstance(value, str):
        raise ValueError("no text")
    try:
        return Pattern.parse(value)
    except UnusablePattern as error:
        raise _said(str(error)) from None


def _time(value: object) -> time:
    if isinstance(value, time):  # TOML has times of its own: 08:30:00, without quotation marks
        return value.replace(microsecond=0)
    if not isinstance(value, str):
        raise ValueError("no text")
    return parse_time(value)


def _provider(name: str) -> str:
    if not re.fullmatch(PROVIDER, name) or name in RESERVED:
        raise ValueError("no name of a provider")
    return name


def _issuer(value: str) -> str:
    parts = urlsplit(value)
    is_safe = parts.scheme == "https" or (
        parts.scheme == "http" and parts.hostname in OF_THIS_MACHINE
    )
    if not (is_safe and parts.hostname) or parts.query or parts.fragment or "@" in parts.netloc:
        raise ValueError("no address of an issuer")
    return value


def _directory_url(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in ("ldap", "ldaps") or not parts.hostname:
        raise ValueError("no address of a directory")
    if parts.path or parts.query or parts.fragment or "@" in parts.netloc:
        raise ValueError("more than a host")
    return value


def _mail_address(text: str) -> str:
    try:
        return addresses.parse(text)
    except addresses.UnusableAddress:
        raise ValueError("no address of e-mail") from None


_VISIBLE = r"^[^\p{C}\p{Z}](?:[^\p{C}\p{Z}]| )*$"  # and spaces, but not before all the rest
Line = Annotated[str, StringConstraints(max_length=LONGEST_TEXT, pattern=_VISIBLE)]
Zone = Annotated[ZoneInfo, PlainValidator(_zone)]
TimeOfDay = Annotated[time, PlainValidator(_time)]
QuietTimes = Annotated[QuietHours, PlainValidator(_quiet)]
NamePattern = Annotated[Pattern, PlainValidator(_pattern)]
Minutes = Annotated[int, Strict(), Field(ge=1, le=LONGEST_STALL)]
ProviderName = Annotated[str, AfterValidator(_provider)]
GroupName = Annotated[str, StringConstraints(min_length=1, max_length=LONGEST_GROUP)]
Scope = Annotated[str, StringConstraints(pattern=r"^[\x21\x23-\x5b\x5d-\x7e]+$")]
_Address = Annotated[str, StringConstraints(max_length=LONGEST_ADDRESS)]
Issuer = Annotated[_Address, AfterValidator(_issuer)]
DirectoryUrl = Annotated[_Address, AfterValidator(_directory_url)]
Name = Annotated[str, StringConstraints(min_length=1, max_length=255)]
MailAddress = Annotated[str, AfterValidator(_mail_address)]

_TITLE = f"one line of 1 to {LONGEST_TEXT} characters"
_PATTERN = 'a pattern such as "{site}-{serial4}"'
ZONE_FIX = 'a name such as "Europe/London"'
EMAIL_FIX = 'a list of addresses, such as ["it@example.com"]'
LANGUAGE_FIX = "one of " + ", ".join(f'"{code}"' for code in LANGUAGES)


class PolicyTable(BaseModel):
    """A table of the policy file. A key that it does not know is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class SiteTable(PolicyTable):
    """The table of a site."""

    title: Line | None = Field(None, description=_TITLE)
    channel: Annotated[str, StringConstraints(pattern=r"^[CG][A-Z0-9]{2,}$")] | None = Field(
        None, description='the id of a Slack channel, such as "C024BE91L"'
    )
    timezone: Zone | None = Field(None, description=ZONE_FIX)
    language: Language | None = Field(None, description=LANGUAGE_FIX)
    quiet: QuietTimes = Field(
        QuietHours(), description='hours as "19:00-07:30", days as "Sat", or a list of these'
    )
    group: Annotated[str, StringConstraints(pattern=r"^S[A-Z0-9]{2,}$")] | None = Field(
        None, description='the id of a Slack user group, such as "S0123ABCD"'
    )
    email: tuple[MailAddress, ...] = Field((), description=EMAIL_FIX)
    prestage: Annotated[bool, Strict()] = Field(default=False, description="true or false")
    name: NamePattern | None = Field(None, description=_PATTERN)
    names: dict[str, NamePattern] = Field(
        {}, description='patterns for builds, such as {design = "design-{n:03}"}'
    )
    groups: dict[ProviderName, tuple[GroupName, ...]] = Field(
        {}, description='groups of providers of sign-in, such as {okta = ["paris-it"]}'
    )


class BuildTable(PolicyTable):
    """The table of a build."""

    title: Line | None = Field(None, description=_TITLE)
    description: Line | None = Field(None, description=_TITLE)
    catalogs: tuple[Line, ...] | None = Field(
        None, description='a list of the names of Munki catalogs, such as ["production"]'
    )
    name: NamePattern | None = Field(None, description=_PATTERN)


class WebhooksTable(PolicyTable):
    """The table of webhooks."""

    allow: tuple[IPv4Network | IPv6Network, ...] = Field(
        (), description='a list of networks of private receivers, such as ["10.1.0.0/16"]'
    )


class SignIn(PolicyTable):
    """The table of a provider of sign-in other than Slack. Its secrets are in the environment.

    It has an `issuer` of OpenID Connect, or the `url` of an LDAP directory; its kind is of LDAP's.
    """

    title: Line | None = Field(None, description=_TITLE)
    issuer: Issuer | None = Field(
        None, description='the issuer\'s address, with https, such as "https://example.okta.com"'
    )
    scopes: tuple[Scope, ...] = Field((), description='a list of scopes, such as ["groups"]')
    groups_claim: Line = Field(
        "groups", description='the name of a claim, such as "groups" or "realm_access.roles"'
    )
    url: DirectoryUrl | None = Field(
        None, description='the address of an LDAP directory, such as "ldaps://dc1.example.com"'
    )
    directory: Literal["ad", "openldap"] = Field("openldap", description='"ad" or "openldap"')
    base: Name | None = Field(
        None, description='where people and groups are, such as "dc=example,dc=com"'
    )
    bind_as: Name | None = Field(
        None, description='who looks people up, such as "cn=rollcall,dc=example,dc=com"'
    )
    ca: Name | None = Field(
        None, description='a file with the certificate of its authority, such as "/data/ca.pem"'
    )
    groups: dict[Literal["admins", "readers"], tuple[GroupName, ...]] = Field(
        {}, description='a table such as {admins = ["rollcall-admins"], readers = ["it"]}'
    )

    @model_validator(mode="after")
    def _is_of_one_kind(self) -> Self:
        of_directory = {"url", "directory", "base", "bind_as", "ca"} & self.model_fields_set
        of_openid = {"issuer", "scopes", "groups_claim"} & self.model_fields_set
        if of_directory and of_openid:
            first, second = min(of_openid), min(of_directory)
            raise _said(f"{first} is for OpenID Connect and {second} for LDAP; keep one kind")
        if of_directory and not (self.url and self.base):
            raise _said("LDAP wants a url and a base")
        if not of_directory and self.issuer is None:
            raise _said('write issuer = "https://…", or url and base of an LDAP directory')
        return self

    def spelled(self, group: str) -> str:
        """Return the name of a group as the provider's answers have it.

        A directory tells no case and no blanks beside commas apart; tools show its names in any.
        """
        return _COMMA.sub(",", group).strip().lower() if self.url else group

    @property
    def address(self) -> str:
        """The address of the provider: another one there is another provider."""
        return self.issuer or self.url or ""
