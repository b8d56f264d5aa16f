"""The few lines that a person reads after a build."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pipeline.releases.release import Release, what_changed

_MOST_CHANGES = 7


def ending(release: Release, told: Sequence[str], *, ran: bool) -> list[str]:
    """Return what a person reads at the end of a build: what came out, what changed, totals, and what else happened.

    Parameters
    ----------
    release : Release
        What readers see now.
    told : sequence of str
        What else people should know.
    ran : bool
        Whether this build published it.
    """
    changed = what_changed(release) if ran else []
    more = [f"... and {len(changed) - _MOST_CHANGES} more lines: corridor diff"] if len(changed) > _MOST_CHANGES else []
    return [
        f"Published release {release.id}." if ran else "Nothing changed.",
        *changed[:_MOST_CHANGES],
        *more,
        *lines_of(release.manifest["totals"], release.manifest["layers"]),
        *told,
    ]


def lines_of(totals: Mapping[str, Any], layers: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """Return totals, what is not assessed, what is synthetic, and warnings, a line each.

    Parameters
    ----------
    totals : mapping
        ``totals`` of the manifest.
    layers : mapping of str to mapping
        ``layers`` of the manifest: the facts of every step.
    """
    depths = ", ".join(f"{km:.1f} km at {depth} m" for depth, km in totals["dol_km"].items() if km)
    lines = [
        f"Route {totals['route_length_km']:.1f} km; target depth of lowering: {depths}.",
        _strikes(totals),
    ]
    if totals["not_assessed"]:
        lines.append(
            f"Not assessed, for want of data: {', '.join(totals['not_assessed'])}. This is not the same as no risk."
        )
    for provenance in ("synthetic", "modelled"):
        sources = {
            s["name"] for facts in layers.values() for s in facts.get("sources", ()) if s["provenance"] == provenance
        }
        if sources:
            lines.append(f"{provenance.capitalize()} sources: {', '.join(sorted(sources))}.")
    if told := _ais_rows(layers.get("ais", {}).get("rows", {})):
        lines.append(told)
    lines += [f"Note: {name}: {finding}." for name, facts in layers.items() for finding in facts.get("findings", ())]
    return lines + [f"Warning: {warning}" for warning in totals["warnings"]]


def _ais_rows(rows: Mapping[str, int]) -> str:
    """Return what became of the rows of AIS, the most first; they add up to those read."""
    fates = sorted(((count, fate) for fate, count in rows.items() if fate != "read" and count), reverse=True)
    told = ", ".join(f"{count:,} {fate.replace('_', ' ')}" for count, fate in fates)
    return f"AIS: {rows['read']:,} rows read: {told}." if told else ""


def _strikes(totals: Mapping[str, Any]) -> str:
    if totals["strike_per_yr_surface_laid"] is None:
        return "Strikes a year: not assessed."
    return (
        f"Strikes a year: {_rate(totals['strike_per_yr_surface_laid'])} surface-laid, "
        f"{_rate(totals['strike_per_yr_at_target'])} at the target depth, "
        f"{_rate(totals['strike_per_yr_as_trenchable'])} at what can be trenched; "
        f"target out of reach along {totals['deficit_km']:.1f} km."
    )


def _rate(strike_per_yr: float | None) -> str:
    return "not assessed" if strike_per_yr is None else f"{strike_per_yr:.2g}"
