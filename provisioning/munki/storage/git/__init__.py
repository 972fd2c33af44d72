"""A store in git: read from a clone of our own, changed by commits that are pushed.

Git is spoken to in `program`, which runs it once, and in `objects`, which keeps one
`git cat-file` running. `store` is the store itself. It reads a `snapshot`, the files of one commit
in the `clone`, and has changes put into `commits` and pushed by `publisher`; both in a `session`,
which locks the clone. `refresh` fetches in the background. `location` is what MUNKI_REPO says.
"""

from provisioning.munki.storage.git.location import GitLocation
from provisioning.munki.storage.git.refresh import RefreshPace
from provisioning.munki.storage.git.store import GitStore

__all__ = ["GitLocation", "GitStore", "RefreshPace"]
