"""The compose files, as tests read them."""

from typing import Any

import yaml

from tests.support.installation import ROOT


class _Loader(yaml.SafeLoader):
    """YAML with the tag by which a compose file takes out what an earlier one has."""


_Loader.add_constructor("!reset", lambda *_: None)


def compose_file(name: str) -> dict[str, Any]:
    """Return what stands in a compose file of the top folder; None for what it takes out."""
    parsed = yaml.load((ROOT / name).read_text(), _Loader)
    assert isinstance(parsed, dict)
    return parsed


def services(name: str) -> dict[str, dict[str, Any]]:
    """Return the services of a compose file by their names."""
    return {
        service: content
        for service, content in compose_file(name)["services"].items()
        if content is not None
    }
