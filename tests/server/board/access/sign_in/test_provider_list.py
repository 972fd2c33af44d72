"""The list of providers, as the policy and the settings have them."""

import pytest
from structlog.testing import capture_logs

from provisioning.policy import PolicyFile
from rollcall.parts.sign_in import ProviderList
from rollcall.settings import ServerSettings, UnusableSettings


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
