"""The folium elements of this page: a figure with our own layout, a map without remote parts, named handles."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import folium
from branca.element import Element, Figure, MacroElement
from folium.template import Template
from folium.utilities import JsCode
from markupsafe import Markup

from pipeline.mapping import assets
from pipeline.mapping.catalogues import only_used
from pipeline.mapping.escape import environment
from pipeline.mapping.language import teach
from pipeline.mapping.policy import content_policy, scripts_in

# Branca renders what an element returns as a template once more: text such as {{ 7*7 }} in data would be evaluated.
# Therefore no element below ever holds text from data; all of it lies in the JSON block of the page template.


class CorridorFigure(Figure):
    """A figure that lays out the page with a template and links nothing.

    Parameters
    ----------
    view : mapping
        What the template shows; escaped there. Its ``first`` and ``scripts`` run, and but for folium's nothing else.
    template : str
        Name of the template.
    basemap_url : str
        The configured tile address; empty for a page that never connects.
    packages : sequence of str
        Packages whose templates come before those of the map.
    """

    def __init__(
        self,
        view: Mapping[str, Any],
        template: str = "corridor.html",
        basemap_url: str = "",
        packages: Sequence[str] = (),
    ) -> None:
        super().__init__()
        self.packages = packages
        self.view = view
        self.template = template
        self.basemap_url = basemap_url

    def render(self, **kwargs: object) -> str:
        """Return the page."""
        assets.fix_ids(self)
        for child in self._children.values():
            child.render(**kwargs)
        assets.inline(self)
        del self.header._children["meta_http"]  # the template states the encoding first
        template = teach(environment(*self.packages)).get_template(self.template)
        header, script = self.header.render(), self.script.render()
        page = template.render(
            **self.view,
            folium_header=Markup(header),
            folium_html=Markup(self.html.render()),
            folium_script=Markup(script),
            policy=content_policy(
                self.basemap_url, [*scripts_in(header), script, self.view["first"], *self.view["scripts"]]
            ),
        )
        return only_used(page)


class CorridorMap(folium.Map):
    """A folium map whose page lets people zoom, and whose scale speaks metric.

    It has no view until a script of the page gives it the first: layers are drawn once, not once more for that.

    Parameters
    ----------
    max_zoom : int
        The nearest view; folium keeps it for tiles, of which there are none.
    **options
        Of the Leaflet map.
    """

    _template = Template(
        """
        {% macro header(this, kwargs) %}<script>L_NO_TOUCH = false; L_DISABLE_3D = false;</script>{% endmacro %}
        {% macro html(this, kwargs) %}<div class="folium-map" id={{ this.get_name()|tojson }}></div>{% endmacro %}
        {% macro script(this, kwargs) %}
            var {{ this.get_name() }} = L.map({{ this.get_name()|tojson }}, {
                crs: L.CRS.{{ this.crs }}, ...{{ this.options|tojavascript }}
            });
            L.control.scale({imperial: false, position: 'bottomright'}).addTo({{ this.get_name() }});
        {% endmacro %}
        """
    )

    def __init__(self, *, max_zoom: int, **options: Any) -> None:
        super().__init__(tiles=None, **options)
        self.options["max_zoom"] = max_zoom


class LayerList(folium.LayerControl):
    """The list of layers. It joins the map behind them: with every layer that comes it writes itself anew."""

    _template = Template(
        """
        {% macro script(this, kwargs) %}
            {%- macro named(layers) %}{
                {%- for key, name in layers.items() %}{{ key|tojson }}: {{ name }}, {% endfor -%}
            }{% endmacro %}
            {{ this._parent.get_name() }}.whenReady(() => {
                L.control.layers(
                    {{ named(this.base_layers) }}, {{ named(this.overlays) }}, {{ this.options|tojavascript }}
                ).addTo({{ this._parent.get_name() }});
            });
        {% endmacro %}
        """
    )


class Handles(MacroElement):
    """Tells the page's script which of folium's variables is which.

    Parameters
    ----------
    elements : mapping of str to Element
        Elements by the name that the script uses.
    """

    _template = Template(
        """
        {% macro script(this, kwargs) %}
            window.corridorLayers = {
            {%- for name, element in this.elements.items() %}
                {{ name|tojson }}: {{ element.get_name() }},
            {%- endfor %}
            };
        {% endmacro %}
        """
    )

    def __init__(self, elements: Mapping[str, Element]) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.elements = elements


def svg_lines(pane: str) -> JsCode:
    """Return a renderer of its own for a pane: lines that can be seen, styled and printed as such."""
    return JsCode(f"L.svg({{pane: '{pane}', padding: 0.5}})")
