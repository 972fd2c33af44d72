"""Secrets: refused where everybody could guess them, and never repeated aloud."""

import traceback

import pytest

from rollcall.settings import (
    WELL_KNOWN,
    BotSettings,
    ServerSettings,
    Settings,
    UnusableSettings,
    read,
)
from tests.rollcall.settings.variables import GOOD, KINDS, NAMES, Environment, complaint
from tests.support.installation import PASSWORD
from tests.support.tables import for_each

UNSAFE = {"BOOTSTRAP_PASSWORD": "secret", "ROLLCALL_SECRET_KEY": "changeme"}


@for_each("kind", KINDS)
def test_no_value_is_ever_repeated(kind: type[Settings], environment: Environment) -> None:
    environment(dict.fromkeys(NAMES, "hunter2 is:wrong"))

    with pytest.raises(UnusableSettings) as caught:
        read(kind)

    assert "hunter2" not in "".join(traceback.format_exception(caught.value))


def test_secrets_that_are_good_are_not_shown_either(environment: Environment) -> None:
    environment(GOOD)
    shown = f"{read(ServerSettings)!r} {read(BotSettings)}"

    secrets = [name for name in GOOD if name.endswith(("PASSWORD", "KEY", "TOKEN", "SECRET"))]
    assert len(secrets) == 5
    assert not [name for name in secrets if GOOD[name] in shown]


@for_each("password", [*sorted(WELL_KNOWN), "Secret", "PASSWORD", "imaging"])
def test_a_password_that_everybody_tries_first_is_refused(
    password: str, environment: Environment
) -> None:
    environment({**GOOD, "BOOTSTRAP_PASSWORD": password})
    assert "BOOTSTRAP_PASSWORD is one that everybody tries first" in complaint(ServerSettings)


@for_each("key", ["secret", "x" * 31, "x" * 64, "1234567" * 9, "ab" * 32])
def test_a_key_that_can_be_guessed_is_refused(key: str, environment: Environment) -> None:
    environment({**GOOD, "ROLLCALL_SECRET_KEY": key})
    assert "ROLLCALL_SECRET_KEY is not 32 random characters" in complaint(ServerSettings)


def test_everything_unsafe_is_named_at_once(environment: Environment) -> None:
    environment({**GOOD, **UNSAFE, "BOOTSTRAP_USERNAME": "admin"})

    said = complaint(ServerSettings)

    assert [name for name in UNSAFE if name not in said] == []
    assert "only CONTEXT=DEV allows that" in said


def test_a_developer_may_have_unsafe_secrets(environment: Environment) -> None:
    environment({**GOOD, **UNSAFE, "BOOTSTRAP_USERNAME": "admin", "CONTEXT": "DEV"})
    assert read(ServerSettings).password.get_secret_value() == "secret"


def test_a_password_may_begin_and_end_with_a_blank(environment: Environment) -> None:
    environment({**GOOD, "BOOTSTRAP_PASSWORD": f" {PASSWORD} "})

    assert read(ServerSettings).password.get_secret_value() == f" {PASSWORD} "


def test_what_providers_give_is_one_line_too(environment: Environment) -> None:
    environment({**GOOD, "ROLLCALL_SIGN_IN_OKTA_CLIENT_SECRET": "hunter2\nx"})

    [line] = complaint(ServerSettings).splitlines()[1:]

    assert line.startswith("  - ROLLCALL_SIGN_IN_NAME_CLIENT_SECRET: it has a line's end")
    assert "hunter2" not in line
