"""The table that is proposed for a repo, written and read again."""

import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provisioning.munki.layout.finder.adoption import Adoption
from provisioning.munki.layout.finder.proposal import propose
from provisioning.munki.layout.finder.toml import written
from provisioning.munki.layout.index import PlaceIndex
from provisioning.policy import munki_table
from provisioning.policy.munki_table import MunkiTable
from tests.provisioning.munki.layout.finder.shapes import of, proposed, shape
from tests.support.inputs.layouts import LAYOUTS
from tests.support.inputs.repos import RepoCase

cases = pytest.mark.parametrize("case", LAYOUTS, ids=lambda case: case.name)


def table(text: str) -> MunkiTable:
    read, faults = munki_table.read(tomllib.loads(text).get("munki", {}))
    assert not faults
    return read


@cases
def test_the_table_of_a_repo_is_found(case: RepoCase) -> None:
    proposal = proposed(shape(case))

    expected = table(f"[munki]\n{case.table}")
    assert written(proposal.root, proposal.layout) == f"[munki]\n{case.table}".strip()
    assert (proposal.root, proposal.layout.digest) == (expected.root, expected.layout.digest)


@cases
def test_a_table_with_its_reasons_is_read_as_the_layout_that_it_was_made_of(case: RepoCase) -> None:
    proposal = proposed(shape(case))

    read = table(written(proposal.root, proposal.layout, proposal.catalogs, proposal.reasons))

    assert read == MunkiTable(proposal.root, proposal.layout)
    assert proposal.needs_table is bool(case.table)


@cases
def test_the_macs_of_a_repo_go_where_they_went_and_their_manifests_stay(case: RepoCase) -> None:
    found, layout = shape(case), proposed(shape(case)).layout

    macs = Adoption(PlaceIndex(layout, found.paths)).macs(found.macs, found.includes)

    assert {mac.name: (mac.site, mac.build) for mac in macs} == case.own()
    assert [mac for mac in macs if not mac.stays] == []


def test_a_list_of_many_names_with_paths_has_a_line_for_each() -> None:
    teams = [f"{team} and all of their many guests.plist" for team in ("Artists", "Bakers", "Co")]
    macs = {f"C02A{number:02}SYNTH": [teams[number % 3]] for number in range(9)}

    proposal = proposed(of(macs, *teams))

    text = written("", proposal.layout, reasons=proposal.reasons)
    assert text.splitlines()[-4:] == [
        "# 3 of them; a Mac includes one; add new ones here",
        *(f'builds.names."{team.removesuffix(".plist")}" = "{team}"' for team in teams),
    ]
    assert table(text).layout == proposal.layout


@given(
    st.lists(st.text(max_size=12), max_size=4),
    st.lists(st.text(alphabet="-_. /*{}site", max_size=12), max_size=6),
)
def test_whatever_macs_include_a_proposal_can_be_written_and_read(
    first: list[str], second: list[str]
) -> None:
    includes = [*first, *second]
    macs = {"C02A01SYNTH1": includes, "C02A02SYNTH2": includes[::2], "C02A03SYNTH3": second}

    proposal = propose(of(macs, *includes))

    if proposal is not None:
        assert table(written(proposal.root, proposal.layout)).layout == proposal.layout
