"""Names by which Munki would give a Mac another manifest."""

import unicodedata
from collections.abc import Callable

import pytest

from infrastructure.database.engine import Database
from provisioning.munki import MunkiRepo
from provisioning.registrations.names import name_clashes
from provisioning.registrations.names.name_clashes import Clash
from provisioning.values.serials import Serial
from tests.provisioning.registrations.conftest import MAC, OTHER, Put
from tests.provisioning.registrations.naming import register
from tests.support.tables import for_each

FindClash = Callable[..., Clash | None]


pytestmark = pytest.mark.policy('[sites.london]\nname = "lab-{n:03}"\n')


@pytest.fixture
def clash(database: Database, repo: MunkiRepo) -> FindClash:
    """A function that returns the clash of a name for our Mac; None where the name is free."""

    def found(name: str, serial: str = MAC) -> Clash | None:
        with database.reading() as session:
            return name_clashes.clash_of(session, repo.now().namesakes(), Serial(serial), name)

    return found


@pytest.mark.parametrize(
    ("name", "manifest"),
    [
        *(("lab-07", "lab-07"), ("LAB-07", "lab-07"), ("Lab 07", "Lab-07"), ("lab_07", "lab-07")),
        *(("lab.07", "lab-07"), ("Zürich 7", "Zurich-7")),
        (unicodedata.normalize("NFD", "Zürich 7"), "zurich-7"),
    ],
)
def test_a_name_whose_host_name_is_a_manifests_is_refused_in_any_case(
    clash: FindClash, put: Put, name: str, manifest: str
) -> None:
    assert clash(name) is None
    put(manifest)

    found = clash(name)

    assert found is not None
    assert found.is_sure
    assert f"there is a manifest '{manifest}'" in found.why


@pytest.mark.parametrize("name", [OTHER, OTHER.lower(), "c02Yk1qwlvdN"])
def test_the_serial_of_another_registered_mac_is_refused_as_a_name_in_either_case(
    clash: FindClash, database: Database, name: str
) -> None:
    assert clash(name) is None
    register(database, OTHER)

    found = clash(name)

    assert found is not None
    assert found.is_sure
    assert f"{OTHER} is registered" in found.why


@for_each(
    "name",
    [
        *("site_default", "Site Default", "catalogs", "Icons", "pkgs", "pkgsinfo", "manifests"),
        *("client_resources", "included_manifests", "SelfServeManifest"),
    ],
)
def test_a_name_that_means_something_to_munki_is_refused(clash: FindClash, name: str) -> None:
    found = clash(name)

    assert found is not None
    assert found.is_sure
    assert "means something to Munki itself" in found.why


@pytest.mark.parametrize(
    ("name", "manifest"),
    [("lab-07.example.com", "lab-07"), ("Lab 07.x", "lab-07"), ("Lab 07", "lab 07")],
)
def test_where_only_other_clients_could_meet_it_a_name_is_doubtful(
    clash: FindClash, put: Put, name: str, manifest: str
) -> None:
    put(manifest)

    found = clash(name)

    assert found is not None
    assert not found.is_sure


def test_a_short_form_that_is_a_registered_serial_is_doubtful_too(
    clash: FindClash, database: Database
) -> None:
    register(database, OTHER)

    found = clash(f"{OTHER}.local")

    assert found is not None
    assert not found.is_sure


@for_each("name", ["lab-070", "lab-0", "lab-07-2", "included", "sites", "london"])
def test_other_names_are_free(clash: FindClash, put: Put, name: str) -> None:
    put("lab-07")
    put("lab-07.example.com")
    put("groups/lab-070")

    assert clash(name) is None


def test_a_macs_own_serial_is_its_own(clash: FindClash, put: Put, database: Database) -> None:
    register(database, MAC)
    put(MAC)

    assert clash(MAC) is None
    assert clash(MAC.lower()) is None


def test_a_manifest_of_its_serial_in_another_case_is_another_ones(
    clash: FindClash, put: Put
) -> None:
    put(MAC)
    put(MAC.lower())

    assert clash(MAC) is None
    assert clash(MAC.lower()) is not None


def test_a_repo_says_by_itself_what_one_host_name_meets(repo: MunkiRepo, put: Put) -> None:
    put("lab-07")

    assert [repo.now().namesake(host) for host in ("lab-07", "LAB-07", "lab-08")] == [
        *("lab-07", "lab-07", None)
    ]
    assert repo.now().namesakes() == repo.now().namesakes(), "what was listed is kept"
