"""The reader of settings from the environment; its error names each wrong one with its fix."""

import os
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any, TypeVar

from pydantic import ValidationError

from infrastructure.errors import RollcallError
from rollcall import secret_files
from rollcall.settings.common import Settings


class UnusableSettings(RollcallError):
    """Settings that are missing or unsafe; the text lists each with its fix."""


Kind = TypeVar("Kind", bound=Settings)


def read(kind: type[Kind]) -> Kind:
    """Read settings of a kind from the environment, secrets from the files that it names.

    Raises UnusableSettings, which names every variable that is missing or wrong, and no value.
    """
    values, faults = _from_files(kind)
    try:
        settings = kind(**values)
    except ValidationError as error:
        faults |= {name: line for name, line in _faults(kind, error) if name not in faults}
    if faults:
        lines = [f"  - {line}" for line in faults.values()]
        if _are_in_env_file(faults):
            lines.append("(There is a file .env: `make run ARGS=COMMAND` takes its settings.)")
        raise UnusableSettings("\n".join(["Rollcall cannot start.", *lines]))
    return settings


def _are_in_env_file(names: Collection[str]) -> bool:
    """Return True if a file `.env` here has one of these settings, and the environment has not."""
    try:
        lines = Path(".env").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return False
    there = {line.removeprefix("export ").partition("=")[0].strip() for line in lines}
    return any(name in there and name not in os.environ for name in names)


def speaks_slack_over_http(environment: Mapping[str, str] = os.environ) -> bool:
    """Return True with a signing secret and no app token: the server takes Slack's requests."""
    has_secret, has_token = (
        secret_files.is_set(name, environment)
        for name in ("SLACK_SIGNING_SECRET", "SLACK_APP_TOKEN")
    )
    return has_secret and not has_token


def speaks_to_slack() -> bool:
    """Return True with a bot token: Slack can be asked."""
    return secret_files.is_here("SLACK_BOT_TOKEN")


def _from_files(kind: type[Settings]) -> tuple[dict[str, Any], dict[str, str]]:
    """Return the values in files, and the faults of these, both by variables' names."""
    values: dict[str, Any] = {}
    faults: dict[str, str] = {}
    for field in kind.model_fields.values():
        name = field.alias or ""
        if name not in secret_files.NAMES | secret_files.PATTERNS:
            continue
        try:
            found: object = (
                secret_files.values(name)
                if name in secret_files.PATTERNS
                else secret_files.value(name)
            )
        except secret_files.UnusableSecretFile as error:
            faults[name] = str(error)
            continue
        if found is not None:
            values[name] = found
    return values, faults


def _faults(kind: type[Settings], error: ValidationError) -> Iterator[tuple[str, str]]:
    """Yield the name of each variable that is missing or wrong, and a line about it."""
    described = {field.alias: field.description for field in kind.model_fields.values()}
    for problem in error.errors(include_input=False, include_url=False):
        name = str(problem["loc"][0]) if problem["loc"] else ""
        if problem["type"] == "missing":
            yield name, f"{name} is not set: {described[name]}"
        elif problem["type"] == "url_parsing":
            yield name, f"{name}: it is no whole address, such as https://deploy.example.com"
        elif problem["type"] == "url_scheme":
            yield name, f"{name}: it has to begin with http:// or https://: {described[name]}"
        elif problem["type"] == "string_pattern_mismatch":
            yield name, f"{name}: it has to be {described[name]}"
        else:
            reason = problem["msg"].removeprefix("Value error, ")
            yield name, f"{name}: {reason}" if name else reason
