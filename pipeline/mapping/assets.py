"""Everything that a folium page links to, put inside the page or left out; nothing else may be linked."""

from __future__ import annotations

import base64
import importlib.metadata
import re
from dataclasses import dataclass
from functools import cache
from html.parser import HTMLParser
from pathlib import Path

from branca.element import CssLink, Element, Figure, JavascriptLink
from markupsafe import Markup

from pipeline.errors import CorridorError, ServiceError
from pipeline.mapping.escape import script_text, style_text

_DISTRIBUTION = "XStatic-Leaflet"

# Folium links these for popups and markers of its own; this map uses none of them.
_UNUSED = (
    r"code\.jquery\.com/jquery-",
    r"/bootstrap@",
    r"bootstrap-glyphicons\.css$",
    r"/fontawesome-free@",
    r"/Leaflet\.awesome-markers/",
    r"/leaflet\.awesome\.rotate\.min\.css$",
)
_LEAFLET = re.compile(r"/leaflet@(?P<version>[0-9.]+)/dist/leaflet\.(?P<kind>js|css)$")
_MIME = {".png": "image/png", ".svg": "image/svg+xml", ".gif": "image/gif"}


@dataclass(frozen=True)
class Library:
    """A library whose text lies in the page."""

    name: str
    version: str
    licence: str
    copyright: str


class Verbatim(Element):
    """An element that renders to the given markup and is never taken for a template."""

    def __init__(self, markup: Markup) -> None:
        super().__init__()
        self.markup = markup

    def render(self, **kwargs: object) -> str:
        """Return the markup as it is."""
        return str(self.markup)


@cache
def leaflet_files() -> dict[str, Path]:
    """Return Leaflet's files by name, found through the metadata of the installed distribution.

    Raises
    ------
    ServiceError
        If the distribution is not installed.
    """
    try:
        distribution = importlib.metadata.distribution(_DISTRIBUTION)
    except importlib.metadata.PackageNotFoundError:
        raise ServiceError(
            f"the package {_DISTRIBUTION}, which holds the map's script, is not installed",
            remedy="Install this project with its dependencies ('make demo' does).",
        ) from None
    found = {}
    for entry in distribution.files or ():
        if "data" in entry.parts:
            inside = "/".join(entry.parts[entry.parts.index("data") + 1 :])
            found[inside] = Path(str(distribution.locate_file(entry)))
    return found


def leaflet_version() -> str:
    """Return the version of the installed Leaflet: the distribution's without its packaging number."""
    return importlib.metadata.version(_DISTRIBUTION).rpartition(".")[0]


def libraries() -> tuple[Library, ...]:
    """Return the libraries whose code lies in the page, for its footer."""
    return (
        Library("Leaflet", leaflet_version(), "BSD-2-Clause", "© 2010-2022 Vladimir Agafonkin, © 2010-2011 CloudMade"),
        Library(
            "folium",
            importlib.metadata.version("folium"),
            "MIT",
            "© 2013-, Rob Story and the folium contributors (page script made by it)",
        ),
    )


def leaflet_script() -> Markup:
    """Return Leaflet's script without the pointer to its source map, which a browser would look for."""
    text = leaflet_files()["leaflet.js"].read_text(encoding="utf-8")
    return script_text(re.sub(r"//# sourceMappingURL=.*", "", text).strip())


def leaflet_style() -> Markup:
    """Return Leaflet's style with its pictures inside.

    Raises
    ------
    ServiceError
        If the style names a picture that the distribution does not hold.
    """
    files = leaflet_files()

    def embed(match: re.Match[str]) -> str:
        name = match[1].strip("\"'")
        if name.startswith(("#", "data:")):
            return match[0]
        if name not in files:
            raise ServiceError(
                f"Leaflet's style names the file {name}, which {_DISTRIBUTION} does not hold",
                remedy="Install this project's locked dependencies again.",
            )
        data = base64.b64encode(files[name].read_bytes()).decode("ascii")
        return f"url(data:{_MIME[Path(name).suffix]};base64,{data})"

    text = files["leaflet.css"].read_text(encoding="utf-8")
    return style_text(re.sub(r"url\(([^)]*)\)", embed, text).strip())


def inline(figure: Figure) -> None:
    """Replace every link in a rendered figure's header: Leaflet by its text, unused ones by nothing.

    Raises
    ------
    CorridorError
        If folium links something that is not known here, or another Leaflet than the installed one.
    """
    header = figure.header
    for name, child in list(header._children.items()):
        if not isinstance(child, JavascriptLink | CssLink):
            continue
        if match := _LEAFLET.search(child.url):
            if match["version"] != leaflet_version():
                raise CorridorError(
                    f"folium asks for Leaflet {match['version']}, installed is {leaflet_version()}",
                    remedy=f"Install the {_DISTRIBUTION} that fits this folium.",
                )
            if match["kind"] == "js":
                markup = Markup("<script>{}</script>").format(leaflet_script())
            else:
                markup = Markup("<style>{}</style>").format(leaflet_style())
            header._children[name] = Verbatim(markup)
        elif any(re.search(pattern, child.url) for pattern in _UNUSED):
            del header._children[name]
        else:
            raise CorridorError(
                "folium links a file that this map does not know how to put inside the page",
                where=child.url,
                remedy="Use the folium release of the lock file, or teach pipeline/mapping/assets.py the new file.",
            )


def fix_ids(figure: Figure) -> None:
    """Give every element an id by its place, so that the same map is the same page."""
    count = 0

    def walk(element: Element) -> None:
        nonlocal count
        element._id = f"{count:04d}"
        count += 1
        for child in element._children.values():
            walk(child)

    walk(figure)


class _Links(HTMLParser):
    """Collects what a browser would fetch by itself, and remote addresses in styles."""

    _FETCHED = frozenset({"src", "srcset", "poster", "data", "background", "action", "formaction", "xlink:href"})

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []
        self._in_style = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._in_style = tag == "style"
        for key, value in attrs:
            address = (value or "").strip()
            if key in self._FETCHED or (key == "href" and tag in ("link", "base", "use", "image")):
                if not address.startswith(("data:", "#")) and address:
                    self.found.append(f"<{tag} {key}={address[:80]}>")
            elif key == "href" and re.match(r"(?i)\s*(https?:)?//", address):
                self.found.append(f"<{tag} href={address[:80]}>")
            elif key == "style":
                self._style(address)

    def handle_data(self, data: str) -> None:
        if self._in_style:
            self._style(data)

    def handle_endtag(self, tag: str) -> None:
        if tag == "style":
            self._in_style = False

    def _style(self, text: str) -> None:
        self.found += [f"url({url[:80]})" for url in re.findall(r"url\(\s*[\"']?(?!data:|#)([^)\"']*)", text)]
        self.found += re.findall(r"@import[^;]{0,80}", text)


def remote_links(html: str) -> list[str]:
    """Return all that a page would fetch, and every link to another host; empty for a self-contained page."""
    parser = _Links()
    parser.feed(html)
    parser.close()
    return parser.found


def refuse_links(html: str) -> None:
    """Refuse a page that would fetch something.

    Raises
    ------
    CorridorError
        If it would; the message names the addresses.
    """
    links = remote_links(html)
    if links:
        raise CorridorError(
            "the page would fetch something from outside", where=", ".join(links[:5]), remedy="Report this defect."
        )
