"""Manifests whose names are a Mac's in another case."""

from collections.abc import Sequence
from pathlib import Path

from provisioning.munki import MunkiRepo
from provisioning.munki.manifests.namesakes import MixedNames
from provisioning.munki.storage import FolderStore
from provisioning.values.serials import Serial
from tests.support.inputs.samples import CaseIgnored

SERIAL = Serial("C02PQ05YG8WX")


def test_mixed_names_are_looked_for_once_for_many_macs() -> None:
    listings: list[Sequence[str]] = []

    def listed() -> Sequence[str]:
        listings.append(["C02pq05yg8wx", "c02pq05yg8wx", "site_default", "Faculty"])
        return listings[-1]

    names = MixedNames(listed)

    assert names.of(SERIAL.text) == ["C02pq05yg8wx"]
    assert names.of("C02XG0FDJGH5") == ()
    assert len(listings) == 1


def test_mixed_names_are_looked_for_again_when_they_are_old() -> None:
    present: list[str] = []
    names = MixedNames(lambda: present, max_age=0.0)
    assert names.of(SERIAL.text) == ()

    present.append("C02pq05yg8wx")

    assert names.of(SERIAL.text) == ["C02pq05yg8wx"]


def test_a_manifest_in_another_case_is_the_macs_own_where_the_disk_ignores_case(
    repo_folder: Path,
) -> None:
    (repo_folder / "manifests/C02pq05yg8wx").write_bytes(b"")

    assert MunkiRepo(FolderStore(repo_folder)).now().twin(SERIAL) == "C02pq05yg8wx"
    assert MunkiRepo(CaseIgnored(repo_folder)).now().twin(SERIAL) is None
