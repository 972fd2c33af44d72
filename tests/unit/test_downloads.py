"""Where our token may be sent to fetch somebody's file."""

import pytest

from bot.slack.downloads import NotDownloadable, fetch, is_slacks

API = "https://slack.com/api/"


@pytest.mark.parametrize(
    ("url", "api_url"),
    [
        ("https://files.slack.com/files-pri/T0-F0/macs.csv", API),
        ("https://files.slack.com:443/files-pri/T0-F0/macs.csv", API),
        ("https://files.slack-gov.com/files-pri/x", "https://slack-gov.com/api/"),
        ("http://127.0.0.1:4000/files-pri/x", "http://127.0.0.1:4000/api/"),
    ],
)
def test_slack_is_asked(url: str, api_url: str) -> None:
    assert is_slacks(url, api_url)


@pytest.mark.parametrize(
    "url",
    [
        "http://files.slack.com/files-pri/x",
        "https://files.slack.com.evil.example/x",
        "https://files.slack.com@evil.example/x",
        "https://evil.example/files.slack.com",
        "https://files.slack.com:8443/x",
        "https://files.slack.com:no/x",
        "file:///etc/passwd",
        "//files.slack.com/x",
        "http://127.0.0.1:4000/x",
        "http://169.254.169.254/latest/meta-data",
        "https://[files.slack.com/x",
        "",
    ],
)
def test_nobody_else_is(url: str) -> None:
    assert not is_slacks(url, API)
    with pytest.raises(NotDownloadable, match="Slack does not keep it itself"):
        fetch(url, "macs.csv", token="xoxb-secret", api_url=API)
