"""New names in a changed layout: those that are found, asked for and refused."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from provisioning.access import credentials
from provisioning.access.models import INSTALLAPPLICATIONS, Credential
from provisioning.access.programs import tokens
from provisioning.access.programs.models import READ
from provisioning.access.programs.tokens import TokenRequest
from provisioning.firstboot import benches
from provisioning.firstboot.models import Bench
from provisioning.maintenance.layout_change import UnknownNewNames
from provisioning.munki import Destination
from provisioning.munki.errors import UnknownSite
from provisioning.munki.layout import FolderForm, Layout, ManifestKind, MatchForm, NamesForm
from provisioning.outbox.models import Card
from provisioning.policy import Policy
from provisioning.registrations.models import Registration
from provisioning.registrations.names.generated_names import take_number, upcoming_number
from tests.provisioning.maintenance.renamed import LONDON, NESTED, NOON, PARIS, Installation
from tests.support.acting import did
from tests.support.installation import CHANNEL


def test_names_that_nobody_can_guess_are_asked_for_and_nothing_is_done(
    installation: Installation,
) -> None:
    installation.register(Destination("new york", "design"), "C02AAA")
    installation.register(Destination("london", "developer"), "C02BBB")
    installation.layout = NESTED
    before = installation.macs()

    with pytest.raises(UnknownNewNames) as caught:
        installation.rename()

    assert str(caught.value) == (
        "Nothing was changed; say what these names are now: "
        "--rename 'site:new york=NEW' --rename build:developer=NEW"
    )
    assert installation.macs() == before
    said = {(ManifestKind.SITE, "new york"): "rome", (ManifestKind.BUILD, "developer"): "kiosk"}
    installation.rename(said)
    assert installation.macs()["C02AAA"] == ("rome", "design", NESTED.digest)
    assert installation.macs()["C02BBB"] == ("uk/london", "kiosk", NESTED.digest)


def test_a_name_that_the_repo_does_not_have_is_refused(installation: Installation) -> None:
    installation.layout = NESTED

    with pytest.raises(UnknownSite):
        installation.propose({(ManifestKind.SITE, "london"): "nowhere"})


def test_the_same_path_says_the_new_name_before_the_same_name_does(
    installation: Installation,
) -> None:
    """Two sites change their names with one another."""
    installation.layout = Layout(sites=NamesForm((("a", "role_design"), ("b", "role_kiosk"))))
    installation.register(Destination("a", "design", installation.layout), "C02AAA", "C02CCC")
    installation.register(Destination("b", "design", installation.layout), "C02BBB")
    installation.layout = Layout(sites=NamesForm((("b", "role_design"), ("a", "role_kiosk"))))

    installation.rename(page=1)

    assert installation.macs() == {
        "C02AAA": ("b", "design", installation.layout.digest),
        "C02BBB": ("a", "design", installation.layout.digest),
        "C02CCC": ("b", "design", installation.layout.digest),
    }
    assert installation.rows(Card) == [("b", "design"), ("a", "design")]


def test_a_site_is_found_in_the_path_of_a_build(
    installation: Installation, repo_folder: Path
) -> None:
    installation.layout = Layout(sites=None, builds=FolderForm("places"))
    installation.register(Destination("", "uk/london", installation.layout), "C02AAA")
    installation.layout = Layout(
        sites=MatchForm("places/*/"), builds=MatchForm("places/{site}/*"), includes_site=False
    )
    (repo_folder / "manifests" / "places" / "x").mkdir()

    installation.rename()

    assert installation.macs()["C02AAA"][:2] == ("uk", "london")


@pytest.mark.postgresql(soak=True)
def test_a_site_of_the_same_layout_is_renamed_where_a_person_says_so(
    installation: Installation,
) -> None:
    installation.register(LONDON, "C02AAA")
    installation.register(PARIS, "C02CCC")
    said = {(ManifestKind.SITE, "london"): "paris"}

    assert installation.propose().is_empty
    assert installation.rename(said).registrations == 1

    assert installation.macs() == {
        "C02AAA": ("paris", "design", None),
        "C02CCC": ("paris", "kiosk", None),
    }
    assert installation.findings() == []
    assert installation.undo().registrations == 1
    assert installation.macs()["C02AAA"] == ("london", "design", None)
    assert installation.rename({(ManifestKind.BUILD, "design"): "developer"}).registrations == 1
    assert installation.macs()["C02AAA"] == ("london", "developer", None)


def test_a_name_that_is_typed_in_other_letters_renames_no_token_either(
    installation: Installation,
) -> None:
    """Its registrations would stay where they are."""
    installation.register(LONDON, "C02AAA")
    with installation.database.begin() as session:
        wish = TokenRequest("desk", (READ,), ("london", "rome"))
        tokens.make(session, wish, made_by=None, at=NOON)

    assert installation.propose({(ManifestKind.SITE, "London"): "paris"}).is_empty

    renamed = installation.rename({(ManifestKind.SITE, "london"): "paris"})
    assert (renamed.registrations, renamed.bindings) == (1, {"token": 1})


def test_builds_of_the_same_layout_are_renamed_on_a_bench_and_in_keys(
    installation: Installation,
) -> None:
    """Also where no registration has them."""
    with installation.database.begin() as session:
        act = did(session, "benched", by="U0ALICE", at=NOON)
        until = datetime.now(UTC) + timedelta(hours=1)
        benches.start(session, LONDON, number=2, until=until, operation=act, channel=CHANNEL)
        credentials.make(session, "paris", INSTALLAPPLICATIONS, NOON, build="developer")

    said = {(ManifestKind.BUILD, build): "kiosk" for build in ("design", "developer")}
    installation.rename(said)

    assert installation.rows(Bench) == [("london", "kiosk")]
    assert installation.rows(Credential) == [("paris", "kiosk")]


def test_numbers_of_names_go_on(installation: Installation) -> None:
    installation.register(LONDON, "C02AAA")
    pattern = {"names": {"design": "{site}-{n:03}"}}
    installation.policy = Policy.model_validate({"sites": {"uk/london": pattern}})
    with installation.database.begin() as session:
        for _ in range(7):
            take_number(session, "london-{n}")
    installation.layout = NESTED

    [counter] = installation.propose().counters
    installation.rename()

    with installation.database.begin() as session:
        assert upcoming_number(session, counter.new_series) == 8
        take_number(session, counter.new_series)
    installation.undo()
    with installation.database.reading() as session:
        assert upcoming_number(session, "london-{n}") == 9


def test_a_name_that_a_pattern_made_stays_the_macs(installation: Installation) -> None:
    installation.register(LONDON, "C02AAA")
    with installation.database.begin() as session:
        mac = session.scalars(select(Registration)).one()
        mac.computer_name, mac.named_for = "london-001", LONDON.key
    installation.layout = NESTED

    installation.rename()

    with installation.database.reading() as session:
        assert session.scalars(select(Registration)).one().called == "london-001"
    installation.undo()
    with installation.database.reading() as session:
        assert session.scalars(select(Registration)).one().called == "london-001"


def test_lines_say_what_an_admin_has_to_rename(installation: Installation, tmp_path: Path) -> None:
    installation.register(LONDON, "C02AAA")
    tables = {"london": {"title": "London"}, "rome": {"title": "Rome"}}
    installation.policy = Policy.model_validate({"sites": tables})
    for name in ("sites/london.sh.j2", "sites/london/design.sh.j2", "imagr/builds/design.plist"):
        file = tmp_path / "templates" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch()
    installation.layout = NESTED
    folder = tmp_path / "templates" / "sites"

    edits = installation.propose(templates=tmp_path / "templates").edits

    assert edits == [
        'in the policy file: sites.london is sites."uk/london" now',
        f"in the templates: mv {folder}/london/design.sh.j2 {folder}/uk/london/design.sh.j2",
        f"in the templates: mv {folder}/london.sh.j2 {folder}/uk/london.sh.j2",
    ]
