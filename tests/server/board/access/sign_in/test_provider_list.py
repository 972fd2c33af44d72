"""The list of providers, as the policy and the settings have them."""

from traceback import format_exception

import pytest
from structlog.testing import capture_logs

from infrastructure.errors import RollcallError
from provisioning.policy import PolicyFile
from rollcall.parts.sign_in import ProviderList
from rollcall.settings import ServerSettings, UnusableSettings
from tests.support.tables import for_each


def test_a_provider_without_its_secret_is_named(server_settings: ServerSettings) -> None:
    bare = server_settings.model_copy(update={"sign_in_secrets": {}})
    with pytest.raises(UnusableSettings, match="ROLLCALL_SIGN_IN_OKTA_CLIENT_SECRET"):
        ProviderList(bare, PolicyFile(server_settings.policy))


def test_providers_follow_the_policy_while_it_changes(server_settings: ServerSettings) -> None:
    path = server_settings.policy
    assert path is not None
    now = [0.0]
    providers = ProviderList(server_settings, PolicyFile(path, clock=lambda: now[0]))
    okta, corp = providers()

    path.write_text(path.read_text().replace('title = "Okta"', 'title = "Octa"'))
    now[0] += 2
    renamed, same = providers()
    assert (okta.title, renamed.title) == ("Okta", "Octa")
    assert same is corp

    path.write_text(f'{path.read_text()}\n[sign_in.new]\nissuer = "https://new.example"\n')
    now[0] += 2
    with capture_logs() as log:
        assert [provider.name for provider in providers()] == ["okta", "corp-sso"]
    (line,) = log
    assert "ROLLCALL_SIGN_IN_NEW_CLIENT_SECRET" in line["reason"]

    path.write_text("admins = []")
    now[0] += 2
    assert list(providers()) == []


@for_each(
    "proxy", ["socks5://u:SECRET@proxy:1080", "http://u:SECRET@proxy:99999", "u:SECRET#x@proxy"]
)
def test_a_proxy_that_cannot_be_used_is_named_without_its_password(
    server_settings: ServerSettings, monkeypatch: pytest.MonkeyPatch, proxy: str
) -> None:
    policy = PolicyFile(server_settings.policy)
    scheme = str(policy.policy.sign_in["okta"].issuer).partition(":")[0]
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.setenv(f"{scheme}_proxy", proxy)

    with pytest.raises(RollcallError, match=f"{scheme.upper()}_PROXY has no address") as told:
        ProviderList(server_settings, policy)

    assert "SECRET" not in "".join(format_exception(told.value))


def test_a_provider_that_is_changed_behind_such_a_proxy_is_left_out_alone(
    server_settings: ServerSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = server_settings.policy
    assert path is not None
    now = [0.0]
    policy = PolicyFile(path, clock=lambda: now[0])
    providers = ProviderList(server_settings, policy)
    scheme = str(policy.policy.sign_in["okta"].issuer).partition(":")[0]
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.setenv(f"{scheme}_proxy", "socks5://proxy:1080")

    path.write_text(path.read_text().replace('title = "Okta"', 'title = "Octa"'))
    now[0] += 2
    with capture_logs() as log:
        assert [provider.name for provider in providers()] == ["corp-sso"]

    assert f"{scheme.upper()}_PROXY has no address" in log[0]["reason"]
