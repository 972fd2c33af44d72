"""The optional policy file: permissions of people, and the presentation of sites and builds."""

from provisioning.policy.checks import check, missing_catalogs
from provisioning.policy.errors import NotAllowed, UnusablePolicy
from provisioning.policy.loading import load
from provisioning.policy.munki_table import MunkiTable
from provisioning.policy.name_patterns import Pattern
from provisioning.policy.policy import Policy
from provisioning.policy.schema import BuildTable, SignIn, SiteTable
from provisioning.policy.watched_file import PolicyFile

__all__ = [
    "BuildTable",
    "MunkiTable",
    "NotAllowed",
    "Pattern",
    "Policy",
    "PolicyFile",
    "SignIn",
    "SiteTable",
    "UnusablePolicy",
    "check",
    "load",
    "missing_catalogs",
]
