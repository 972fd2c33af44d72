"""Writing of manifests in place of versions that were read, and the authors of changes."""

from dataclasses import dataclass

from infrastructure.errors import Conflict
from provisioning.munki.manifests.documents import FOLDER
from provisioning.munki.manifests.names import ManifestName
from provisioning.munki.storage import ChangeNote, Overtaken, Store, Stored


class ManifestChanged(Conflict):
    """A manifest that another writer changed after it was read."""

    def __init__(self, name: str) -> None:
        super().__init__("{name} was changed meanwhile; look at it again first.", name=name)


@dataclass(frozen=True, slots=True)
class Author:
    """A person who changes manifests, and the source (`via`), for the repo's history and log.

    A job's source names its reason, and the changes are those for a registration.
    """

    by: str
    via: str
    registration_id: int | None = None

    def why(self, verb: str, name: ManifestName | str) -> ChangeNote:
        """The note about a change, such as “changed”, in one line."""
        return ChangeNote(f"{name}: {verb} by {self.by} ({self.via})", author=self.by)


def write(
    store: Store, name: str, content: bytes | None, over: Stored | None, note: ChangeNote
) -> None:
    """Replace a manifest, which is locked, by `content`, or remove it for None.

    Raises ManifestChanged where it is no longer `over`.
    """
    try:
        if content is not None:
            store.replace(FOLDER + name, content, over=over, note=note)
        elif over is not None:
            store.remove(FOLDER + name, over=over, note=note)
    except Overtaken as error:
        raise ManifestChanged(name) from error
