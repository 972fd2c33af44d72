"""The policy: permissions of people, and the presentation of sites and builds."""

from collections.abc import Callable, Collection, Mapping
from datetime import datetime, timedelta
from functools import cached_property
from typing import Annotated, Any, Self, TypeVar
from zoneinfo import ZoneInfo

from pydantic import Field, PlainValidator, Strict

from infrastructure.text import Sentence, normalize
from provisioning.policy import hours, munki_table
from provisioning.policy.errors import NotAllowed
from provisioning.policy.munki_table import MunkiTable
from provisioning.policy.name_patterns import Pattern
from provisioning.policy.schema import (
    EMAIL_FIX,
    LANGUAGE_FIX,
    LONGEST_STALL,
    ZONE_FIX,
    BuildTable,
    Line,
    MailAddress,
    Minutes,
    PolicyTable,
    ProviderName,
    SignIn,
    SiteTable,
    TimeOfDay,
    WebhooksTable,
    Zone,
)
from provisioning.values.language import ENGLISH, Language
from provisioning.values.outsiders import is_outsider

STALL = timedelta(minutes=25)  # for the states that the file does not name

Some = TypeVar("Some")


def _munki(written: Any) -> MunkiTable:
    """The table; its faults are reported with those of this schema."""
    return written if isinstance(written, MunkiTable) else munki_table.read(written)[0]


_NO_SITE, _NO_BUILD = SiteTable(), BuildTable()


class Policy(PolicyTable):
    """The policy of a file, or the defaults: everybody may do everything, at any hour."""

    admins: tuple[Line, ...] = Field(
        (), description='a list of the ids of people, such as ["U0ALICE"]'
    )
    digest: TimeOfDay | None = Field(None, description='a time of the day as "08:30"')
    timezone: Zone = Field(ZoneInfo("UTC"), description=ZONE_FIX)
    language: Language = Field(ENGLISH, description=LANGUAGE_FIX)
    email: tuple[MailAddress, ...] = Field((), description=EMAIL_FIX)
    client_identifier: Annotated[bool, Strict()] | None = Field(None, description="true or false")
    stall: dict[str, Minutes] = Field(
        {}, description=f"minutes as a whole number from 1 to {LONGEST_STALL}"
    )
    sites: dict[str, SiteTable] = Field(
        {}, description="a table of its own, such as [sites.london]"
    )
    builds: dict[str, BuildTable] = Field(
        {}, description="a table of its own, such as [builds.design]"
    )
    sign_in: dict[ProviderName, SignIn] = Field(
        {}, description="a table of its own, such as [sign_in.okta]"
    )
    webhooks: WebhooksTable = Field(WebhooksTable(), description="a table of its own, [webhooks]")
    munki: Annotated[MunkiTable, PlainValidator(_munki)] = Field(
        MunkiTable(), description="a table of its own, [munki]"
    )

    @cached_property
    def _sites(self) -> Mapping[str, SiteTable]:
        """The tables of sites by their names as these are compared."""
        return _by_folded_name(self.sites)

    @cached_property
    def _builds(self) -> Mapping[str, BuildTable]:
        return _by_folded_name(self.builds)

    @classmethod
    def open(cls) -> Self:
        """Return the policy where there is no file: everyone in the workspace may do everything."""
        return cls()

    def site(self, name: str) -> SiteTable:
        """Return the table of a site, in any case; one of defaults where there is none.

        A key that the table of `uk/leeds` does not have is that of `uk`, where that has it.
        """
        if not self._sites:
            return _NO_SITE
        folded = normalize(name)
        if "/" not in folded:
            return self._sites.get(folded, _NO_SITE)
        tables = [self._sites[each] for each in (*parents(folded), folded) if each in self._sites]
        if not tables:
            return _NO_SITE
        return SiteTable.model_construct(
            **{key: getattr(table, key) for table in tables for key in table.model_fields_set}
        )

    def build(self, name: str) -> BuildTable:
        """Return the table of a build, in any case; one of defaults where there is none."""
        return self._builds.get(normalize(name), _NO_BUILD) if self._builds else _NO_BUILD

    def catalogs_of(self, build: str) -> tuple[str, ...]:
        """Return the catalogs that a manifest without any gets; `build` is empty for none."""
        return self.build(build).catalogs or self.munki.catalogs

    def title_of(self, site: str) -> str:
        """Return the title of a site for people."""
        return self.site(site).title or site

    def pattern_for(self, site: str, build: str) -> Pattern | None:
        """Return the most specific name pattern for Macs of a build at a site, None without one.

        The order is: the site's pattern for that build, the build's, the site's.
        """
        here = self.site(site)
        own = _by_folded_name(here.names).get(normalize(build))
        return own or self.build(build).name or here.name

    def identifies(self, site: str, build: str, name: str | None) -> bool:
        """True if a Mac's script sets Munki's ClientIdentifier; by default, if it sets a name.

        `name` is the present name of the Mac, if any.
        """
        if self.client_identifier is not None:
            return self.client_identifier
        return name is not None or self.pattern_for(site, build) is not None

    def channel_for(self, site: str, default: str) -> str:
        """Return the id of the channel for messages about a site's Macs."""
        return self.site(site).channel or default

    @property
    def channels(self) -> frozenset[str]:
        """The ids of the channels that sites have of their own."""
        return frozenset(site.channel for site in self.sites.values() if site.channel)

    @property
    def mail_addresses(self) -> tuple[str, ...]:
        """The addresses that get mail, at the top and of sites, each once."""
        of_sites = (address for site in self.sites.values() for address in site.email)
        return tuple(dict.fromkeys((*self.email, *of_sites)))

    @property
    def groups(self) -> frozenset[str]:
        """The ids of the Slack user groups that sites have."""
        return frozenset(site.group for site in self.sites.values() if site.group)

    def sites_of(self, channel: str) -> list[str]:
        """Return the names of the tables of sites that have a channel of their own, `channel`."""
        return [name for name, site in self.sites.items() if site.channel == channel]

    def group_for(self, site: str) -> str | None:
        """Return the id of the Slack user group that may register at a site; None: everybody."""
        return self.site(site).group

    def zone_of(self, site: str) -> ZoneInfo:
        """Return the time zone of a site."""
        return self.site(site).timezone or self.timezone

    def language_of(self, site: str) -> str:
        """Return the language of messages about a site's Macs."""
        return self.site(site).language or self.language

    def is_admin(self, user: str) -> bool:
        """True if a person may see the log and undo others' operations: all, without admins.

        For an outsider see `makes_admin`.
        """
        return user in self.admins or not (self.admins or is_outsider(user))

    def permit_admin(self, user: str, action: str) -> None:
        """Raise NotAllowed where `user` is no admin; `action` completes “You may not …”."""
        if not self.is_admin(user):
            raise NotAllowed(action, admins=self.admins)

    def permit_named_admin(self, user: str, action: str) -> None:
        """Raise NotAllowed where `user` is no admin whom the policy names; as `permit_admin`."""
        if user not in self.admins:
            raise NotAllowed(action, admins=self.admins)

    def permit_registering(self, user: str, site: str, is_in: Callable[[str], bool]) -> None:
        """Raise NotAllowed where `user` may not register or change Macs at `site`.

        `is_in` tells if the person is in a Slack user group. It is called only where that matters:
        not for admins, nor where the site has no group. Its errors are passed on.
        """
        group = self.group_for(site)
        if user in self.admins:
            return
        if not is_outsider(user) and (group is None or is_in(group)):
            return
        wanted = Sentence("register Macs for {site}", site=self.title_of(site))
        raise NotAllowed(wanted, group=group, admins=self.admins)

    def title_of_provider(self, name: str) -> str:
        """Return the title of a provider of sign-in for people."""
        table = self.sign_in.get(name)
        return table.title or name if table else name

    def lets_in(self, provider: str, groups: Collection[str]) -> bool:
        """True if an outsider in these groups of a provider has any right at all."""
        mapped = self.sign_in[provider].groups if provider in self.sign_in else {}
        tables = (
            *mapped.values(),
            *(site.groups.get(provider, ()) for site in self.sites.values()),
        )
        return any(self._is_in(provider, table, groups) for table in tables)

    def makes_admin(self, provider: str, groups: Collection[str]) -> bool:
        """True if an outsider in these groups of a provider is an admin."""
        table = self.sign_in.get(provider)
        return table is not None and self._is_in(provider, table.groups.get("admins", ()), groups)

    def permit_outsider(self, provider: str, groups: Collection[str], site: str) -> None:
        """Raise NotAllowed where an outsider may not register or change Macs at `site`."""
        mapped = self.site(site).groups.get(provider, ())
        if self.makes_admin(provider, groups) or self._is_in(provider, mapped, groups):
            return
        wanted = Sentence("register Macs for {site}", site=self.title_of(site))
        raise NotAllowed(wanted, admins=self.admins, outside=(provider, tuple(mapped)))

    def _is_in(self, provider: str, named: Collection[str], groups: Collection[str]) -> bool:
        """True if one of `groups` is named; never for a provider that the file does not have."""
        table = self.sign_in.get(provider)
        return table is not None and any(table.spelled(each) in groups for each in named)

    def stall_after(self, state: str) -> timedelta:
        """Return the time without a report after which a Mac in `state` counts as stalled."""
        minutes = self.stall.get(state)
        return STALL if minutes is None else timedelta(minutes=minutes)

    def next_morning(self, site: str, at: datetime) -> datetime:
        """Return the first moment at or after `at` (aware) that is not quiet at `site`, in UTC."""
        return hours.next_open(self.site(site).quiet, self.zone_of(site), at)

    def digest_due(self, after: datetime, now: datetime) -> list[datetime]:
        """Return the moments after `after` and up to `now` (aware) at which the digest is due.

        In UTC, one for each day. Keep the last one sent as the next `after`: then a restart
        neither repeats a digest nor leaves one out.
        """
        if self.digest is None:
            return []
        return hours.daily(self.digest, self.timezone, after, now)


def parents(name: str) -> list[str]:
    """Return what lies above a site's name, the outermost first: `uk` above `uk/leeds`."""
    parts = name.split("/")
    return ["/".join(parts[:number]) for number in range(1, len(parts))]


def _by_folded_name(entries: Mapping[str, Some]) -> dict[str, Some]:
    return {normalize(name): entry for name, entry in entries.items()}
