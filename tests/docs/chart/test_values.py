"""The values of the Helm chart: what is refused with what to do, and what may be left out."""

from typing import Any

from tests.docs.chart.installations import (
    DIGEST,
    IN_A_BUCKET,
    IN_A_VOLUME,
    ON_SQLITE,
    pods,
    refusal,
    rendered,
)
from tests.support.tables import for_each


def test_more_than_one_pod_on_sqlite_is_refused() -> None:
    two = {**ON_SQLITE, "server": {"replicas": 2}}
    growing = {**ON_SQLITE, "server": {"replicas": 1, "autoscaling": {"enabled": True}}}

    for values in (two, growing):
        assert "SQLite is for one pod: set server.replicas to 1" in refusal(values)
    [pod] = [each for each in rendered(ON_SQLITE) if each["kind"] == "Deployment"]
    assert (pod["spec"]["replicas"], pod["spec"]["strategy"]) == (1, {"type": "Recreate"})


@for_each(
    ("change", "said"),
    [
        ({"existingSecret": ""}, "existingSecret is not set"),
        ({"settings": {}}, "settings.BOOTSTRAP_URL is not set"),
        ({"database": {}}, "database.url is not set"),
        ({"database": {"url": "postgresql://u:p@host/n"}}, "at '/database/url'"),
        ({"repo": {}}, "repo.claim is not set"),
        ({"repo": {"kind": "bucket", "place": "munki"}}, "repo.place has to be s3://"),
        ({"repo": {"kind": "git", "place": "munki"}}, "repo.place has to be git+ssh://"),
        ({"ingress": {"enabled": True}}, "ingress.host is not set"),
        ({"optionalSecrets": ["rollcall_smtp_url"]}, "settings.ROLLCALL_MAIL_FROM and"),
        ({"optionalSecrets": ["rollcall_alert_url"] * 2}, "at '/optionalSecrets'"),
        ({"ingress": {"enabled": True, "host": "deploy.example.com:8443"}}, "at '/ingress/host'"),
        ({"ingress": None}, "missing property 'ingress'"),
        ({"relay": None}, "relay: nothing stands behind it"),
        ({"server": {"autoscaling": None}}, "missing property 'autoscaling'"),
        (
            {"server": {"autoscaling": {"enabled": True, "minReplicas": 9}}},
            "server.autoscaling.minReplicas is more",
        ),
        ({"env": [{"name": "TZ", "value": 2}]}, "at '/env/0/value'"),
        ({"nodeSelector": {"gpu": False}}, "at '/nodeSelector/gpu'"),
        ({"database": {"sqlite": {"size": "2 GB"}}}, "at '/database/sqlite/size'"),
        (
            {"files": [{"path": "/mine", "volume": {"name": "data", "emptyDir": {}}}]},
            "files: a volume of the chart is called data",
        ),
        ({"pod": {"volumes": []}}, "pod.volumes: the chart sets it itself"),
        ({"servr": {}}, "additional properties 'servr' not allowed"),
        ({"image": {"repository": "r.example.com/macs:1.0"}}, "a tag goes into image.tag"),
        ({"image": {"tag": f"@{DIGEST}"}}, "a digest into image.digest"),
        ({"image": {"digest": "1.0"}}, "at '/image/digest'"),
    ],
)
def test_values_that_cannot_work_are_refused_with_what_to_do(
    change: dict[str, Any], said: str
) -> None:
    assert said in refusal({**IN_A_VOLUME, **change})


@for_each(
    ("values", "setting", "place"),
    [
        (IN_A_VOLUME, "MUNKI_REPO", "repo"),
        (IN_A_VOLUME, "ROLLCALL_DATABASE_URL", "database"),
        (IN_A_VOLUME, "SLACK_APP_TOKEN", "existingSecret"),
        (IN_A_BUCKET, "SLACK_SIGNING_SECRET", "existingSecret"),
        (IN_A_BUCKET, "ROLLCALL_PROXIES", "proxies"),
        (ON_SQLITE, "ROLLCALL_POLICY", "policy"),
    ],
)
def test_a_setting_that_the_chart_sets_itself_is_not_passed_over_in_silence(
    values: dict[str, Any], setting: str, place: str
) -> None:
    both = {**values, "settings": {**values["settings"], setting: "2"}}

    assert f"settings.{setting}: take it out; the chart has it from {place}." in refusal(both)


@for_each(
    ("values", "setting"),
    [
        (IN_A_VOLUME, "ROLLCALL_PROXIES"),  # a balancer of one's own, and no ingress
        (IN_A_VOLUME, "ROLLCALL_POLICY"),  # a file of `files`
        (ON_SQLITE, "ROLLCALL_DATABASE_URL"),
    ],
)
def test_a_setting_that_the_chart_has_no_value_for_is_taken(
    values: dict[str, Any], setting: str
) -> None:
    assert rendered({**values, "settings": {**values["settings"], setting: "2"}})


def test_a_list_or_a_further_field_with_nothing_behind_it_is_none() -> None:
    empty = ("pod", "podAnnotations", "nodeSelector", "tolerations", "env", "files", "policy")

    assert rendered({**IN_A_VOLUME, **dict.fromkeys(empty)}) == rendered(IN_A_VOLUME)


@for_each("name", ["policy", "repo", "ssh"])
def test_a_volume_may_have_a_name_of_which_the_chart_makes_no_use(name: str) -> None:
    mine = {"path": "/mine", "volume": {"name": name, "emptyDir": {}}}

    for _, spec in pods({**IN_A_BUCKET, "files": [mine]}):
        assert [each["name"] for each in spec["volumes"]].count(name) == 1


def test_pods_may_have_no_limits_at_all() -> None:
    [(_, all_in_one)] = pods({**ON_SQLITE, "all": {"resources": None}})

    assert all_in_one["containers"][0]["resources"] is None


def test_a_setting_of_the_charts_own_may_be_left_empty() -> None:
    empty = dict.fromkeys(("MUNKI_REPO", "SLACK_APP_TOKEN"), "")

    assert rendered({**IN_A_VOLUME, "settings": {**IN_A_VOLUME["settings"], **empty}})


@for_each("size", ["2G", "2Gi", "2048Mi", "1.5Ti", "2000000000", "2e9"])
def test_a_size_is_what_kubernetes_takes_for_one(size: str) -> None:
    values = {**ON_SQLITE, "database": {"kind": "sqlite", "sqlite": {"size": size}}}
    [claim] = [each for each in rendered(values) if each["kind"] == "PersistentVolumeClaim"]

    assert claim["spec"]["resources"]["requests"]["storage"] == size
