"""Slack's markup on the page: what Slack's client shows of it, and nothing that can run."""

from datetime import UTC, datetime, timedelta, timezone

from bot.slack.markup import moment
from provisioning.values.slack import INVISIBLE, escape
from tests.support.tables import for_each
from tools.demo.page.rendering.dates import dated
from tools.demo.page.rendering.markup import MessageReader

EAST = timezone(timedelta(hours=9))
READER = MessageReader({"U0ALICE": "alice"}, {"C0IMAGING": "imaging"}, EAST)


def test_a_time_in_rich_text_is_the_readers_own() -> None:
    noon = int(datetime(2026, 3, 2, 12, tzinfo=UTC).timestamp())

    assert READER.date(noon, "{date_short} {time}", "then") == "Mar 2, 2026 9:00 PM"
    assert READER.date(noon, "{no_such}", "then") == "then"


@for_each(
    ("written", "shown"),
    [
        ("*bold* _italic_ ~gone~", "<strong>bold</strong> <em>italic</em> <s>gone</s>"),
        ("*bold with _italic_*", "<strong>bold with <em>italic</em></strong>"),
        ("a*b*c snake_case_name 2 * 3 * 4", "a*b*c snake_case_name 2 * 3 * 4"),
        ("`*C02*`", "<code>*C02*</code>"),
        ("a &lt;b&gt; &amp;amp;", "a &lt;b&gt; &amp;amp;"),
        ("<@U0ALICE> in <#C0IMAGING>", "@alice</span> in <span"),
        ("<@U0NOBODY>", "@U0NOBODY"),
        ("<!here> <!subteam^S1|@desk>", '@here</span> <span class="mention">@desk'),
        (":white_check_mark: :nothing_such:", ">✔</span> :nothing_such:"),
        ("<https://e.example/?a&amp;b|there>", 'href="https://e.example/?a&amp;b"'),
        ("&gt; one\n&gt; two\nthree", "<blockquote>one\ntwo</blockquote><p>three</p>"),
        ("before\n```\n*a*\n```", "<p>before</p><pre>*a*</pre>"),
    ],
)
def test_markup_is_shown_as_slack_shows_it(written: str, shown: str) -> None:
    assert shown in READER.markup(written)


@for_each(
    "hostile",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "<javascript:alert(1)|click>",
        "<data:text/html,<b>|x>",
        '<https://e.example/"onmouseover="alert(1)|x>',
        "*<b>*",
        "`<b>`",
        "```<b>```",
        ":<b>:",
        "<@<b>>",
        "&gt; <b>",
    ],
)
def test_nothing_that_somebody_writes_becomes_html_or_a_script(hostile: str) -> None:
    for shown in (READER.markup(hostile), READER.plain(hostile)):
        assert "<b>" not in shown
        assert "<script" not in shown
        assert "<img" not in shown
        assert 'href="javascript' not in shown
        assert '"onmouseover' not in shown


def test_what_the_app_escaped_is_shown_as_it_was_typed() -> None:
    """The bot escapes what people type; none of it may turn into markup on the way back."""
    typed = "*x* _x_ ~x~ `x` <@U0ALICE> <http://e.example|x> & <b>"
    shown = READER.markup(escape(typed)).striptags().replace(INVISIBLE, "")
    assert shown == typed


def test_plain_text_has_emoji_and_no_markup() -> None:
    assert READER.plain("*a* &amp; :warning:").startswith("*a* &amp; <span")


def test_a_moment_is_in_the_readers_zone() -> None:
    at = datetime(2026, 3, 2, 20, 30, tzinfo=UTC)
    assert "Mar 3, 2026 5:30 AM" in READER.markup(moment(at))


def test_a_near_day_goes_by_its_name() -> None:
    now = datetime.now(EAST)
    yesterday = int((now - timedelta(days=1)).timestamp())
    assert dated(f"date^{int(now.timestamp())}^{{date_pretty}}|x", EAST) == "today"
    assert dated(f"date^{yesterday}^seen {{date_short_pretty}}|x", EAST) == "seen yesterday"


@for_each("token", ["date^x^{date}|then", "date^1|then", "date^1^{when}|then"])
def test_a_broken_date_token_shows_its_fallback(token: str) -> None:
    assert dated(token) == "then"
