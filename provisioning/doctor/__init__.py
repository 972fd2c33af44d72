"""What an admin has to mend, each thing with its mend."""

from provisioning.doctor.addresses import HEADER, installation
from provisioning.doctor.examinations import Examination, Recent, examined
from provisioning.doctor.findings import Finding, shortened
from provisioning.doctor.processes import absences
from provisioning.doctor.registrations import Advice, compare

CHECKUP = "checkup"  # the job

__all__ = [
    "CHECKUP",
    "HEADER",
    "Advice",
    "Examination",
    "Finding",
    "Recent",
    "absences",
    "compare",
    "examined",
    "installation",
    "shortened",
]
