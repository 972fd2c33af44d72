"""Links, submodules and attributes in git: they are read as such, and left as they were."""

import pytest

from provisioning.munki.errors import ManifestUnreadable, RepoUnusable
from provisioning.munki.storage import Store
from tests.fakes.git.remote import Remote, git
from tests.provisioning.munki.storage.conftest import content_of
from tests.provisioning.munki.storage.git.conftest import NAME, WHY


@pytest.fixture
def odd(remote: Remote) -> Remote:
    """A remote that has all that git can keep."""
    included = remote.desk / "manifests/included_manifests"
    (included / "sites/link").symlink_to("london")
    (included / "sites/dangling").symlink_to("nowhere")
    (included / "sites/outside").symlink_to("/etc/passwd")
    (included / "places").symlink_to("sites")
    (remote.desk / ".gitattributes").write_text("* text=auto eol=crlf\n*.plist filter=evil\n")
    (remote.desk / "manifests/unix").write_bytes(b"a\nb\n")
    pointer = b"version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 12\n"
    (remote.desk / "manifests/large").write_bytes(pointer)
    head = remote.head()
    git(remote.desk, "update-index", "--add", "--cacheinfo", f"160000,{head},manifests/submodule")
    (remote.desk / "manifests/submodule").mkdir()
    (remote.desk / "manifests/executable").write_bytes(b"x")
    (remote.desk / "manifests/executable").chmod(0o755)
    remote.push("all that there is")
    return remote


def test_links_submodules_and_attributes_are_what_they_are(odd: Remote, store: Store) -> None:
    assert list(store.names("manifests/included_manifests/places")) == [
        *("link", "london", "new york", "paris")
    ]
    assert content_of(store, "manifests/included_manifests/sites/link") == odd.read(
        "manifests/included_manifests/sites/london"
    )
    with pytest.raises(ManifestUnreadable, match="out of the repo"):
        store.read("manifests/included_manifests/sites/outside")
    assert content_of(store, "manifests/unix") == b"a\nb\n"
    assert not store.exists("manifests/submodule")
    with pytest.raises(ManifestUnreadable, match="Git LFS"):
        store.read("manifests/large")


@pytest.mark.usefixtures("odd")
def test_a_reader_of_many_files_reads_the_same_and_of_one_commit(store: Store) -> None:
    reader, sites = store.reader(), "manifests/included_manifests/sites"
    before = store.read("manifests/unix")
    store.replace("manifests/unix", b"another", over=before, note=WHY)

    for name in (f"{sites}/link", f"{sites}/london", "manifests/executable", "manifests/gone"):
        assert reader(name) == store.read(name)
    assert reader("manifests/unix") == before
    for name, reason in ((f"{sites}/outside", "out of the repo"), ("manifests/large", "Git LFS")):
        with pytest.raises(ManifestUnreadable, match=reason):
            reader(name)
    with pytest.raises(ManifestUnreadable, match="a folder has its name"):
        reader(sites)


def test_a_commit_leaves_everything_else_as_it_was(odd: Remote, store: Store) -> None:
    before = git(odd.path, "ls-tree", "-r", "main").splitlines()
    store.replace(NAME, b"one\n", over=None, note=WHY)
    store.replace("manifests/executable", b"y", over=store.read("manifests/executable"), note=WHY)

    after = git(odd.path, "ls-tree", "-r", "main").splitlines()
    changed = [line for line in after if line not in before]
    assert [line.split(b"\t")[1] for line in changed] == [NAME.encode(), b"manifests/executable"]
    assert changed[1].startswith(b"100755")
    assert len(after) == len(before) + 1


def test_nothing_is_written_over_a_submodule(odd: Remote, store: Store) -> None:
    before = odd.head()

    with pytest.raises(ManifestUnreadable):
        store.replace("manifests/submodule", b"", over=None, note=WHY)
    with pytest.raises(RepoUnusable, match="submodule is a file or a submodule"):
        store.replace("manifests/submodule/x", b"", over=None, note=WHY)

    assert odd.head() == before


def test_a_link_stays_one_where_a_file_behind_it_is_written(odd: Remote, store: Store) -> None:
    before = git(odd.path, "ls-tree", "-r", "main").splitlines()
    store.replace("manifests/included_manifests/places/x", b"one", over=None, note=WHY)

    after = git(odd.path, "ls-tree", "-r", "main").splitlines()
    changed = [line.split(b"\t")[1] for line in after if line not in before]
    assert changed == [b"manifests/included_manifests/sites/x"]
    assert len(after) == len(before) + 1
