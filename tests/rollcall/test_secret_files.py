"""Secrets from files: `NAME_FILE` beside `NAME`, as Docker, Kubernetes and systemd give them."""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from provisioning.policy import SignIn
from rollcall import secret_files
from rollcall.secret_files import LARGEST, NAMES, PATTERNS, UnusableSecretFile
from rollcall.settings import (
    BotSettings,
    JobsSettings,
    LiveSettings,
    RelaySettings,
    ServerSettings,
    Settings,
    UnusableSettings,
    read,
    speaks_slack_over_http,
)
from tests.support.installation import PASSWORD, SECRET_KEY
from tests.support.installing.composing import compose_file, services
from tests.support.tables import for_each

GOOD = {
    "BOOTSTRAP_URL": "http://mac.lan:5000",
    "BOOTSTRAP_USERNAME": "imaging",
    "ROLLCALL_CHANNEL": "C024BE91L",
    "ROLLCALL_SECRET_KEY": SECRET_KEY,
}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """The path of a secret's file."""
    return tmp_path / "secret"


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """An environment with all that the server needs but its password."""
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(f"{name}_FILE", raising=False)
    for name, value in GOOD.items():
        monkeypatch.setenv(name, value)
    return monkeypatch


def test_providers_of_sign_in_are_named_by_their_variables(
    environment: pytest.MonkeyPatch, file: Path
) -> None:
    file.write_text("s3cret\n")
    environment.setenv("BOOTSTRAP_PASSWORD", PASSWORD)
    environment.setenv("ROLLCALL_SIGN_IN_CORP_SSO_CLIENT_ID", "1234")
    environment.setenv("ROLLCALL_SIGN_IN_CORP_SSO_CLIENT_SECRET_FILE", str(file))
    environment.setenv("ROLLCALL_SIGN_IN_OKTA_CLIENT_ID", "5678")

    settings = read(ServerSettings)

    assert settings.client_of("corp-sso") == ("1234", "s3cret")
    assert "s3cret" not in repr(settings)
    with pytest.raises(UnusableSettings, match="set ROLLCALL_SIGN_IN_OKTA_CLIENT_ID and"):
        settings.client_of("okta")


def test_a_directory_wants_its_library_and_its_password(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("BOOTSTRAP_PASSWORD", PASSWORD)
    environment.setenv("ROLLCALL_SIGN_IN_CORP_BIND_PASSWORD", "s3cret")
    given = {"url": "ldaps://dc.example.com", "base": "dc=example", "bind_as": "cn=rollcall"}
    table, settings = SignIn.model_validate(given), read(ServerSettings)

    settings.check_provider("corp", table, lambda _: "there")
    for name, found, said in (
        ("other", "there", "set ROLLCALL_SIGN_IN_OTHER_BIND_PASSWORD"),
        ("corp", None, "comes without LDAP"),
    ):
        with pytest.raises(UnusableSettings, match=said) as caught:
            settings.check_provider(name, table, lambda _, found=found: found)  # type: ignore[misc]
        assert str(caught.value).count(". ") == 0


def refusal(environment: Mapping[str, str]) -> str:
    with pytest.raises(UnusableSecretFile) as caught:
        secret_files.value("SLACK_BOT_TOKEN", environment, patience=0.01)
    return str(caught.value)


@for_each(
    ("content", "value"),
    [
        (b"s3cret", "s3cret"),
        (b"s3cret\n", "s3cret"),
        (b"s3cret\r\n", "s3cret"),
        (b"\xef\xbb\xbfs3cret\r\n", "s3cret"),
        (b"s3cret\n\n", "s3cret\n"),
        (b" s3cret ", " s3cret "),
        ("gehëim".encode(), "gehëim"),
    ],
)
def test_a_secret_is_the_file_but_for_a_mark_at_its_begin_and_one_line_feed_at_its_end(
    content: bytes, value: str, file: Path
) -> None:
    file.write_bytes(content)

    assert secret_files.value("SLACK_BOT_TOKEN", {"SLACK_BOT_TOKEN_FILE": str(file)}) == value


@for_each(
    ("content", "reason"),
    [
        (b"", "is empty"),
        (b"\n", "is empty"),
        (b"\xef\xbb\xbf\n", "is empty"),
        ("s3cret".encode("utf-16"), "is not text"),
        (b"a\0b", "is not text"),
        (b"caf\xe9", "is not text in UTF-8"),
        (b"x" * (LARGEST + 1), "is too large for a secret"),
    ],
)
def test_a_file_without_a_secret_is_refused(content: bytes, reason: str, file: Path) -> None:
    file.write_bytes(content)

    said = refusal({"SLACK_BOT_TOKEN_FILE": str(file)})

    assert said == f"SLACK_BOT_TOKEN_FILE: {file} {reason}"


def test_a_file_that_cannot_be_read_is_named_with_the_reason(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)

    for path, reason in (
        (tmp_path / "gone", "No such file or directory"),
        (tmp_path, "Is a directory"),
        (pipe, "it is a pipe that nothing wrote into, or whose writer does not end"),
        (Path("/dev/zero"), "it is a pipe or a device, not a file"),
        ("\0", "embedded null byte"),
    ):
        assert refusal({"SLACK_BOT_TOKEN_FILE": str(path)}).endswith(f"cannot be read ({reason})")


def test_a_secret_comes_through_a_pipe_as_shells_make_them() -> None:
    reader, writer = os.pipe()
    os.write(writer, b"s3cret\n")
    os.close(writer)
    try:
        environment = {"SLACK_BOT_TOKEN_FILE": f"/dev/fd/{reader}"}
        assert secret_files.value("SLACK_BOT_TOKEN", environment) == "s3cret"
    finally:
        os.close(reader)


def test_a_secret_that_is_given_both_ways_is_refused_and_an_empty_one_is_not_given(
    file: Path,
) -> None:
    file.write_text("of the file")
    by_file = {"SLACK_BOT_TOKEN_FILE": str(file)}

    assert "both set" in refusal({"SLACK_BOT_TOKEN": "xoxb-1", **by_file})
    assert (
        secret_files.value("SLACK_BOT_TOKEN", {"SLACK_BOT_TOKEN": "", **by_file}) == "of the file"
    )
    other_way_round = {"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_BOT_TOKEN_FILE": ""}
    assert secret_files.value("SLACK_BOT_TOKEN", other_way_round) == "xoxb-1"
    assert secret_files.value("SLACK_BOT_TOKEN", {}) is None


def test_settings_take_secrets_from_files(environment: pytest.MonkeyPatch, file: Path) -> None:
    file.write_text(f"{PASSWORD}\n")
    environment.setenv("BOOTSTRAP_PASSWORD_FILE", str(file))

    assert read(ServerSettings).password.get_secret_value() == PASSWORD


def test_what_is_wrong_with_files_and_with_values_is_told_together_and_shows_neither(
    environment: pytest.MonkeyPatch, file: Path
) -> None:
    file.write_text("hunter2")  # as an app token, which it is not
    environment.setenv("BOOTSTRAP_PASSWORD", "hunter3")
    environment.setenv("BOOTSTRAP_PASSWORD_FILE", str(file))
    environment.setenv("SLACK_BOT_TOKEN_FILE", str(file.parent / "gone"))
    environment.setenv("SLACK_APP_TOKEN_FILE", str(file))

    said = {}
    for kind in (ServerSettings, BotSettings):
        with pytest.raises(UnusableSettings) as caught:
            read(kind)
        said[kind] = str(caught.value).splitlines()

    [both] = said[ServerSettings][1:]
    assert both.startswith("  - BOOTSTRAP_PASSWORD and BOOTSTRAP_PASSWORD_FILE are both set")
    assert {line.split()[1] for line in said[BotSettings][1:]} == {
        "SLACK_APP_TOKEN:",
        "SLACK_BOT_TOKEN_FILE:",
    }
    assert "hunter" not in str(said)


def test_every_setting_that_is_a_secret_can_stand_in_a_file() -> None:
    fields = {**ServerSettings.model_fields, **BotSettings.model_fields}
    secrets = {field.alias for field in fields.values() if "Secret" in str(field.annotation)}

    assert secrets <= NAMES | PATTERNS
    assert {field.alias for field in fields.values()} >= NAMES


def test_a_file_tells_the_transport_too() -> None:
    by_file = {"SLACK_SIGNING_SECRET_FILE": "/run/secrets/one"}

    assert speaks_slack_over_http(by_file)
    assert not speaks_slack_over_http({**by_file, "SLACK_APP_TOKEN_FILE": "/run/secrets/two"})


@for_each("name", ["compose.secrets.yaml", "compose.scale-secrets.yaml"])
def test_compose_mounts_what_its_parts_read(name: str) -> None:
    files = compose_file(name)
    beneath = services(name.replace("-secrets", "").replace(".secrets", ""))
    base = {part: service.get("environment", {}) for part, service in beneath.items()}
    kinds: dict[str, Sequence[type[Settings]]] = {
        "server": [ServerSettings],
        "bot": [BotSettings],
        "relay": [RelaySettings],
        "jobs": [JobsSettings],
        "live": [LiveSettings],
        "rollcall": [ServerSettings, BotSettings, RelaySettings, JobsSettings],
    }

    for part, service in files["services"].items():
        given = {
            variable.removesuffix("_FILE"): Path(path).name
            for variable, path in service["environment"].items()
            if variable.endswith("_FILE") and Path(path).name in service["secrets"]
        }
        told = {each.removesuffix("_FILE") for each in service["environment"]} & NAMES
        read = {
            field.alias
            for kind in kinds.get(part, [Settings])
            for field in kind.model_fields.values()
        }
        assert len(given) == len(service["secrets"]), part
        doubled = {f"{each}_FILE" for each in base.get(part, {})} & service["environment"].keys()
        for each in doubled:
            assert service["environment"][each.removesuffix("_FILE")] == ""
        # Of what it is told and reads, a file that is missing would stop its start.
        assert part == "database" or given.keys() == told & read, part
    assert files["secrets"].keys() == {
        secret for service in files["services"].values() for secret in service["secrets"]
    }
