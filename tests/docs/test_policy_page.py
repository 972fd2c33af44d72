"""Every key of the policy file is documented, with an example that works."""

import re
import tomllib
from typing import Any

import pytest
from pydantic import BaseModel

from provisioning.policy import BuildTable, Policy, SignIn, SiteTable, UnusablePolicy, munki_table
from provisioning.policy.loading import parse
from provisioning.policy.policy import STALL
from provisioning.policy.schema import WebhooksTable
from tests.support.installation import ROOT
from tests.support.tables import for_each

PAGE = "\n".join(
    (ROOT / "docs" / each / "policy.md").read_text() for each in ("how-to", "reference")
)
EXAMPLES = re.findall(r"^```toml\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
FAULTS = re.findall(r"^rollcall\.toml, line [0-9]+: (.*)$", PAGE, re.MULTILINE)
ROWS = dict(re.findall(r"^\| `([^`]+)` \| `([^`]+)` \| .+ \|$", PAGE, re.MULTILINE))


def keys_of(model: type[BaseModel], prefix: str = "") -> list[str]:
    return [prefix + name for name in model.model_fields]


KEYS = [
    *(
        key
        for key in keys_of(Policy)
        if key not in ("stall", "sites", "builds", "sign_in", "munki", "webhooks")
    ),
    "stall.STATE",
    *keys_of(SiteTable, "sites.NAME."),
    *keys_of(BuildTable, "builds.NAME."),
    *keys_of(WebhooksTable, "webhooks."),
    *keys_of(SignIn, "sign_in.NAME."),
    *(f"munki.{key}" for key in munki_table.KEYS),
    *(f"munki.sites.{form}" for form in munki_table.FORMS),
]


@for_each("key", KEYS)
def test_every_key_is_in_a_table_with_an_example_that_is_accepted(key: str) -> None:
    needed: tuple[str, ...] = ()
    if "sign_in." in key:
        is_of_ldap = key.rpartition(".")[2] in ("url", "directory", "base", "bind_as", "ca")
        needed = ("url", "base") if is_of_ldap else ("issuer",)
    keys = {key, *(f"sign_in.NAME.{name}" for name in needed)}
    lines = [f"{each} = {ROWS[each]}" for each in keys]
    assert parse("\n".join(lines).replace("NAME", "okta").encode(), "the example of that row")


@for_each("key", munki_table.KEYS)
def test_what_is_so_without_a_key_of_the_layout_is_its_default(key: str) -> None:
    match = re.search(rf"^\| `munki\.{key}` .* Absent: `([^`]+)`", PAGE, re.MULTILINE)

    assert match
    assert parse(f"munki.{key} = {match[1]}".encode(), "the default").munki == Policy.open().munki


def test_nothing_is_documented_that_cannot_be_written() -> None:
    assert list(ROWS) == KEYS


def test_the_example_is_accepted_and_uses_every_key() -> None:
    [example] = EXAMPLES
    written: dict[str, Any] = tomllib.loads(example)

    assert parse(example.encode(), "the example")
    assert set(written) == set(Policy.model_fields)
    assert {key for site in written["sites"].values() for key in site} == set(
        SiteTable.model_fields
    )
    assert {key for build in written["builds"].values() for key in build} == set(
        BuildTable.model_fields
    )


def test_the_patience_that_is_documented_is_the_default() -> None:
    assert f"stalled. Absent: {STALL.seconds // 60} |" in PAGE


def test_the_faults_that_are_shown_are_those_that_are_told() -> None:
    with pytest.raises(UnusablePolicy) as caught:
        parse(b"[sites.london]\nquiet = '7pm'\nchanel = 'C0LONDON'", "rollcall.toml")
    assert [line.split(": ", 1)[1] for line in str(caught.value).splitlines()] == FAULTS
