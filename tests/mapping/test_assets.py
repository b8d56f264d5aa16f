"""A page that links nothing."""

from __future__ import annotations

import folium
import pytest
from branca.element import CssLink, Figure, JavascriptLink

from pipeline.errors import CorridorError
from pipeline.mapping import assets


def rendered() -> Figure:
    figure = Figure()
    figure.add_child(folium.Map(location=[42, 50], tiles=None))
    for child in figure._children.values():
        child.render()
    return figure


def test_every_link_of_a_folium_page_is_put_inside_or_left_out() -> None:
    figure = rendered()
    assert sum(isinstance(child, JavascriptLink | CssLink) for child in figure.header._children.values()) >= 10
    assets.inline(figure)
    header = figure.header.render()
    assert assets.remote_links(header) == []
    assert "sourceMappingURL" not in header
    assert f"Leaflet {assets.leaflet_version()}, a JS library" in header


@pytest.mark.parametrize("link", [JavascriptLink("https://example.org/new.js"), CssLink("https://example.org/new.css")])
def test_an_unknown_link_is_refused_by_its_address(link: JavascriptLink | CssLink) -> None:
    figure = rendered()
    figure.header.add_child(link, name="new")
    with pytest.raises(CorridorError, match=r"example\.org/new"):
        assets.inline(figure)


def test_another_leaflet_than_the_installed_one_is_refused() -> None:
    figure = rendered()
    figure.header.add_child(JavascriptLink("https://cdn.example.org/npm/leaflet@9.9.9/dist/leaflet.js"), name="leaflet")
    with pytest.raises(CorridorError, match=r"9\.9\.9"):
        assets.inline(figure)


def test_pictures_of_the_style_lie_inside_it() -> None:
    style = assets.leaflet_style()
    assert style.count("url(data:image/png;base64,") == 3
    assert "url(images" not in style


@pytest.mark.parametrize(
    "html",
    [
        '<script src="https://example.org/a.js"></script>',
        '<link rel="stylesheet" href="a.css">',
        "<img src='//example.org/a.png'>",
        "<a href='HTTPS://example.org'>x</a>",
        "<style>@import 'a.css';</style>",
        "<style>p { background: url(https://example.org/a.png) }</style>",
        "<p style=\"background:url('a.png')\">",
    ],
)
def test_links_are_found(html: str) -> None:
    assert assets.remote_links(html)


def test_what_stays_inside_is_no_link() -> None:
    html = (
        '<a href="#zones">x</a><a href="index.html">y</a><img src="data:image/png;base64,AA"><p>https://example.org</p>'
    )
    assert assets.remote_links(html) == []


def test_ids_come_from_the_place_of_an_element() -> None:
    first, second = Figure(), Figure()
    for figure in (first, second):
        figure.add_child(folium.Map(location=[42, 50], tiles=None))
        assets.fix_ids(figure)
    names = [[child.get_name() for child in figure._children.values()] for figure in (first, second)]
    assert names[0] == names[1] == ["map_0001"]
