"""The page's policy at work in a browser: no way out of the page, no way in for a script, one host for a basemap."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Route

from pipeline.mapping.policy import content_policy, scripts_in
from pipeline.mapping.step import run

from .builder import build
from .visits import Visit

pytestmark = pytest.mark.browser

PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)

# Every way by which a page sends or fetches something; the address tells which one came through.
WAYS = """async (host) => {
  const to = (way) => host + "/" + way;
  const element = (tag, values) => document.body.append(Object.assign(document.createElement(tag), values));
  const tries = {
    fetch: () => fetch(to("fetch")),
    request: () => { const request = new XMLHttpRequest(); request.open("GET", to("request")); request.send(); },
    beacon: () => navigator.sendBeacon(to("beacon"), "x"),
    socket: () => new WebSocket(host.replace("http", "ws") + "/socket"),
    events: () => new EventSource(to("events")),
    worker: () => new Worker(URL.createObjectURL(new Blob(["fetch('" + to("worker") + "')"]))),
    module: () => import(to("module.js")),
    picture: () => element("img", { src: to("picture") }),
    script: () => element("script", { src: to("script.js") }),
    sheet: () => element("link", { rel: "stylesheet", href: to("sheet.css") }),
    prefetch: () => element("link", { rel: "prefetch", href: to("prefetch") }),
    manifest: () => element("link", { rel: "manifest", href: to("manifest") }),
    frame: () => element("iframe", { src: to("frame") }),
    object: () => element("object", { data: to("object") }),
    sound: () => element("audio", { src: to("sound"), autoplay: true }),
    style: () => element("div", { style: "background:url(" + to("style") + ");width:9px;height:9px" }),
    font: () => {
      document.fonts.add(new FontFace("x", "url(" + to("font") + ")"));
      return document.fonts.load("9px x");
    },
    form: () => { const form = document.createElement("form"); form.action = to("form"); form.target = "other";
      document.body.append(form); form.submit(); },
  };
  const soon = (time) => new Promise((go) => setTimeout(go, time));
  for (const attempt of Object.values(tries)) {
    try { await Promise.race([attempt(), soon(200)]); } catch (error) { void error; }
  }
  await new Promise((go) => setTimeout(go, 300));
  return Object.keys(tries).length;
}"""

# Every way by which text becomes a script that runs.
RUNS = """async () => {
  const make = (tag, values) => {
    const element = Object.assign(document.createElement(tag), values);
    document.body.append(element);
    return element;
  };
  const ways = [
    () => eval("window.ran = 'eval'"),
    () => new Function("window.ran = 'function'")(),
    () => setTimeout("window.ran = 'timeout'", 0),
    () => make("script", { textContent: "window.ran = 'script'" }),
    () => make("div", { innerHTML: "<img src=x onerror=\\"window.ran = 'handler'\\">" }),
    () => make("a", { href: "javascript:window.ran = 'link'" }).click(),
    () => make("iframe", { srcdoc: "<script>parent.ran = 'frame'</scr" + "ipt>" }),
  ];
  // Not in this turn: what drives the browser may evaluate text, a page's own turns may not.
  setTimeout(() => { for (const way of ways) { try { way(); } catch (error) { void error; } } }, 0);
  await new Promise((go) => setTimeout(go, 300));
  return window.ran === undefined ? "" : window.ran;
}"""


@pytest.fixture(scope="module")
def online_map(tmp_path_factory: pytest.TempPathFactory) -> Path:
    url = "https://{s}.tiles.example.org/{z}/{x}/{y}.png"
    context = build(tmp_path_factory.mktemp("online") / "w", map_section={"basemap_url": url})
    run(context)
    return context.out / "corridor.html"


class Answered:
    """A visit with a network that answers everything: what came through counts."""

    def __init__(self, browser: Browser, path: Path) -> None:
        self.context = browser.new_context()
        self.asked: list[str] = []
        self.context.route(re.compile(r"^(https?|wss?):"), self._answer)
        self.page = self.context.new_page()
        self.page.goto(path.as_uri())
        self.page.wait_for_selector("html[data-ready=yes]", state="attached")

    def _answer(self, route: Route) -> None:
        self.asked.append(route.request.url)
        route.fulfill(body=PIXEL, content_type="image/png", headers={"Access-Control-Allow-Origin": "*"})


@pytest.fixture
def visit(browser: Browser, small_map: Path) -> Iterator[Answered]:
    visited = Answered(browser, small_map)
    yield visited
    visited.context.close()


def test_no_way_leads_out_of_the_page(visit: Answered, browser: Browser, tmp_path: Path) -> None:
    assert visit.page.evaluate(WAYS, "https://elsewhere.example") >= 18
    assert visit.asked == []
    bare = tmp_path / "bare.html"
    bare.write_text("<!doctype html><html data-ready=yes><body>", encoding="utf-8")
    open_page = Answered(browser, bare)
    open_page.page.evaluate(WAYS, "https://elsewhere.example")
    assert len({urlsplit(url).path for url in open_page.asked}) >= 10, "without the policy these do lead out"
    open_page.context.close()


def test_no_text_becomes_a_script_that_runs(browser: Browser, small_map: Path) -> None:
    visit = Visit(browser, small_map, 1000, 700)
    assert visit.page.evaluate(RUNS) == ""
    assert visit.trouble, "the browser says what it refused"
    visit.context.close()


def test_the_policy_names_every_script_of_the_page_and_no_other(small_map: Path) -> None:
    page = small_map.read_text(encoding="utf-8")
    policy = re.search(r'http-equiv="Content-Security-Policy" content="([^"]+)"', page)
    assert policy
    hashes = re.search(r"script-src ([^;]+);", policy[1].replace("&#39;", "'"))
    assert hashes
    wanted = {
        f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'" for text in scripts_in(page)
    }
    assert set(hashes[1].split()) == wanted
    assert len(wanted) > 20
    assert not re.search(r"<[a-z][^>]*\son[a-z]+=", re.sub(r"<script.*?</script>", "", page, flags=re.DOTALL))
    assert "script-src 'none';" in content_policy("", [])


def test_a_basemap_is_fetched_from_its_host_alone_and_only_when_switched_on(browser: Browser, online_map: Path) -> None:
    visit = Answered(browser, online_map)
    page = visit.page
    assert visit.asked == []
    page.evaluate("corridorLayers.online.addTo(corridorLayers.map)")
    page.wait_for_function("document.querySelectorAll('.leaflet-tile-loaded').length > 0")
    assert visit.asked
    assert all(re.fullmatch(r"[abc]\.tiles\.example\.org", urlsplit(url).hostname or "") for url in visit.asked)
    before = len(visit.asked)
    page.evaluate("corridorLayers.online.remove()")
    page.evaluate(WAYS, "https://elsewhere.example")
    page.evaluate(WAYS, "https://tiles.example.com")
    assert [url for url in visit.asked[before:] if not url.endswith(".png")] == []
    came = page.evaluate(WAYS, "https://a.tiles.example.org")
    assert came >= 18
    beyond = {urlsplit(url).path for url in visit.asked[before:] if not url.endswith(".png")}
    assert beyond <= {"/picture", "/style", "/prefetch"}, "a prefetch may go wherever anything may"
    visit.context.close()
