"""What an admin has to mend, each thing with its mend."""

from provisioning.doctor.addresses import HEADER, installation
from provisioning.doctor.examinations import Examination, Recent, examination, examined
from provisioning.doctor.findings import Finding, shortened
from provisioning.doctor.processes import absences

__all__ = [
    "HEADER",
    "Examination",
    "Finding",
    "Recent",
    "absences",
    "examination",
    "examined",
    "installation",
    "shortened",
]
