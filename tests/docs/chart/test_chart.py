"""The Helm chart, rendered by Helm and held against Kubernetes' schemas. No cluster runs it."""

import json
from typing import Any

import kubernetes_validate
import pytest

from infrastructure.heartbeats.files import PARTS
from rollcall.secret_files import NAMES as SECRETS
from rollcall.secret_files import PATTERNS
from rollcall.settings import Settings
from tests.docs.chart.installations import (
    CHART,
    DIGEST,
    IN_A_BUCKET,
    IN_A_VOLUME,
    IN_GIT,
    INSTALLATIONS,
    NAMES,
    NEEDED,
    ON_SQLITE,
    POSTGRESQL,
    VERSIONS,
    helm,
    pods,
    refusal,
    rendered,
    rendered_json,
)
from tests.docs.test_compose import WRITES
from tests.docs.test_systemd import SETTINGS
from tests.support.soaking import in_soak
from tests.support.tables import for_each


@for_each("values", INSTALLATIONS, ids=NAMES)
def test_every_object_is_one_that_kubernetes_takes(values: dict[str, Any]) -> None:
    for each in rendered(values):
        for version in VERSIONS:
            kubernetes_validate.validate(each, version, strict=True)


@pytest.mark.parametrize(
    "name", ["2026", *in_soak("what is quoted is quoted for each", "true", "*.example.com")]
)
def test_a_name_that_yaml_takes_for_something_else_stays_a_name(name: str) -> None:
    named = {
        **IN_A_BUCKET,
        "existingSecret": name,
        "database": {**POSTGRESQL, "existingSecret": name, "passwordKey": name},
        "repo": {**IN_A_BUCKET["repo"], "existingSecret": name},
        "ingress": {"enabled": True, "host": name, "tlsSecret": name, "className": name},
        "image": {"pullSecrets": [name]},
    }
    on_sqlite = {
        **ON_SQLITE,
        "database": {"kind": "sqlite", "sqlite": {"storageClassName": name}},
        "repo": {"claim": name},
    }
    release = name.replace("*.", "")

    for values in (named, on_sqlite):
        for each in rendered_json(json.dumps(values), release):
            kubernetes_validate.validate(each, VERSIONS[0], strict=True)
    [ingress] = [
        each for each in rendered_json(json.dumps(named), release) if each["kind"] == "Ingress"
    ]
    assert ingress["spec"]["rules"][0]["host"] == name


def test_a_long_number_stays_as_it_was_written() -> None:
    """YAML's numbers come to Helm as floating point, and a million would be 1e+06."""
    values = {**IN_A_VOLUME, "settings": {**NEEDED["settings"], "BOOTSTRAP_USERNAME": 12345678}}

    for _, spec in pods(values):
        [username] = [
            each["value"]
            for each in spec["containers"][0]["env"]
            if each["name"] == "BOOTSTRAP_USERNAME"
        ]
        assert username == "12345678"


@for_each(
    ("image", "name"),
    [
        ({}, "r.example.com:5000/macs:0.0.0"),
        ({"tag": "1.0"}, "r.example.com:5000/macs:1.0"),
        ({"tag": "1.0", "digest": DIGEST}, f"r.example.com:5000/macs@{DIGEST}"),
        ({"tag": f"1.0@{DIGEST}"}, f"r.example.com:5000/macs:1.0@{DIGEST}"),
    ],
)
def test_the_image_is_named_by_a_tag_or_by_its_digest(image: dict[str, str], name: str) -> None:
    values = {**IN_A_VOLUME, "image": {"repository": "r.example.com:5000/macs", **image}}

    assert {spec["containers"][0]["image"] for _, spec in pods(values)} == {name}


def test_the_board_may_have_a_name_of_its_own() -> None:
    hosts = ["deploy.example.com", "board.example.com"]
    named = {**IN_A_BUCKET["ingress"], "hosts": hosts[1:]}

    [ingress] = [
        each for each in rendered({**IN_A_BUCKET, "ingress": named}) if each["kind"] == "Ingress"
    ]

    kubernetes_validate.validate(ingress, VERSIONS[0], strict=True)
    assert [rule["host"] for rule in ingress["spec"]["rules"]] == hosts
    assert ingress["spec"]["tls"] == [{"hosts": hosts, "secretName": "tls"}]
    paths = [[path["path"] for path in rule["http"]["paths"]] for rule in ingress["spec"]["rules"]]
    assert paths == [["/board/live", "/"]] * 2


def test_helm_finds_no_fault_with_it() -> None:
    said = helm().lint(CHART, IN_A_VOLUME, strict=True)

    assert said["errors"] == []
    assert [each["error"] for each in said["messages"]] == ["icon is recommended"]


def test_each_installation_has_the_parts_that_it_needs_and_migrates_first() -> None:
    parts = [[part for part, _ in pods(values)] for values in INSTALLATIONS]

    scaled = ["migrate", "server", "bot", "relay", "jobs"]
    assert parts == [scaled, ["all"], ["migrate", "server", "relay", "jobs", "live"], scaled]
    [job] = [each for each in rendered(IN_A_VOLUME) if each["kind"] == "Job"]
    assert job["metadata"]["annotations"]["helm.sh/hook"] == "pre-install,pre-upgrade"


@for_each("values", INSTALLATIONS, ids=NAMES)
def test_every_pod_is_confined(values: dict[str, Any]) -> None:
    for _, pod in pods(values):
        [container] = pod["containers"]
        assert pod["securityContext"]["runAsUser"] == 1000
        assert pod["securityContext"]["runAsNonRoot"]
        assert not pod["automountServiceAccountToken"]
        assert container["securityContext"] == {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        }
        assert container["resources"]["limits"]["memory"]


@for_each("values", INSTALLATIONS, ids=NAMES)
def test_every_part_is_probed_by_its_heartbeat_and_servers_by_what_they_can_do(
    values: dict[str, Any],
) -> None:
    for part, pod in pods(values):
        [container] = pod["containers"]
        if part == "migrate":
            continue
        probe = ["/app/boot.sh", "health", *([part] if part in PARTS else [])]
        assert container["livenessProbe"]["exec"]["command"] == probe
        assert container["startupProbe"]["exec"]["command"] == probe
        serves = part in ("server", "all")
        assert ("/readyz" in str(container.get("readinessProbe"))) is serves


@for_each("values", INSTALLATIONS, ids=NAMES)
def test_every_pod_has_the_volumes_that_it_mounts_and_the_secrets_that_it_reads(
    values: dict[str, Any],
) -> None:
    for part, pod in pods(values):
        [container] = pod["containers"]
        assert {each["name"] for each in container["volumeMounts"]} == {
            each["name"] for each in pod["volumes"]
        }
        made = {each["metadata"]["name"] for each in rendered(values)} | {"munki"}
        claims = [each.get("persistentVolumeClaim") for each in pod["volumes"]]
        assert {claim["claimName"] for claim in claims if claim} <= made
        secrets = [each["secret"] for each in pod["volumes"] if each["name"] == "secrets"]
        read = {item["path"] for secret in secrets for item in secret["items"]}
        told = {each["value"].rpartition("/")[2] for each in container["env"] if "value" in each}
        assert read <= told, part
        assert not [each for each in container["env"] if each["name"].endswith("PASSWORD")]


@for_each("values", INSTALLATIONS, ids=NAMES)
def test_every_part_has_the_files_that_it_is_told_of_and_reads(values: dict[str, Any]) -> None:
    """One that is missing would stop its start."""
    for part, pod in pods(values):
        kinds = SETTINGS.values() if part == "all" else [SETTINGS.get(part, Settings)]
        read = {field.alias for kind in kinds for field in kind.model_fields.values()} & SECRETS
        secrets = [each["secret"] for each in pod["volumes"] if each["name"] == "secrets"]
        there = {item["path"] for secret in secrets for item in secret["items"]}
        for each in pod["containers"][0]["env"]:
            folder, _, file = each.get("value", "").rpartition("/")
            if folder == "/run/secrets/rollcall" and each["name"].removesuffix("_FILE") in read:
                assert file in there, (part, each["name"])


def test_every_setting_that_may_stand_in_a_file_can_be_a_secret_of_the_server() -> None:
    """But for those that each installation has, and those that have values of their own."""
    own = {"ROLLCALL_DATABASE_URL", "ROLLCALL_DATABASE_PASSWORD", "MUNKI_REPO"}
    needed = {"BOOTSTRAP_PASSWORD", "ROLLCALL_SECRET_KEY", "SLACK_BOT_TOKEN"}
    needed |= {"SLACK_APP_TOKEN", "SLACK_SIGNING_SECRET", "ROLLCALL_MAIL_FROM"}
    names = SECRETS - own - needed | {each.replace("NAME", "OKTA") for each in PATTERNS}
    keys = sorted(name.lower() for name in names)
    settings = {**NEEDED["settings"], "ROLLCALL_MAIL_FROM": "rollcall@example.com"}

    spec = dict(pods({**IN_A_VOLUME, "settings": settings, "optionalSecrets": keys}))

    told = {each["name"] for each in spec["server"]["containers"][0]["env"]}
    assert {f"{name}_FILE" for name in names} <= told
    told = {each["name"] for each in spec["relay"]["containers"][0]["env"]}
    assert {f"{name}_FILE" for name in names} & told == {
        "ROLLCALL_ALERT_URL_FILE",
        "ROLLCALL_ALERT_MAIL_FILE",
        "ROLLCALL_ALIVE_URL_FILE",
        "ROLLCALL_SMTP_URL_FILE",
    }


def test_every_part_sees_the_folders_of_its_admin() -> None:
    folder = {"name": "no", "configMap": {"name": "authority"}}  # a text, if it is quoted

    specs = dict(pods({**IN_A_VOLUME, "files": [{"path": "/authority", "volume": folder}]}))

    mount = {"name": "no", "mountPath": "/authority", "readOnly": True}
    for spec in specs.values():  # also what migrates: the database may want the authority
        assert folder in spec["volumes"]
        assert mount in spec["containers"][0]["volumeMounts"]


def test_what_a_cluster_wants_besides_is_said_for_all_pods() -> None:
    for each in rendered(IN_GIT):
        if each["kind"] in ("Deployment", "Job"):
            pod = each["spec"]["template"]
            assert pod["metadata"]["annotations"] == IN_GIT["podAnnotations"]
            assert IN_GIT["pod"].items() <= pod["spec"].items()
            assert IN_GIT["env"][0] in pod["spec"]["containers"][0]["env"]
    [service] = [each for each in rendered(IN_GIT) if each["kind"] == "Service"]
    assert service["spec"]["type"] == "LoadBalancer"
    assert service["metadata"]["annotations"] == {"example.com/scheme": "internal"}


def test_another_policy_starts_the_pods_anew() -> None:
    def noted(policy: str) -> set[str]:
        return {
            each["spec"]["template"]["metadata"]["annotations"]["checksum/policy"]
            for each in rendered({**IN_GIT, "policy": policy})
            if each["kind"] == "Deployment"
        }

    before, after = noted('admins = ["U0ALICE"]\n'), noted('admins = ["U0BOB"]\n')

    assert before.isdisjoint(after)


def test_no_field_of_a_pod_can_be_set_beside_what_the_chart_sets() -> None:
    full = {**IN_A_VOLUME, "nodeSelector": {"a": "b"}, "tolerations": [{"operator": "Exists"}]}
    full["image"] = {"pullSecrets": ["mine"]}
    fields = {field for _, spec in pods(full) for field in spec}

    assert len(fields) > 10
    for field in fields:
        assert f"pod.{field}: the chart sets it itself" in refusal({**full, "pod": {field: []}})


def test_a_cluster_that_chooses_the_ids_is_told_none() -> None:
    ids = dict.fromkeys(("runAsUser", "runAsGroup", "fsGroup"))

    for _, spec in pods({**IN_A_VOLUME, "podSecurityContext": ids}):
        assert spec["securityContext"] == {
            "runAsNonRoot": True,
            "fsGroupChangePolicy": "OnRootMismatch",
            "seccompProfile": {"type": "RuntimeDefault"},
        }


def test_the_relay_can_send_mail_with_links_and_all_parts_know_the_mail_server() -> None:
    told = {
        part: {each["name"] for each in pod["containers"][0]["env"]} for part, pod in pods(IN_GIT)
    }

    for names in told.values():
        assert names >= {"ROLLCALL_SMTP_URL_FILE", "ROLLCALL_MAIL_FROM"}
    assert "ROLLCALL_SECRET_KEY_FILE" in told["relay"]


def test_whoever_writes_manifests_and_nobody_else_may() -> None:
    may = {
        part: not mount["readOnly"]
        for part, pod in pods(IN_A_VOLUME)
        for mount in pod["containers"][0]["volumeMounts"]
        if mount["name"] == "repo"
    }

    assert may == {part: writes for part, writes in WRITES.items() if part in PARTS}
