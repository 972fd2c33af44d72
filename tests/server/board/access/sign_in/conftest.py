"""Providers of OpenID Connect that are not Slack, and people who come from there."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import urllib3

from rollcall.settings import ServerSettings
from tests.fakes.openid import CLIENT, OpenIdProvider, Person, running
from tests.server.board.conftest import ORIGIN, Browser
from tests.support.running import settings

POLICY = """
admins = ["U0ADMIN"]
[sign_in.okta]
title = "Okta"
issuer = "{okta}"
scopes = ["groups"]
groups = {{admins = ["rollcall-admins"], readers = ["it"]}}
[sign_in.corp-sso]
issuer = "{corp}"
groups_claim = "realm_access.roles"
[sites.paris]
title = "Paris"
group = "S0PARIS"
groups = {{okta = ["paris-it"]}}
[sites.london]
groups = {{corp-sso = ["it", "london"]}}
"""
NOT_TRUSTED = "does not trust"


def ada(*groups: str, user: str = "00u1", name: str = "Ada", **more: Any) -> Person:
    """Somebody at Okta, in these groups."""
    return Person(user, name=name, more={"groups": list(groups), **more})


@pytest.fixture
def okta() -> Iterator[OpenIdProvider]:
    """A provider."""
    with running(f"{ORIGIN}/board/sign-in/okta/callback") as provider:
        yield provider


@pytest.fixture
def corp() -> Iterator[OpenIdProvider]:
    """Another one, with the same client, as a careless admin sets it up."""
    with running(f"{ORIGIN}/board/sign-in/corp-sso/callback") as provider:
        yield provider


@pytest.fixture
def server_settings(
    okta: OpenIdProvider, corp: OpenIdProvider, repo_folder: Path
) -> ServerSettings:
    """A server whose policy has both."""
    policy = repo_folder / "rollcall.toml"
    policy.write_text(POLICY.format(okta=okta.url, corp=corp.url))
    ids, secret = {"OKTA": CLIENT[0], "CORP_SSO": CLIENT[0]}, CLIENT[1]
    found = settings.server_settings(repo_folder, ROLLCALL_URL=ORIGIN)
    clients = ServerSettings.model_validate(
        {
            **found.model_dump(by_alias=True),
            "ROLLCALL_SIGN_IN_NAME_CLIENT_ID": ids,
            "ROLLCALL_SIGN_IN_NAME_CLIENT_SECRET": dict.fromkeys(ids, secret),
        }
    )
    return clients.model_copy(update={"policy": policy})


def go(browser: Browser, provider: OpenIdProvider, name: str = "okta") -> Any:
    """Go the whole way: to a provider, and back."""
    away = browser.get(f"/board/sign-in/{name}")
    back = urllib3.request("GET", away.location, redirect=False)
    return browser.get(back.headers["Location"].removeprefix(ORIGIN))


def why_not(log: list[Any]) -> list[str]:
    """The reasons of failed sign-ins in the log."""
    return [line["reason"] for line in log if line["event"] == "sign-in failed"]
