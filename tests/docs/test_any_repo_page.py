"""The page about other people's repos shows tables that work, and what the command prints."""

import re
import tomllib

from provisioning.munki.layout import DEFAULT
from provisioning.munki.layout.finder.proposal import propose
from provisioning.munki.layout.finder.report import AdoptionReport
from provisioning.munki.layout.finder.shape import shape_of
from provisioning.policy import munki_table
from provisioning.policy.munki_table import MunkiTable
from tests.support.inputs.layouts import LAYOUTS
from tests.support.inputs.repos import CATALOGS, RepoCase
from tests.support.installation import ROOT
from tests.support.tables import for_each

PAGE = (ROOT / "docs/how-to/any-repo.md").read_text()
WHOLE, *TABLES = re.findall(r"^```toml\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
SHOWN = re.findall(r"^```text\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)


def read(text: str) -> MunkiTable:
    table, faults = munki_table.read(tomllib.loads(text)["munki"])
    assert not faults
    return table


def test_the_whole_table_is_what_is_so_without_one() -> None:
    assert read(WHOLE) == MunkiTable()
    assert read(WHOLE).layout.digest == DEFAULT.digest


@for_each("text", TABLES)
def test_a_repo_of_each_table_gets_that_table(text: str) -> None:
    made = [case for case in LAYOUTS if f"[munki]\n{case.table}\n" == text]

    assert len(made) == 1
    manifests = made[0].manifests()
    proposal = propose(shape_of(list(manifests), manifests, CATALOGS, root=made[0].root))
    assert proposal is not None
    assert MunkiTable(proposal.root, proposal.layout) == read(text)


def test_the_answer_that_is_shown_is_what_the_command_prints() -> None:
    includes = ["site_default", "group_design", "site_london"]
    made = RepoCase(
        "",
        "",
        lambda site, build: ["site_default", f"group_{build}", f"site_{site}"],
        extra={
            "C02B01SYNTH1": _own(includes[1:2], "site_paris"),
            "C02D01SYNTH1": _own(includes[:2], "site_paris", "site_london"),
            "AB-MD-07001": _own(includes[::2], "gone"),
            **{f"C02C{number:02}SYNTH": _own(includes) for number in range(20)},
        },
    )
    manifests = made.manifests()

    printed = list(
        AdoptionReport.proposing(shape_of(list(manifests), manifests, CATALOGS)).as_text()
    )

    assert set(SHOWN[0].splitlines()) <= {line.rstrip() for line in printed}


def _own(includes: list[str], *more: str) -> dict[str, list[str]]:
    return {"catalogs": ["production"], "included_manifests": [*includes, *more]}
