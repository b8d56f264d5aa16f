"""What a page may load and run: a content security policy that lets nothing out, but for a configured basemap.

Scripts run by the hash of their text alone. Were text from data to become markup in spite of everything, it would be
markup that cannot run, cannot fetch and cannot send.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterable
from urllib.parse import urlsplit

from markupsafe import Markup, escape

_NONE = "'none'"
_SCRIPT = re.compile(r"<script>(.*?)</script>", re.DOTALL)


def scripts_in(markup: str) -> list[str]:
    """Return the texts of the script elements in markup that holds no text from data, such as folium's header."""
    return _SCRIPT.findall(markup)


def content_policy(basemap_url: str, scripts: Iterable[str]) -> Markup:
    """Return the policy of a page, for an attribute in double quotes.

    Parameters
    ----------
    basemap_url : str
        The configured tile address; empty for a page that never connects. Its host alone is opened, for pictures.
    scripts : iterable of str
        The text of every script element of the page, to the character.
    """
    pictures = "img-src data: blob:"
    if basemap_url:
        parts = urlsplit(basemap_url)
        host = parts.netloc.replace("{s}", "*")
        pictures += f" https://{escape(host)}"
    return Markup("; ").join(
        Markup(part)
        for part in (
            "default-src 'none'",
            pictures,
            "style-src 'unsafe-inline'",
            f"script-src {' '.join(sorted(map(_hash, set(scripts)))) or _NONE}",
            "connect-src 'none'",
            "font-src 'none'",
            "base-uri 'none'",
            "form-action 'none'",
        )
    )


def _hash(text: str) -> str:
    digest = hashlib.sha256(text.encode("utf-8")).digest()
    return f"'sha256-{base64.b64encode(digest).decode('ascii')}'"
