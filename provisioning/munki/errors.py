"""Errors of the Munki repo and of its manifests."""

from collections.abc import Sequence
from typing import Any

from infrastructure.errors import Conflict, RollcallError, Temporary, Unknown
from infrastructure.text import Sentence


class UnknownDestination(Unknown):
    """A site or a build that the Munki repo does not have."""

    kind = "destination"

    def __init__(self, name: str, nearest: Sequence[str] = ()) -> None:
        facts = {"name": repr(name[:80])}
        if self.kind == "site":
            super().__init__("The Munki repo has no site named {name}.", **facts)
        else:
            super().__init__("The Munki repo has no build named {name}.", **facts)
        self.name = name
        self.nearest = tuple(nearest)


class UnknownSite(UnknownDestination):
    """A site without a manifest of its name under `included_manifests/sites/`."""

    kind = "site"


class UnknownBuild(UnknownDestination):
    """A build without a manifest of its name under `included_manifests/builds/`."""

    kind = "build"


class ManifestUnreadable(Conflict):
    """A manifest in the repo that Rollcall cannot read, or could not write back unchanged."""

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(
            "The manifest {name} in the Munki repo cannot be read ({reason}); it was left "
            "untouched.",
            name=name,
            reason=reason,
        )
        self.name = name


class RepeatedKey(ManifestUnreadable):
    """A manifest with a key that stands there twice: written back, it would have lost the first.

    Munki's clients read it: `manifest` is what they find, with the last value of that key.
    """

    def __init__(self, name: str, reason: str, manifest: dict[str, Any]) -> None:
        super().__init__(name, reason)
        self.manifest = manifest


class BadLink(ManifestUnreadable):
    """A manifest behind a symbolic link that leads nowhere, out of the repo, or to its include."""


class BadInclude(Conflict):
    """A manifest that would have an include at which Munki clients stop, or go on forever."""


class MissingInclude(BadInclude):
    """A manifest that would include a manifest that does not exist."""

    def __init__(self, name: str, include: str) -> None:
        super().__init__(
            "The manifest {name} would include {include}, which the Munki repo does not have; "
            "Munki clients would stop at it, so nothing was written.",
            name=name,
            include=repr(include[:80]),
        )
        self.name = name
        self.include = include


class IncludesItself(BadInclude):
    """A manifest that would include itself, or another one that leads back to it."""

    def __init__(self, name: str, include: str) -> None:
        super().__init__(
            "The manifest {name} would include {include}, which leads back to it; Munki clients "
            "would not come to an end, so nothing was written.",
            name=name,
            include=repr(include[:80]),
        )


class MissingAlways(MissingInclude):
    """A manifest that every Mac's includes by the layout, and that does not exist."""

    def __init__(self, include: str) -> None:
        super().__init__("(any)", include)
        self.fact = Sentence(
            "The repo has no manifest {include}, which every Mac's is to include.", include=include
        )
        self.fix = Sentence(
            "Make one: manifestutil new-manifest {include}. Or change always in [munki].",
            include=include,
        )
        RollcallError.__init__(self, "{fact} {fix}", fact=self.fact, fix=self.fix)


class SerialMeansSomething(Conflict):
    """A serial whose manifest would be one that means something else in the Munki repo."""

    def __init__(self, serial: str, meaning: str) -> None:
        super().__init__(
            "The serial {serial} is {meaning} in the Munki repo, so no Mac's own manifest can "
            "have it; nothing was written. Correct the serial; if the Mac really has it, rename "
            "what is there now.",
            serial=serial,
            meaning=meaning,
        )
        self.meaning = meaning


class RepoUnusable(Temporary):
    """The Munki repo cannot be read or written at this time."""

    def __init__(self, reason: str) -> None:
        super().__init__("The Munki repo cannot be used: {reason}.", reason=reason)
        self.reason = reason


class RepoReadOnly(RepoUnusable):
    """The Munki repo can be read, and nothing can be changed in it at this time."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        RollcallError.__init__(
            self, "The Munki repo can be read, and not be changed: {reason}.", reason=reason
        )


class NotServedYet(RollcallError):
    """A manifest that is written, and that the published repo does not serve yet."""

    def __init__(self, serial: str, fault: str) -> None:
        super().__init__(
            "The manifest of {serial} is written, but {fault}; it is waited for.",
            serial=serial,
            fault=fault,
        )


class LayoutLost(Conflict):
    """A layout in which a Mac was registered, or a bench opened, and that the database lacks."""

    def __init__(self, digest: str) -> None:
        super().__init__(
            f"The layout {digest[:80]!r} in which this was said is not in the database any more; "
            "nothing was written. Bring back its row in the table layouts, or register the Mac "
            "again, and end the bench."
        )


class LayoutChanged(Conflict):
    """A name that led elsewhere, or nowhere, in the layout in which a Mac was registered for it.

    `key` is the same for all names of one change. Each sentence has WORDS in it.
    """

    WORDS = "Mac was registered"

    def __init__(self, kind: str, name: str, before: str, now: str | None, key: str) -> None:
        fact = f"that name is {now} now" if now else "there is no such name now"
        former = f"The {kind} {name[:80]!r} was {before} when this Mac was registered for it, and"
        if not name:
            former, fact = (
                f"This Mac was registered when the repo had no {kind}s, and",
                "it has some now",
            )
        super().__init__(
            f"{former} {fact}; nothing was written. Type: boot.sh adopt --from-current"
        )
        self.key = f"layout {key}"
