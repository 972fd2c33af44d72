"""All tables: foreign keys name tables by string, so each process loads every one of them.

`Base` is their base class; its metadata is complete here.
"""

import infrastructure.heartbeats.models
import infrastructure.jobs.models
import provisioning.access.accounts.models
import provisioning.access.models
import provisioning.access.programs.models
import provisioning.clients.templates.models
import provisioning.firstboot.models
import provisioning.firstboot.replacements.models
import provisioning.imports.models
import provisioning.maintenance.models
import provisioning.monitoring.alerts.models
import provisioning.monitoring.drift.models
import provisioning.monitoring.mail.models
import provisioning.monitoring.metrics.models
import provisioning.monitoring.webhooks.models
import provisioning.munki.models
import provisioning.outbox.models
import provisioning.registrations.models
from infrastructure.database.base import Base

__all__ = ["Base"]
