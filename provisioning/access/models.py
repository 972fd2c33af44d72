"""Tables of access: credentials, clients that were let in, refusals, exposures."""

from datetime import datetime

from sqlalchemy import text
from sqlalchemy.orm import Mapped, mapped_column

from infrastructure.database.base import Base

# What a credential opens: scripts and configurations, only the address of the reports, only the
# API that edits manifests, only one JSON for InstallApplications and the script in it, only the
# metrics, or only the API for other programs.
SCRIPTS, REPORTS, MANIFESTS = "scripts", "reports", "manifests"
INSTALLAPPLICATIONS, METRICS, API = "installapplications", "metrics", "api"


class Credential(Base):
    """A credential: a key that a site's Macs send, kept as its SHA-256; a site may have several.

    `site` is the only one that it opens; None is all. `opens` is SCRIPTS, REPORTS, MANIFESTS,
    INSTALLAPPLICATIONS, METRICS or API. The key of the reports is part of a URL, so it opens
    nothing else. The key of scripts is readable in workflows, so it edits no manifests.
    InstallApplications sends its key to every host of a JSON, so it opens only the JSON of one
    `build`. The key of the API is a token, whose facts are an ApiToken.
    """

    __tablename__ = "credentials"

    id: Mapped[int] = mapped_column(primary_key=True)
    site: Mapped[str | None]
    build: Mapped[str | None]
    opens: Mapped[str]
    digest: Mapped[str] = mapped_column(unique=True)
    made_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]


class Exposure(Base):
    """A host that InstallApplications sends a credential to which opens more than one JSON.

    The JSON of `site` and `build` was fetched with it and names the `host`. `credential_id` is 0
    for the user name and the password of the settings. `at` is when that was last noted.
    """

    __tablename__ = "exposures"

    credential_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    site: Mapped[str] = mapped_column(primary_key=True)
    build: Mapped[str] = mapped_column(primary_key=True)
    host: Mapped[str] = mapped_column(primary_key=True)
    at: Mapped[datetime]


class Refusal(Base):
    """A count of refusals: of one address, for one reason, on one day (UTC)."""

    __tablename__ = "refusals"

    day: Mapped[str] = mapped_column(primary_key=True)
    address: Mapped[str] = mapped_column(primary_key=True)
    reason: Mapped[str] = mapped_column(primary_key=True)
    count: Mapped[int] = mapped_column(server_default=text("1"))
    last_at: Mapped[datetime]


class KnownClient(Base):
    """A client that was let in, as a keyed hash of its credential and of its address."""

    __tablename__ = "known_clients"

    digest: Mapped[bytes] = mapped_column(primary_key=True)
    last_good_at: Mapped[datetime] = mapped_column(index=True)
