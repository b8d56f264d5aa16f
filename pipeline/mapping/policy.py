"""What a page may load: a content security policy that lets nothing out, but for a configured basemap."""

from __future__ import annotations

from urllib.parse import urlsplit

from markupsafe import Markup, escape


def content_policy(basemap_url: str) -> Markup:
    """Return the policy of a page, for an attribute in double quotes.

    Parameters
    ----------
    basemap_url : str
        The configured tile address; empty for a page that never connects. Its host alone is opened, for pictures.
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
            "script-src 'unsafe-inline'",
            "connect-src 'none'",
            "font-src 'none'",
            "base-uri 'none'",
            "form-action 'none'",
        )
    )
