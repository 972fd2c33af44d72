"""Bindings to sites: those of tokens, webhooks and screens, whose names a change of layout renames.

They store no layout. A name without a known new name stays as it is.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from sqlalchemy import select
from sqlalchemy.orm import Session

from provisioning.access.accounts.models import Screen
from provisioning.access.models import Credential
from provisioning.access.programs.models import ApiToken
from provisioning.monitoring.webhooks.models import Webhook

Bound: TypeAlias = ApiToken | Webhook | Screen
TOKEN, WEBHOOK, SCREEN = "token", "webhook", "screen"
TABLES: Mapping[str, type[Any]] = {TOKEN: ApiToken, WEBHOOK: Webhook, SCREEN: Screen}


@dataclass(frozen=True, slots=True)
class BindingRename:
    """A rename of the sites of a token, a webhook or a screen; None: a site has no new name."""

    kind: str
    id: int
    new_names: Mapping[str, str | None]

    @property
    def before(self) -> list[str]:
        """The sites as they are stored."""
        return list(self.new_names)

    @property
    def after(self) -> list[str]:
        """The sites by their new names."""
        return sorted({new or old for old, new in self.new_names.items()})

    @property
    def is_known(self) -> bool:
        """True if one of the sites has another name."""
        return any(new not in (None, old) for old, new in self.new_names.items())


def proposed(session: Session, new_name: Callable[[str], str | None]) -> Iterator[BindingRename]:
    """Yield the renames of bindings to a site that has another name, or none.

    Left out are revoked tokens and screens, and webhooks that have ended. A token that only expired
    is renamed too: lists still show it, with its sites.
    """
    for kind, row_id, sites in _bound(session):
        new_names = {site: new_name(site) for site in sites}
        if any(new != old for old, new in new_names.items()):
            yield BindingRename(kind, row_id, new_names)


def rename(session: Session, proposal: Sequence[BindingRename]) -> Iterator[list[Any]]:
    """Rename the known ones; yields the facts of each for an undo."""
    for each in proposal:
        if each.is_known and put(session, each.kind, each.id, each.after, each.before):
            yield [each.kind, each.id, each.before, each.after]


def put(session: Session, kind: str, row_id: int, new: Sequence[str], old: Sequence[str]) -> bool:
    """Bind one to the `new` sites if it is bound to the `old` ones; else return False."""
    row: Bound | None = session.get(TABLES[kind], row_id)
    if row is None or _sites(row) != list(old):
        return False
    if isinstance(row, Screen):
        row.site = new[0]
    else:
        row.sites = list(new)
    return True


def _bound(session: Session) -> Iterator[tuple[str, int, list[str]]]:
    """Yield the bindings to sites: the kind, the id and the sites."""
    valid = Credential.revoked_at.is_(None)
    tokens = select(ApiToken).join(Credential, Credential.id == ApiToken.credential_id).where(valid)
    for token in session.scalars(tokens.order_by(ApiToken.credential_id)):
        yield TOKEN, token.credential_id, _sites(token)
    hooks = select(Webhook).where(Webhook.ended_at.is_(None)).order_by(Webhook.id)
    for hook in session.scalars(hooks):
        yield WEBHOOK, hook.id, _sites(hook)
    for screen in session.scalars(select(Screen).where(Screen.revoked_at.is_(None))):
        yield SCREEN, screen.id, _sites(screen)


def _sites(row: Bound) -> list[str]:
    """The sites of a binding; empty where it is for all sites."""
    if isinstance(row, Screen):
        return [row.site] if row.site else []
    return list(row.sites or ())
