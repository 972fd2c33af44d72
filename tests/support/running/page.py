"""A page to play on with a scripted app behind it, and the blocks that such an app shows."""

from collections.abc import Callable
from typing import Any

from playwright.sync_api import BrowserContext, Page, ViewportSize

from tests.fakes.slack import Workspace
from tests.fakes.slack.sending.delivery import Answer, Kind, Retry
from tests.fakes.slack.state.drafts import Draft
from tests.fakes.slack.state.messages import named
from tests.support.installation import CHANNEL
from tools.demo.page.bench import DemoMacs

PHONE = ViewportSize(width=390, height=844)
# JavaScript: the classes of what is wider than the window.
TOO_WIDE = (
    "() => [...document.querySelectorAll('body, .scroll')].filter("
    "it => it.scrollWidth > it.clientWidth).map(it => it.className)"
)
APP = "U0ROLLCALL"
BROWSER = (
    "takes a second of a browser; the demo alone has this page, and test_demo_page goes through it"
)
# What a finger cannot hit: 44 px is the least of Apple's guidelines and of WCAG 2.5.5.
SMALL = """() => [...document.querySelectorAll(
  'a, button, summary, select, textarea, .tick, ' +
  'input:not([type=hidden], [type=checkbox], [type=radio])'
)].filter(it => it.checkVisibility({visibilityProperty: true})).filter(it => {
  const box = it.getBoundingClientRect();
  return box.width && Math.min(box.width, box.height) < 43.5;
}).map(it => `${it.tagName} ${it.className} ${it.textContent.trim().slice(0, 30)}`)"""
# What stands out from its ground by less than 4.5 to 1, as WCAG 1.4.3 counts it.
FAINT = """() => {
  const parts = colour => colour.match(/[\\d.]+/g).map(Number);
  const light = ([r, g, b]) => [r, g, b].map(part => part / 255).map(
    part => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4
  ).reduce((sum, part, at) => sum + part * [0.2126, 0.7152, 0.0722][at], 0);
  const ground = it => {
    const colour = parts(getComputedStyle(it).backgroundColor);
    return colour[3] === 0 ? ground(it.parentElement) : colour;
  };
  const faint = [];
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const it = walk.currentNode.parentElement;
    if (!walk.currentNode.data.trim() || !it.checkVisibility({opacityProperty: true})) continue;
    const [one, other] = [light(parts(getComputedStyle(it).color)), light(ground(it))];
    const contrast = (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
    if (contrast < 4.5) faint.push(`${contrast.toFixed(1)} ${it.className} ${it.textContent}`);
  }
  return faint;
}"""
# Controls that a screen reader could not name, and ids that are there twice.
UNNAMED = """() => {
  const named = it => it.labels?.length || it.ariaLabel || it.textContent.trim() || it.title;
  const controls = [...document.querySelectorAll('a, button, select, input:not([type=hidden])')];
  const ids = [...document.querySelectorAll('[id]')].map(it => it.id);
  return [
    ...controls.filter(it => !named(it)).map(it => it.outerHTML),
    ...ids.filter((id, at) => ids.indexOf(id) !== at),
    ...[...document.querySelectorAll('[aria-labelledby], [aria-describedby]')]
      .map(it => it.getAttribute('aria-labelledby') || it.getAttribute('aria-describedby'))
      .filter(id => !document.getElementById(id)),
  ];
}"""
JSON = dict[str, Any]
Script = Callable[[JSON], Any]


class ScriptedApp:
    """An app that answers as it is told, by the type of what it hears, and remembers it."""

    def __init__(self) -> None:
        self.heard: list[JSON] = []
        self.answers: dict[str, Script] = {}

    def send(self, kind: Kind, payload: JSON, retry: Retry | None = None) -> Answer:
        """The stand-in Slack's door to the app. It is not interested in what is said."""
        del retry
        if kind == "events_api" and payload["event"]["type"] != "app_home_opened":
            return Answer(0.0, 200)
        self.heard.append(payload)
        script = self.answers.get(payload.get("type") or payload["command"])
        body = script(payload) if script else None
        return body if isinstance(body, Answer) else Answer(0.0, 200, body)

    def actions(self) -> list[JSON]:
        """The clicks and choices that it heard of."""
        return [action for payload in self.heard for action in payload.get("actions", ())]


class Play:
    """A page over a Slack of its own, and the browser's windows onto it."""

    def __init__(
        self, slack: Workspace, app: ScriptedApp, bench: DemoMacs, url: str, windows: BrowserContext
    ) -> None:
        self.slack = slack
        self.bench = bench
        self.app = app
        self.url = url
        self.complaints: list[str] = []
        self._windows = windows

    def open(self, place: str = f"U0ALICE/{CHANNEL}", size: Any = PHONE) -> Page:
        """A new window in which no error may turn up in the browser's console."""
        page = self._windows.new_page()
        page.set_viewport_size(size)
        page.set_default_timeout(15_000)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on(
            "console",
            lambda line: self.complaints.append(line.text) if line.type == "error" else None,
        )
        page.goto(self.url + place)
        return page

    def post(self, *blocks: JSON, text: str = "", thread_ts: str = "") -> Any:
        """The app says something in the channel."""
        channel = self.slack.channels[CHANNEL]
        content = Draft(text, named(list(blocks)), None)
        return self.slack.say(channel, APP, content, thread_ts)


def say(page: Page, text: str) -> None:
    """Type into the composer and press Enter."""
    page.get_by_label("Message", exact=True).fill(text)
    page.keyboard.press("Enter")


def mrkdwn(text: str) -> JSON:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}}


def plain(text: str) -> JSON:
    return {"type": "plain_text", "text": text}


def field(name: str, label: str, element: JSON, **more: Any) -> JSON:
    element = {"action_id": name, **element}
    return {"type": "input", "block_id": name, "label": plain(label), "element": element, **more}


def window(*blocks: JSON, title: str = "A window", **more: Any) -> JSON:
    return {
        "type": "modal",
        "title": plain(title),
        "submit": plain("Send"),
        "close": plain("Leave"),
        "blocks": list(blocks),
        **more,
    }


def opened(play: Play, asked: JSON, content: JSON) -> None:
    """The app opens a window for who asked, and answers nothing else."""
    play.slack.views.open(asked["user_id"], content)


def published(play: Play, content: JSON) -> None:
    """The app publishes alice's Home."""
    play.slack.views.publish("U0ALICE", content)
