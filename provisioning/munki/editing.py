"""The editing of manifests by people, with the same locks and history as the calls of Macs.

The file is written first, the commit follows: a crash between the two loses one revision.
"""

import hashlib
import unicodedata
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import islice

from sqlalchemy.orm import Session

from infrastructure.database.engine import Database
from infrastructure.errors import Conflict, RollcallError, Unknown
from provisioning.munki import WriteResult, revisions
from provisioning.munki.errors import IncludesItself, ManifestUnreadable, MissingInclude
from provisioning.munki.manifests import documents, line_feeds
from provisioning.munki.manifests.documents import FOLDER, INCLUDED
from provisioning.munki.manifests.includes import named
from provisioning.munki.manifests.names import ManifestName
from provisioning.munki.manifests.reading import leads_to, who_includes
from provisioning.munki.manifests.writing import Author, ManifestChanged, write
from provisioning.munki.models import Revision
from provisioning.munki.repo import digest
from provisioning.munki.storage import FoundNames, Store, Stored, ignores_case

RESTORE_JOB = "restore"  # the job
MAX_NAMED = 20  # manifests that include one
COPY_MAX_AGE = timedelta(minutes=10)  # a client that renames makes the copy, and then removes


class NoManifest(Unknown):
    """A manifest that the repo does not have."""

    def __init__(self, name: str) -> None:
        super().__init__("The Munki repo has no manifest {name}.", name=repr(name))


class OtherCase(Conflict):
    """A name that the repo's disk takes for that of another manifest, as it ignores case."""

    def __init__(self, name: str, present: str) -> None:
        super().__init__(
            "The disk of the Munki repo takes {name} for {present}: write that. To rename "
            "{present}, rename the file itself, by another name in between.",
            name=repr(name),
            present=repr(present),
        )


class RevisionDeleted(RollcallError):
    """A former version of a manifest that the retention has deleted."""

    def __init__(self) -> None:
        super().__init__(
            "That change is so old that it is not kept any more (ROLLCALL_KEEP_REVISIONS). Show "
            "the Mac again: the last change of its manifest is always kept. Older versions are in "
            "backups of the Munki repo, or in its git history."
        )


class StillIncluded(Conflict):
    """A manifest that others include, and that therefore stays.

    `by` are the others; `copy` is one of the same content that the same person has just made, as
    a client does that renames a manifest.
    """

    def __init__(self, name: str, by: Sequence[str], copy: str | None = None) -> None:
        facts = {"name": name, "names": ", ".join(by[:MAX_NAMED])}
        if len(by) > MAX_NAMED:
            facts["names"] += " and more"
        if copy is None:
            super().__init__("{name} is included by {names}; take it out there first.", **facts)
        else:
            super().__init__(
                "{name} is included by {names}; its copy {copy} is there already: put that in its "
                "place there, and then remove {name}; or remove the copy.",
                copy=copy,
                **facts,
            )
        self.by, self.copy = tuple(by), copy


# Raises ManifestChanged where a manifest is not the version that the person saw.
Condition = Callable[[Stored | None], None]


class ManifestEditor:
    """An editor of all manifests of a repo, by their names."""

    def __init__(self, database: Database, store: Store) -> None:
        self._database, self._store = database, store

    def names(self) -> list[str]:
        """The names of all manifests, as paths from their folder. Raises RepoUnusable."""
        return sorted(self._store.walk("manifests"))

    def read(self, name: ManifestName) -> Stored:
        """Return a manifest. Raises NoManifest, ManifestUnreadable."""
        stored = self._store.read(FOLDER + name.text)
        if stored is None:
            raise NoManifest(name.text)
        return stored

    def verify_case(self, name: ManifestName) -> None:
        """Raise OtherCase for a name that a person sent, and that is another one but for its case.

        On a disk that ignores case it would lead to that manifest; but what is known by a name,
        such as that others include it, would not be found.
        """
        path = FOLDER + name.text
        if not self._store.exists(path) or not ignores_case(self._store, [path]):
            return
        found = FoundNames(self.names(), lambda: True).find(name.text)
        compose = partial(unicodedata.normalize, "NFC")  # accents in two parts are no other name
        if found is None or compose(found) != compose(name.text):
            raise OtherCase(name.text, found or "another manifest")

    def put(
        self, name: ManifestName, content: bytes, *, editor: Author, unless: Condition
    ) -> tuple[WriteResult, bool]:
        """Replace a manifest by `content`, or make it.

        Returns the result of the write, and True where the manifest is new. Line feeds that a
        client lost on the way are restored. Raises ManifestUnreadable where `content` is no
        manifest, MissingInclude or IncludesItself where it adds such an include, ManifestChanged,
        InvalidName where it is new and other systems cannot have a file of its name.
        """
        name.verify_plist()
        new = documents.loads(name.text, content)
        with self._store.holding(FOLDER + name.text):
            stored = self._store.read(FOLDER + name.text)
            unless(stored)
            if stored is None:
                name.verify_new()
            present = _parsed(name, stored)
            self._verify(name, new, present)
            if line_feeds.are_lost(content):
                new = line_feeds.restored(new, present)
            new_content = documents.dumps(name.text, new)
            changed = stored is None or stored.content != new_content
            if changed:
                verb = "changed" if stored else "made"
                write(self._store, name.text, new_content, stored, editor.why(verb, name))
            write_result = WriteResult(
                changed, digest(new_content), stored.content if stored else None, new_content
            )
            revisions.commit(self._database, name.text, write_result, editor)
        return write_result, stored is None

    def remove(
        self,
        name: ManifestName,
        *,
        editor: Author,
        unless: Condition,
        may_be_included: bool = True,
        news: Callable[[Session], None] | None = None,
    ) -> None:
        """Remove a manifest that no other includes.

        The others are not read for one that none can include, such as a Mac's own. `news` is called
        in the transaction of the revision. Raises NoManifest, StillIncluded, ManifestChanged.
        """
        with self._store.holding(FOLDER + name.text):
            stored = self.read(name)
            unless(stored)
            if may_be_included:
                others = islice(who_includes(self._store, name.text), MAX_NAMED + 1)
                if by := list(others):
                    raise StillIncluded(name.text, by, self._copy_of(name, stored, editor))
            write(self._store, name.text, None, stored, editor.why("removed", name))
            removed = WriteResult(changed=True, digest="", before=stored.content)
            revisions.commit(self._database, name.text, removed, editor, also=news)

    def restore(self, revision_id: int, *, editor: Author) -> Revision:
        """Restore a manifest as it was before a change, which must be its last one.

        Returns the revision of that change. Raises RevisionDeleted where it is not kept any more,
        ManifestChanged where the manifest changed since.
        """
        with self._database.reading() as session:
            revision = session.get(Revision, revision_id)
        if revision is None:
            raise RevisionDeleted
        name = ManifestName.parse(revision.name)
        with self._store.holding(FOLDER + name.text):
            stored = self._store.read(FOLDER + name.text)
            present = stored.content if stored else None
            if present == revision.before:  # restored already, perhaps by an attempt that crashed
                return revision
            if present != revision.after:
                raise ManifestChanged(name.text)
            note = editor.why("restored", name)
            write(self._store, name.text, revision.before, stored, note)
            restored_digest = digest(revision.before) if revision.before is not None else ""
            written = WriteResult(
                changed=True, digest=restored_digest, before=revision.after, after=revision.before
            )
            revisions.commit(self._database, name.text, written, editor)
        return revision

    def _verify(
        self, name: ManifestName, new: documents.Manifest, present: documents.Manifest | None
    ) -> None:
        """Raise an error for an include that is new in this manifest and that no client can follow.

        It is MissingInclude where there is none, IncludesItself where it leads back.
        """
        present_includes = set(named(present or {}, INCLUDED))
        for include in dict.fromkeys(named(new, INCLUDED)):
            if include in present_includes:
                continue
            if include != name.text and not self._store.exists(FOLDER + include):
                raise MissingInclude(name.text, include)
            if leads_to(self._store, include, name.text):
                raise IncludesItself(name.text, include)

    def _copy_of(self, name: ManifestName, stored: Stored, editor: Author) -> str | None:
        """The manifest of this content that the editor made within COPY_MAX_AGE, if any."""
        since = datetime.now(UTC) - COPY_MAX_AGE
        content = comparable(name.text, stored.content)
        with self._database.reading() as session:
            for made in revisions.made_since(session, since, via=editor.via, by=editor.by):
                is_other = made.name != name.text and self._store.exists(FOLDER + made.name)
                if is_other and content and comparable(made.name, made.after) == content:
                    return made.name
        return None


def tag(stored: Stored) -> str:
    """The ETag of a version of a manifest, for clients."""
    return hashlib.sha256(stored.content).hexdigest()[:32]


def comparable(name: str, content: bytes | None) -> bytes | None:
    """Return a manifest's content for a comparison: without line feeds, which clients lose.

    None where there is none, or it cannot be read.
    """
    try:
        return comparable_of(name, documents.loads(name, content)) if content is not None else None
    except ManifestUnreadable:
        return None


def comparable_of(name: str, manifest: documents.Manifest) -> bytes | None:
    """Return the same of a parsed manifest; None where it cannot be written."""
    try:
        return documents.dumps(name, manifest).replace(b"\n", b"")
    except ManifestUnreadable:
        return None


def _parsed(name: ManifestName, stored: Stored | None) -> documents.Manifest | None:
    """The parsed manifest; None where there is none, or it cannot be read."""
    try:
        return documents.loads(name.text, stored.content) if stored else None
    except ManifestUnreadable:
        return None
