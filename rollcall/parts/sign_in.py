"""The composition of the providers of sign-in, which follow the policy while it changes."""

from collections.abc import Mapping, Sequence
from typing import TypeAlias
from urllib.parse import urljoin

import structlog

from infrastructure.errors import RollcallError
from provisioning.policy import PolicyFile, SignIn
from rollcall.settings import ServerSettings
from server.auth.providers import AnyProvider, Provider

log = structlog.get_logger()

Made: TypeAlias = dict[str, tuple[SignIn, AnyProvider | None]]


class ProviderList:
    """The providers that a board offers now: Slack where it is set up, and those of the policy.

    A provider whose table has not changed stays the same object, with the keys that it has read.
    One that cannot be made later, because a secret is missing, is logged and not offered.
    """

    def __init__(self, settings: ServerSettings, policy: PolicyFile) -> None:
        """Make the providers of the present policy. Raises UnusableSettings and UnusableProxy."""
        self._settings, self._policy = settings, policy
        self._slack = _slack(settings)
        self._made: Made = {
            name: (table, _made(settings, name, table))
            for name, table in policy.policy.sign_in.items()
        }

    def __call__(self) -> Sequence[AnyProvider]:
        """Return the providers, Slack first."""
        tables = self._policy.policy.sign_in
        if {name: table for name, (table, _) in self._made.items()} != tables:
            self._made = self._made_anew(tables)
        others = [provider for _, provider in self._made.values() if provider is not None]
        return [*self._slack, *others]

    def _made_anew(self, tables: Mapping[str, SignIn]) -> Made:
        made: Made = {}
        for name, table in tables.items():
            before = self._made.get(name)
            if before is not None and before[0] == table:
                made[name] = before
                continue
            try:
                made[name] = table, _made(self._settings, name, table)
            except RollcallError as error:
                log.error("provider of sign-in", provider=name, reason=str(error))
                made[name] = table, None
        return made


def _slack(settings: ServerSettings) -> list[Provider]:
    if settings.client_id is None or settings.client_secret is None:
        return []
    from infrastructure.execution.pools import pool_for
    from server.auth.providers.openid import OpenId
    from server.auth.providers.slack import Slack

    issuer = urljoin(str(settings.api_url), "/").rstrip("/")
    openid = OpenId(
        Slack.title,
        issuer,
        client=(settings.client_id, settings.client_secret.get_secret_value()),
        redirect_uri=_callback(settings, Slack.name),
        http=pool_for(issuer),
    )
    return [Slack(openid)]


def _made(settings: ServerSettings, name: str, table: SignIn) -> AnyProvider:
    """The provider of a table. Raises UnusableSettings and UnusableProxy."""
    settings.check_provider(name, table)
    if table.issuer is None:
        from infrastructure.directory.asking import ConfinedDirectory
        from server.auth.providers.ldap import LdapProvider, described

        password = settings.bind_password_of(name, table)
        return LdapProvider(name, table, ConfinedDirectory(described(table), password))
    return _openid(settings, name, table, table.issuer)


def _openid(settings: ServerSettings, name: str, table: SignIn, issuer: str) -> Provider:
    from infrastructure.execution.pools import pool_for
    from server.auth.providers.openid import OpenId
    from server.auth.providers.outside import OutsideProvider, claim

    openid = OpenId(
        table.title or name,
        issuer,
        client=settings.client_of(name),
        redirect_uri=_callback(settings, name),
        http=pool_for(issuer),
        scopes=table.scopes,
        is_whole=lambda claims: claim(claims, table.groups_claim) is not None,
    )
    return OutsideProvider(name, table, openid)


def _callback(settings: ServerSettings, name: str) -> str:
    return f"{settings.board_origin}/board/sign-in/{name}/callback"
