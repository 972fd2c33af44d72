"""A Mac that is replaced by another: what goes along, and what becomes of its manifest."""

import pytest

from provisioning.firstboot.replacements.models import MAC
from tests.bot.firstboot.replacements.desk import NEW, OLD, Desk
from tests.fakes.slack import readable
from tests.support.fixtures.doors import DeliverAll


def test_a_dry_run_says_what_would_go_along_and_changes_nothing(desk: Desk) -> None:
    told = readable(desk.typed(f"replace {OLD.lower()} {NEW.lower()}"))

    assert f"`{NEW}` would take the place of `{OLD}`.* Nothing is changed yet." in told
    assert f"`{OLD}` (lab-07) → *london* / *design*: confirmed" in told
    desk.work()
    assert desk.macs() == {OLD: ("confirmed", "lab-07")}
    assert desk.manifest(NEW) is None


@pytest.mark.postgresql(soak=True)
def test_registration_name_history_and_manifest_go_to_the_other_mac(desk: Desk) -> None:
    former = desk.manifest(OLD)

    message = desk.replace("replace_mac", "replace_keep")

    assert f"`{NEW}` took the place of `{OLD}`" in readable(message)
    assert desk.macs() == {NEW: ("waiting", "lab-07")}
    desk.work()
    assert desk.manifest(NEW) == desk.manifest(OLD) == former
    history = readable(desk.typed(f"show {NEW}"))
    assert f"replaced, itself or its board (`{OLD}` → `{NEW}`), *london* / *design*" in history
    assert "registered, *london* / *design*" in history
    assert "(replaced)" in history
    assert "(replacement" not in history


def test_the_first_boot_of_the_other_mac_changes_nothing_of_the_copied_manifest(desk: Desk) -> None:
    desk.exchange(MAC, keep=True)
    desk.work()
    copied = desk.manifest(NEW)

    assert desk.boot(NEW) == 200

    assert desk.manifest(NEW) == copied
    assert desk.macs() == {NEW: ("confirmed", "lab-07")}


def test_a_first_boot_before_the_job_finds_the_copied_manifest(desk: Desk) -> None:
    former = desk.manifest(OLD)
    desk.exchange(MAC)

    assert desk.boot(NEW) == 200

    assert desk.manifest(NEW) == former
    desk.work()
    assert (desk.manifest(NEW), desk.manifest(OLD)) == (former, None)


def test_a_removed_manifest_has_its_bytes_in_the_history(desk: Desk) -> None:
    former = desk.manifest(OLD)

    desk.exchange(MAC)
    desk.work()

    assert desk.manifest(OLD) is None
    assert desk.last_revision(OLD) == (former, None)


@pytest.mark.postgresql(instead=True)
@pytest.mark.parametrize("choice", ["replace_keep", "replace_remove"])
def test_undo_restores_the_registration_and_both_manifests(desk: Desk, choice: str) -> None:
    former = desk.manifest(OLD)
    message = desk.replace("replace_mac", choice)
    desk.work()

    assert "Undone: 1 Mac as before." in desk.undo(message)
    desk.work()

    assert desk.macs() == {OLD: ("confirmed", "lab-07")}
    assert (desk.manifest(OLD), desk.manifest(NEW)) == (former, None)


def test_an_undo_before_the_job_leaves_no_copy(desk: Desk) -> None:
    message = desk.replace("replace_mac", "replace_remove")

    desk.undo(message)
    desk.work()

    assert desk.manifest(NEW) is None
    assert desk.manifest(OLD) is not None


def test_a_bare_manifest_of_the_new_mac_comes_back_with_an_undo(desk: Desk) -> None:
    bare = desk.edit(NEW, catalogs=["testing"], included_manifests=["site_default"])
    message = desk.replace("replace_mac", "replace_keep")
    desk.work()
    assert desk.manifest(NEW) == desk.manifest(OLD)

    desk.undo(message)
    desk.work()

    assert desk.manifest(NEW) == bare


def test_a_mac_that_booted_since_is_left_alone_by_an_undo(desk: Desk) -> None:
    message = desk.replace("replace_mac", "replace_keep")
    desk.work()
    desk.boot(NEW)

    assert f"Left alone, because they have changed since: `{NEW}`" in desk.undo(message)
    desk.work()
    assert desk.macs() == {NEW: ("confirmed", "lab-07")}
    assert desk.manifest(NEW) is not None


def test_a_mac_without_a_manifest_gets_one_at_the_first_boot_of_the_other(desk: Desk) -> None:
    desk.register("C02CCCCCCCC3", "paris", "basic")
    message = desk.typed(f"replace C02CCCCCCCC3 {NEW}")
    desk.pressed(message, "replace_mac")
    desk.pressed(message, "replace_remove")
    desk.work()
    assert desk.manifest(NEW) is None

    assert desk.boot(NEW) == 200

    assert desk.macs()[NEW] == ("confirmed", None)
    assert desk.manifest(NEW) is not None


def test_a_manifest_that_somebody_made_meanwhile_stays_and_the_person_hears_of_it(
    desk: Desk, deliver_all: DeliverAll
) -> None:
    desk.exchange(MAC)
    theirs = desk.edit(NEW, managed_installs=["Slack"])

    desk.work()
    deliver_all()

    assert desk.manifest(NEW) == theirs
    assert desk.manifest(OLD) is not None
    said = [message.text for message in desk.alice.dm.messages]
    assert any("was changed meanwhile" in text and OLD in text for text in said)


def test_an_undo_restores_one_manifest_where_somebody_changed_the_other(
    desk: Desk, deliver_all: DeliverAll
) -> None:
    former = desk.manifest(OLD)
    message = desk.replace("replace_mac", "replace_remove")
    desk.work()
    theirs = desk.edit(NEW, notes="changed since")

    desk.undo(message)
    desk.work()
    deliver_all()

    assert (desk.manifest(OLD), desk.manifest(NEW)) == (former, theirs)
    said = [message.text for message in desk.alice.dm.messages]
    assert f"{NEW} was changed meanwhile" in "\n".join(said)


@pytest.mark.policy('[munki]\nmacs = "clients"\n')
class TestWhereMacsHaveAFolderOfTheirOwn:
    """A repo whose layout keeps the Macs' manifests in a folder."""

    def test_the_manifest_is_copied_and_removed_there(self, desk: Desk) -> None:
        former = desk.edit(f"clients/{OLD}", notes="its own")

        message = desk.replace("replace_mac", "replace_remove")
        desk.work()

        assert (desk.manifest(f"clients/{OLD}"), desk.manifest(f"clients/{NEW}")) == (None, former)
        desk.undo(message)
        desk.work()
        assert (desk.manifest(f"clients/{OLD}"), desk.manifest(f"clients/{NEW}")) == (former, None)
