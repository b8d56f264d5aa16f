"""The few lines that a person reads after a build."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


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
    lines += [f"Note: {name}: {finding}." for name, facts in layers.items() for finding in facts.get("findings", ())]
    return lines + [f"Warning: {warning}" for warning in totals["warnings"]]


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
