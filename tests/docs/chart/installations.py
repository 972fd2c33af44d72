"""The Helm chart of `deploy/chart`, rendered for four kinds of installation."""

import json
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from typing import Any

import pytest
import yaml

from tests.support.installation import ROOT
from tests.support.soaking import SOAK

if not find_spec("helm_python"):
    pytest.skip("Helm's library is there for Linux on x86_64 alone", allow_module_level=True)

CHART = ROOT / "deploy/chart"
# The oldest that the chart takes, and the newest whose schemas we have.
VERSIONS = ("1.27", "1.37") if SOAK else ("1.27",)
NEEDED: dict[str, Any] = {
    "settings": {
        "BOOTSTRAP_URL": "https://deploy.example.com",
        "BOOTSTRAP_USERNAME": "imaging",
        "ROLLCALL_CHANNEL": "C024BE91L",
    },
    "existingSecret": "rollcall",
}
DIGEST = f"sha256:{'0a' * 32}"
POSTGRESQL = {"url": "postgresql://rollcall@db.example.com/rollcall", "existingSecret": "database"}
IN_A_VOLUME = {**NEEDED, "database": POSTGRESQL, "repo": {"claim": "munki"}}
ON_SQLITE = {
    **NEEDED,
    "database": {"kind": "sqlite"},
    "repo": {"claim": "munki"},
    "server": {"replicas": 1},
    "policy": 'admins = ["U0ALICE"]\n',
    "settings": {**NEEDED["settings"], "ROLLCALL_URL": "https://deploy.example.com"},
}
IN_A_BUCKET = {
    **NEEDED,
    "slack": {"transport": "http"},
    "settings": {**NEEDED["settings"], "ROLLCALL_URL": "https://deploy.example.com"},
    "database": POSTGRESQL,
    "repo": {"kind": "bucket", "place": "s3://munki/repo", "existingSecret": "bucket"},
    "server": {"autoscaling": {"enabled": True}},
    "ingress": {"enabled": True, "host": "deploy.example.com", "tlsSecret": "tls"},
}
IN_GIT = {
    **NEEDED,
    "database": POSTGRESQL,
    "repo": {"kind": "git", "existingSecret": "ssh"},
    "settings": {**NEEDED["settings"], "ROLLCALL_MAIL_FROM": "rollcall@example.com"},
    "optionalSecrets": ["rollcall_report_keys", "munki_repo_authorization", "rollcall_smtp_url"],
    "nodeSelector": {"kubernetes.io/arch": "amd64"},
    "files": [
        {"path": "/templates", "volume": {"name": "mine", "configMap": {"name": "templates"}}}
    ],
    "podAnnotations": {"sidecar.istio.io/inject": "false"},
    "env": [
        {"name": "HTTPS_PROXY", "valueFrom": {"secretKeyRef": {"name": "proxy", "key": "url"}}}
    ],
    "pod": {"serviceAccountName": "munki", "priorityClassName": "high"},
    "service": {"type": "LoadBalancer", "annotations": {"example.com/scheme": "internal"}},
}
INSTALLATIONS = [IN_A_VOLUME, ON_SQLITE, IN_A_BUCKET, IN_GIT]
NAMES = ["volume", "sqlite", "bucket", "git"]


def rendered(values: dict[str, Any]) -> list[dict[str, Any]]:
    """The objects that a cluster would get."""
    return rendered_json(json.dumps(values))


@cache
def helm() -> Any:
    """Helm's library. It is written in Go, whose threads no fork survives: so it is loaded late."""
    return import_module("helm_python")


@cache
def rendered_json(values: str, name: str = "macs") -> list[dict[str, Any]]:
    files = helm().Chart.load(CHART).render(json.loads(values), name=name, namespace="imaging")
    texts = [text for name, text in files.items() if name.endswith(".yaml")]
    return [each for text in texts for each in yaml.safe_load_all(text) if each]


def pods(values: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """The name of the part and the spec of each kind of pod."""
    for each in rendered(values):
        if each["kind"] in ("Deployment", "Job"):
            spec = each["spec"]["template"]["spec"]
            yield spec["containers"][0]["name"], spec


def refusal(values: dict[str, Any]) -> str:
    with pytest.raises(helm().HelmError) as caught:
        rendered(values)
    return str(caught.value)
