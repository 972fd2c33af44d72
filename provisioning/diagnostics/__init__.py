"""Diagnostics for admins: the doctor's findings, and previews of a Mac's next boot."""

from provisioning.diagnostics.backlog import backlog_findings
from provisioning.diagnostics.doctor import Examination, RecentFindings, examined, inspected
from provisioning.diagnostics.endpoints import HEADER, installation
from provisioning.diagnostics.newer_manifests import Advice, compare
from provisioning.diagnostics.policy_file import policy_findings, unusable_policy_findings
from provisioning.diagnostics.processes import absences

CHECKUP = "checkup"  # the job

__all__ = [
    "CHECKUP",
    "HEADER",
    "Advice",
    "Examination",
    "RecentFindings",
    "absences",
    "backlog_findings",
    "compare",
    "examined",
    "inspected",
    "installation",
    "policy_findings",
    "unusable_policy_findings",
]
