"""All tables: foreign keys name tables by string, so each process loads every one of them.

`Base` is what they are declared with; its metadata is complete here.
"""

from provisioning.models import (
    access,
    backups,
    firstboot,
    imports,
    jobs,
    monitoring,
    munki,
    outbox,
    registrations,
    templates,
)
from provisioning.models.base import Base

__all__ = [
    "Base",
    "access",
    "backups",
    "firstboot",
    "imports",
    "jobs",
    "monitoring",
    "munki",
    "outbox",
    "registrations",
    "templates",
]
