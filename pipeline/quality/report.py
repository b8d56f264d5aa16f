"""The report of quality control: one HTML file that needs no network and no script."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from markupsafe import Markup, escape

from pipeline.config import Config
from pipeline.mapping import assets
from pipeline.mapping.escape import environment, style_text, template_source
from pipeline.mapping.panels import data_as_of
from pipeline.quality.coverage import Coverage
from pipeline.quality.drawing import Stretch, round_step, route_map, strip_of, strip_of_findings
from pipeline.quality.findings import ORDER, Finding, Severity, counts
from pipeline.quality.review import Review
from pipeline.quality.route import lonlat_words
from pipeline.sources.places import in_words

_PACKAGE = "pipeline.quality"
_POLICY = Markup("default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'")
_HEADINGS: dict[Severity, tuple[str, str]] = {
    "error": ("Errors", "A build stops at these."),
    "warning": ("Warnings", "A build goes on, and its result suffers or may suffer."),
    "note": ("Notes", "Good to know."),
}
_TICKS = 8
_UNSUPPORTED = ("synthetic", "modelled")


def render_report(review: Review, config: Config) -> str:
    """Return the report as HTML.

    Parameters
    ----------
    review : Review
        What was found.
    config : Config
        The configuration that was checked.

    Raises
    ------
    CorridorError
        If the page would fetch something from outside.
    """
    findings = review.findings
    stations = review.stations
    length = stations.route.length_km if stations else 0.0
    sections = config.sources
    templates = environment(_PACKAGE)
    templates.filters["breakable"] = _breakable
    page = templates.get_template("report.html").render(
        policy=_POLICY,
        style=style_text(template_source("report.css", _PACKAGE)),
        name=config.corridor.name,
        label=config.route.label,
        length=f"{length:,.3f} km" if stations else "",
        as_of=data_as_of(config.map, [{"period": section.period} for section in sections.values()]),
        counts=counts(findings),
        verdict=_verdict(findings),
        doubtful={
            kind: [name for name, section in sections.items() if section.provenance == kind] for kind in _UNSUPPORTED
        },
        not_assessed=[finding.message.partition(":")[0] for finding in findings if finding.code == "not_assessed"],
        groups=_groups(findings, config),
        map=route_map(stations, findings) if stations else None,
        ticks=_ticks(length) if stations else [],
        strips=_strips(review.coverage, findings, length) if stations else [],
        coverage=review.coverage,
        gaps=in_words,
        sources=sections,
        limits=config.quality.model_dump(),
        units={key: (field.json_schema_extra or {}) for key, field in type(config.quality).model_fields.items()},
    )  # fmt: skip
    assets.refuse_links(page)
    return page


def _verdict(findings: Sequence[Finding]) -> str:
    number = counts(findings)
    if number["error"]:
        return "These data cannot be built: mend the errors first."
    if number["warning"]:
        return "These data can be built. Look at the warnings before anybody trusts the result."
    return "Nothing was found that stands in the way of a build."


def _groups(findings: Sequence[Finding], config: Config) -> list[dict[str, Any]]:
    """Return findings by severity, numbered through, with all that a row shows."""
    rows: dict[Severity, list[dict[str, Any]]] = {severity: [] for severity in ORDER}
    for number, finding in enumerate(findings, start=1):
        section = config.sources.get(finding.source)
        rows[finding.severity].append(
            {
                "number": number,
                "finding": finding,
                "provenance": section.provenance if section else "",
                "first": _look_first(finding),
            }
        )
    return [
        {"severity": severity, "title": title, "words": words, "rows": rows[severity]}
        for severity, (title, words) in _HEADINGS.items()
        if rows[severity]
    ]


def _look_first(finding: Finding) -> str:
    """Return longitude and latitude, where the place in words does not say them."""
    if finding.lon is None or finding.lat is None:
        return ""
    words = lonlat_words(finding.lon, finding.lat)
    return "" if words in finding.place else words


def _strips(
    coverage: Sequence[Coverage], findings: Sequence[Finding], length_km: float
) -> list[tuple[str, str, list[Stretch], str]]:
    """Return title, kind, stretches and words of every strip along the route."""
    strips = []
    for severity, (title, _) in list(_HEADINGS.items())[:2]:
        stretches = strip_of_findings(findings, severity, length_km)
        unplaced = counts(findings)[severity] - len(stretches)
        parts = [f"{len(stretches)} with a place along the route"] if stretches else []
        if unplaced:
            parts.append(f"{unplaced} {severity}{'s' if unplaced > 1 else ''}, place unknown")
        told = ", ".join(parts) or "none"
        strips.append((title, "finds", stretches, told))
    for item in coverage:
        title = f"{item.role}, all sources" if not item.source else f"{item.role}: {item.source}"
        gaps = in_words(list(item.gaps_km))
        told = f"{item.percent:.1f} percent{f'; without: {gaps}' if gaps else ''}"
        strips.append((title, item.provenance or "all", strip_of(item, length_km), told))
    return strips


def _breakable(path: str) -> Markup:
    """Return a path that a browser may break after its slashes and underscores."""
    return escape(path).replace("/", Markup("/<wbr>")).replace("_", Markup("_<wbr>"))


def _ticks(length_km: float) -> list[tuple[float, str]]:
    """Return places of kilometre posts under the strips, percent of the length, and their labels."""
    step = round_step(length_km / _TICKS)
    number = int(length_km / step) + 1
    return [(round(100.0 * k * step / length_km, 3), f"{k * step:g}") for k in range(number)]
