"""The layout of a Munki repo: which of its manifests are sites, builds and Macs' own."""

from provisioning.munki.layout.destination import Destination
from provisioning.munki.layout.forms import (
    FolderForm,
    Form,
    MatchForm,
    NamesForm,
    PrefixForm,
    Reading,
)
from provisioning.munki.layout.layout import DEFAULT, Include, Layout, ManifestKind

__all__ = [
    "DEFAULT",
    "Destination",
    "FolderForm",
    "Form",
    "Include",
    "Layout",
    "ManifestKind",
    "MatchForm",
    "NamesForm",
    "PrefixForm",
    "Reading",
]
