"""Examples of the sentences of `wordings`: errors."""

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from bot.commands.parsing.words import Misunderstood
from bot.errors.messages import sentence
from infrastructure.errors import RollcallError
from provisioning import munki
from provisioning.access.errors import InvalidToken
from provisioning.firstboot.unknown import AlreadySettled
from provisioning.imports.lifecycle import NotOpen
from provisioning.imports.models import DROPPED, READING, REGISTERED
from provisioning.monitoring.drift.drifts import DriftSettled
from provisioning.munki.errors import (
    ManifestUnreadable,
    MissingInclude,
    RepoUnusable,
    UnknownBuild,
    UnknownSite,
)
from provisioning.policy.errors import NotAllowed
from provisioning.registrations.errors import NotRegistered, RegistrationChanged
from provisioning.values.serials import InvalidSerial, InvalidSerials
from tests.support.acting import LONDON
from tests.support.inputs.examples import NOON
from tests.support.inputs.samples import sample_repo

NONE = InvalidSerial("C 0", "it has 3 characters")
ERRORS: tuple[RollcallError, ...] = (
    Misunderstood("There is no command 'frob'"),
    NONE,
    InvalidSerials([NONE] * 10),
    InvalidSerials([NONE] * 11),
    UnknownSite("lodnon", nearest=["london", "new york"]),
    UnknownBuild("x"),
    NotRegistered("C02ABD", nearest=["C02ABC"]),
    ManifestUnreadable("C02ABC", "it is not a property list"),
    MissingInclude("C02ABC", "apps/gone"),
    RegistrationChanged("C02ABC"),
    RepoUnusable("No such file or directory"),
    InvalidToken("The script's token is not one of ours."),
    AlreadySettled("C02XYZ", "U0BOB", LONDON),
    AlreadySettled("C02XYZ", None, LONDON),
    AlreadySettled("C02XYZ", "U0BOB", None),
    AlreadySettled("C02XYZ", None, None),
    NotOpen(READING),
    NotOpen(None),
    NotOpen(DROPPED),
    NotOpen(DROPPED, None, NOON),
    NotOpen(DROPPED, "U0BOB", NOON),
    NotOpen(REGISTERED, "U0BOB", NOON),
    DriftSettled("C02XYZ", "U0BOB"),
    DriftSettled("C02XYZ", None),
    NotAllowed("register for London", group="S0DESK", admins=["U0ALICE", "U0BOB"]),
    NotAllowed("register for London", admins=["U0BOB"]),
    NotAllowed("register for London"),
)


def errors() -> Iterator[tuple[str, str]]:
    with TemporaryDirectory() as folder:
        repo = munki.opened(str(sample_repo(Path(folder) / "munki_repo")))
        for error in ERRORS:
            yield type(error).__name__, sentence(error, repo, "/mac")
