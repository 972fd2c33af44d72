"""The optional policy file: who may do what, and how sites and builds are presented."""

from provisioning.policy.checks import check
from provisioning.policy.documents import load
from provisioning.policy.entries import Build, Site
from provisioning.policy.errors import NotAllowed, UnusablePolicy
from provisioning.policy.files import PolicyFile
from provisioning.policy.patterns import Pattern
from provisioning.policy.policies import Policy

__all__ = [
    "Build",
    "NotAllowed",
    "Pattern",
    "Policy",
    "PolicyFile",
    "Site",
    "UnusablePolicy",
    "check",
    "load",
]
