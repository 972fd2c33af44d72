"""Symbolic links in a repo: followed inside it, refused where they lead nowhere or out of it.

A repo's top folders, such as `manifests`, may be links to any place: what lies below them is
part of the repo.
"""

import errno
import os
from collections.abc import Iterator

from provisioning.munki.errors import BadLink

_NOWHERE = frozenset({errno.ENOENT, errno.ENOTDIR, errno.ELOOP, errno.ENAMETOOLONG})


def astray(name: str, link: str, text: str) -> BadLink:
    """The error of a file `name` behind a `link` that leads out of the repo, to `text`."""
    reason = f"{link} is a link to {text}, out of the repo: put what it leads to in its place"
    return BadLink(name.removeprefix("manifests/"), reason)


def dangling(name: str, link: str, text: str) -> BadLink:
    """The error of a file `name` behind a `link` to `text`, where nothing is, or the link itself.

    Writing through it would make a file in a place that was not checked.
    """
    reason = f"{link} is a link to {text}, which leads nowhere: mend the link, or remove it"
    return BadLink(name.removeprefix("manifests/"), reason)


def followed(root: str, name: str) -> str:
    """Return the name of the file that `name` leads to, below the folder `root`.

    The file need not exist, the links on the way have to lead to something in the repo. Raises
    BadLink for one that does not, OSError.
    """
    top, *parts = name.split("/")
    link = top
    for part in parts:
        link += f"/{part}"
        if os.path.islink(f"{root}/{link}"):
            text = os.readlink(f"{root}/{link}")
            if _inside(root, top, f"{root}/{link}") is None:
                raise astray(name, link, text)
            if not _leads_somewhere(f"{root}/{link}"):
                raise dangling(name, link, text)
    return _inside(root, top, f"{root}/{name}") or name


def is_inside(root: str, path: str) -> bool:
    """Return True where a path below the folder `root` leads to something in the repo."""
    top = path.removeprefix(f"{root}/").partition("/")[0]
    return _inside(root, top, path) is not None


def walk(root: str, folder: str) -> Iterator[str]:
    """Yield the names of all files below a folder of the repo, as paths from it, as `entries`."""
    return (name for name, _ in entries(root, folder))


def entries(root: str, folder: str) -> Iterator[tuple[str, "os.DirEntry[str]"]]:
    """Yield all files below a folder of the repo, by their paths from it, folder by folder.

    Dot-files are left out. Linked folders are followed, but not into themselves. A link that leads
    nowhere or out of the repo is a name among the others, so that its reader hears the reason, and
    so is a folder that this user may not read. Raises OSError for one that cannot be read for
    another reason; one that was removed meanwhile is passed over.
    """
    base, top = folder.split("/", maxsplit=1)[0], os.path.realpath(f"{root}/{folder}")
    is_top_inside = _inside(root, base, top) is not None
    waiting = [("", top, frozenset({top}))]
    while waiting:
        within, path, met = waiting.pop()
        folders = []
        for entry in _entries(path):
            if not _is_folder(entry):
                yield within + entry.name, entry
                continue
            real, leads_inside = entry.path, is_top_inside  # no link leads out on the way to it
            if entry.is_symlink():
                real = os.path.realpath(entry.path)
                leads_inside = _inside(root, base, real) is not None
            if not leads_inside or not os.access(real, os.R_OK | os.X_OK):
                yield within + entry.name, entry
            elif real not in met:
                folders.append((f"{within}{entry.name}/", real, met | {real}))
        waiting += reversed(folders)


def _inside(root: str, top: str, path: str) -> str | None:
    """Return the name in the repo of what a path leads to; None for what is not in the repo."""
    real = os.path.realpath(path)
    for base, prefix in ((f"{root}/{top}", f"{top}/"), (root, "")):
        area = os.path.join(os.path.realpath(base), "")
        if f"{real}/".startswith(area):
            return (prefix + real[len(area) :]).rstrip("/")
    return None


def _leads_somewhere(path: str) -> bool:
    try:
        os.stat(path)
    except OSError as error:
        if error.errno not in _NOWHERE:
            raise
        return False
    return True


def _entries(path: str) -> list["os.DirEntry[str]"]:
    try:
        with os.scandir(path) as found:
            visible = [entry for entry in found if not entry.name.startswith(".")]
    except OSError as error:
        if error.errno not in _NOWHERE:
            raise
        return []
    return sorted(visible, key=lambda entry: entry.name)


def _is_folder(entry: "os.DirEntry[str]") -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a link that leads to itself
        return False
