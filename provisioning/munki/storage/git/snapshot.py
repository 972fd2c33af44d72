"""A snapshot of a repo: its files in one commit."""

import os
import posixpath
import re
from collections.abc import Iterator, Mapping, Sequence

from provisioning.munki.errors import ManifestUnreadable, RepoUnusable
from provisioning.munki.storage.base import LARGEST, LFS, Stored, resolved, too_large
from provisioning.munki.storage.git.objects import BrokenClone, GitObject, Objects, encoded
from provisioning.munki.storage.links import astray, dangling

_FOLDER, _LINK, _SUBMODULE, _FILE = "40000", "120000", "160000", "100"  # files also say rights
_ENTRIES = {
    size: re.compile(rb"(\d{5,6}) ([^\0]+)\0(.{%d})" % size, re.DOTALL) for size in (20, 32)
}
Entries = Mapping[str, tuple[str, str]]  # mode and object, by name


class Snapshot:
    """The files of `commit`, each read once and cached. All methods raise BrokenClone."""

    def __init__(self, objects: Objects, commit: str) -> None:
        self.commit = commit
        self._objects = objects
        self._file_exists: dict[str, bool] = {}
        self._folders: dict[str, str | None] = {}
        self._lists: dict[str, bytes] = {}
        self._real: dict[str, Entries] = {}

    def read(self, name: str) -> Stored | None:
        """Return a file, links followed. Raises ManifestUnreadable, as `Store.read`."""
        git_object = self._kept(name)
        if git_object is None:
            return None
        if git_object.kind != "blob":
            raise ManifestUnreadable(_short(name), "a folder has its name")
        if git_object.size > LARGEST:
            raise too_large(name)
        content = self._contents(git_object.oid)
        if content.startswith(LFS):
            raise ManifestUnreadable(_short(name), "it lies in Git LFS, not in the repository")
        return Stored(content, git_object.oid)

    def exists(self, name: str) -> bool:
        """True for a file of this name, links followed; never for one that leaves the repo."""
        inside = resolved(name)
        if inside is None:
            return False
        if inside not in self._file_exists:
            git_object = self._kept(inside)
            self._file_exists[inside] = git_object is not None and git_object.kind == "blob"
        return self._file_exists[inside]

    def folder(self, name: str) -> str | None:
        """The id of a folder's contents; None where the folder is not there."""
        if name not in self._folders:
            git_object = self._found(name)
            self._folders[name] = (
                git_object.oid if git_object is not None and git_object.kind == "tree" else None
            )
        return self._folders[name]

    def names(self, folder: str) -> Sequence[str]:
        """Return the visible files in a folder, sorted, links to files among them."""
        return tuple(
            name for name, mode in self._visible(folder) if self._is_file(folder, name, mode)
        )

    def walk(self, folder: str) -> Iterator[str]:
        """Yield the names of all files below a folder, as `Store.walk`."""
        top = self.target(folder)
        waiting = [("", top, frozenset({top}))]
        while waiting:
            within, path, met = waiting.pop()
            folders = []
            for name, mode in list(self._visible(path)):
                real = self._linked_folder(path, name) if mode == _LINK else _joined(path, name)
                if mode not in (_FOLDER, _SUBMODULE) and (mode != _LINK or real is None):
                    yield within + name
                elif mode != _SUBMODULE and real is not None and real not in met:
                    folders.append((f"{within}{name}/", real, met | {real}))
            waiting += reversed(folders)

    def _linked_folder(self, folder: str, name: str) -> str | None:
        """The folder that a link leads to; None where it leads to a file, nowhere or out."""
        path = _joined(folder, name)
        return None if self.folder(path) is None else self.target(path)

    def target(self, name: str) -> str:
        """Return the name of the file itself, where a link is on the way.

        The file need not exist. Raises ManifestUnreadable for a link that leads nowhere or out.
        """
        real, parts = "", name.split("/")
        while parts:
            part = parts.pop(0)
            if part == "..":
                real = real.rpartition("/")[0]
                continue
            if part in ("", "."):
                continue
            text = self._link(real, part)
            if text is None:
                real = _joined(real, part)
                continue
            self._verify(name, _joined(real, part), text)
            parts[:0] = text.split("/")
        return real

    def _link(self, folder: str, base: str) -> str | None:
        """The text of a link; None for anything else."""
        oid, entry = self.folder(folder), encoded(base)
        if (
            oid is None
            or entry is None
            or b"%s %s\0" % (_LINK.encode(), entry) not in self._list(oid)
        ):
            return None
        mode, link = self.entries(folder).get(base, ("", ""))
        return os.fsdecode(self._contents(link)) if mode == _LINK else None

    def _verify(self, name: str, link: str, text: str) -> None:
        """Raise ManifestUnreadable where git finds nothing at the end of a link."""
        if self._found(link) is not None:
            return
        path = posixpath.normpath(posixpath.join(posixpath.dirname(link), text))
        raise (astray if path.startswith(("/", "../")) else dangling)(name, link, text)

    def tree(self, folder: str) -> Sequence[str]:
        """Return the paths of all files and folders below a folder, sorted; a folder's ends in /.

        Links to folders are not followed.
        """
        return tuple(sorted(self._below(folder, "")))

    def _below(self, folder: str, within: str) -> Iterator[str]:
        for name, mode in list(self._visible(folder)):
            if mode == _FOLDER:
                yield f"{within}{name}/"
                yield from self._below(_joined(folder, name), f"{within}{name}/")
            elif self._is_file(folder, name, mode):
                yield within + name

    def present(self, name: str) -> tuple[str | None, str]:
        """Return the version of a file that will be replaced, None if it is new, and its mode.

        `name` is a `target`, or a link that is to be removed. Raises RepoUnusable or
        ManifestUnreadable where a folder, a link to one or a submodule has its name, which git
        would replace without an error.
        """
        folder, _, base = name.rpartition("/")
        if folder not in self._real:
            self._real[folder] = self._real_folder(folder)
        mode, oid = self._real[folder].get(base, ("", None))
        if mode == _LINK:
            git_object = self._found(name)
            mode, oid = "", git_object.oid if git_object else None
            if git_object is not None and git_object.kind != "blob":
                mode = _FOLDER
        if mode in (_FOLDER, _SUBMODULE):
            raise ManifestUnreadable(_short(name), "a folder has its name")
        return oid, "100755" if mode == "100755" else "100644"

    def _real_folder(self, folder: str) -> Entries:
        """The entries of a folder that can be written into; none where it does not exist yet."""
        entries, path = self.entries(""), ""
        for part in filter(None, folder.split("/")):
            path = _joined(path, part)
            mode = entries.get(part, ("", ""))[0]
            if mode not in ("", _FOLDER):
                raise RepoUnusable(f"{path} is a file or a submodule, not a folder")
            entries = self.entries(path) if mode else {}
        return entries

    def entries(self, folder: str) -> Entries:
        """The entries of a folder, by name; none where there is none."""
        oid = self.folder(folder)
        if oid is None:
            return {}
        matches = _ENTRIES[len(oid) // 2].finditer(self._contents(oid))
        return {os.fsdecode(each[2]): (each[1].decode(), each[3].hex()) for each in matches}

    def _visible(self, folder: str) -> Iterator[tuple[str, str]]:
        for name, (mode, _) in sorted(self.entries(folder).items()):
            if not name.startswith("."):
                yield name, mode

    def _is_file(self, folder: str, name: str, mode: str) -> bool:
        if mode == _LINK:
            git_object = self._found(_joined(folder, name))
            return git_object is not None and git_object.kind == "blob"
        return mode not in (_FOLDER, _SUBMODULE)

    def _kept(self, name: str) -> GitObject | None:
        """The object of this name. Raises BrokenClone where its folder lists it, and it is lost.

        Most names that do not exist are not in the folder's list, so git need not search them.
        Raises ManifestUnreadable for a link that leads nowhere or out of the repo.
        """
        folder, _, base = name.rpartition("/")
        oid, entry = self.folder(folder), encoded(base)
        if oid is None:
            self.target(folder)
        if oid is None or entry is None or b" %s\0" % entry not in self._list(oid):
            return None
        git_object = self._found(name)
        if git_object is None:
            self.target(name)
            if self.entries(folder).get(base, ("",))[0].startswith(_FILE):
                raise BrokenClone
        return git_object

    def _list(self, oid: str) -> bytes:
        if oid not in self._lists:
            self._lists[oid] = self._contents(oid)
        return self._lists[oid]

    def _found(self, name: str) -> GitObject | None:
        return self._objects.info(f"{self.commit}:{name.strip('/')}")

    def _contents(self, oid: str) -> bytes:
        content = self._objects.contents(oid)
        if content is None:
            raise BrokenClone
        return content


class WholeSnapshot(Snapshot):
    """The files of a commit, for a caller that reads very many of them.

    Git searches a folder from its beginning for each name. Here its list is read once, and files
    are asked for by their ids.
    """

    def __init__(self, objects: Objects, commit: str) -> None:
        super().__init__(objects, commit)
        self._entries: dict[str, Entries] = {}

    def _kept(self, name: str) -> GitObject | None:
        folder, _, base = name.rpartition("/")
        if folder not in self._entries:
            self._entries[folder] = self.entries(folder)
        mode, oid = self._entries[folder].get(base, ("", ""))
        if not mode.startswith(_FILE):
            return super()._kept(name)
        git_object = self._objects.info(oid)
        if git_object is None:
            raise BrokenClone
        return git_object


def _joined(folder: str, name: str) -> str:
    return f"{folder.rstrip('/')}/{name}" if folder.strip("/") else name


def _short(name: str) -> str:
    return name.removeprefix("manifests/")
