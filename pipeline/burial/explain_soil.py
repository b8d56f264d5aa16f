"""The soil at one place in words: where it comes from, how sure it is, its strength, layers and penetration factor."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from pipeline.config import Config
from pipeline.hazards.shipping.penetration import penetration_factor

Line = tuple[str, str]
_STRENGTHS = (("su", "su", "kpa", "kPa"), ("Dr", "dr", "pct", "%"))


def soil_lines(at: pd.Series, layers: pd.DataFrame, config: Config) -> list[Line]:
    """Return what is known of the soil at a station.

    Parameters
    ----------
    at : Series
        Its row of the burial step's stations.
    layers : DataFrame
        Its rows of ``soil_layers.parquet``, from the seabed down.
    config : Config
        Sections soil and shipping.
    """
    source = f"{at['soil_source'] or 'no source'} ({at['soil_provenance'] or '-'})"
    lines = [("soil", f"{at['soil_class']} from {source}, {_kind(at)}")]
    if at["soil_boundary"]:
        lines.append(
            ("near a line between soils", f"{at['soil_boundary']} may be meant too: the one penetrated deepest counts "
             "for anchors, the one hardest to trench for tools")
        )  # fmt: skip
    lines.append(("strength of the top metre", _strength(at)))
    lines += [(f"{row['top_m']:.2f} to {row['bottom_m']:.2f} m", _layer(row)) for row in layers.to_dict("records")]
    lines.append(("penetration factor f", _factor(at, config)))
    return lines


def _kind(at: pd.Series) -> str:
    if at["soil_kind"] in ("cpt", "grab"):
        what = "profile" if at["soil_kind"] == "cpt" else "grab sample"
        return (
            f"{what} {at['soil_sample']}, {at['soil_sample_m']:.0f} m away, confidence {at['soil_confidence'] or '-'}"
        )
    return f"{at['soil_kind']}, confidence {at['soil_confidence'] or '-'}"


def _strength(at: pd.Series) -> str:
    parts = []
    for name, key, unit, shown in _STRENGTHS:
        values = [at[f"{key}_p{percentile}_{unit}"] for percentile in (10, 50, 90)]
        if not np.isnan(values[1]):
            parts.append(f"{name} P10/P50/P90 {'/'.join(f'{value:.3g}' for value in values)} {shown}")
    whence = "measured; the spread widens with distance to the class's" if at["soil_kind"] == "cpt" else "of the class"
    return f"{'; '.join(parts)} ({whence})" if parts else "- (this soil has none, or is unknown)"


def _layer(layer: dict[Any, Any]) -> str:
    parts = [str(layer["soil_class"])]
    for name, key, unit, shown in _STRENGTHS:
        top, bottom = layer[f"{key}_p50_top_{unit}"], layer[f"{key}_p50_bottom_{unit}"]
        if not np.isnan(top):
            parts.append(f"{name} P50 {top:.3g} to {bottom:.3g} {shown}")
    return f"{', '.join(parts)} ({layer['layer_source']})"


def _factor(at: pd.Series, config: Config) -> str:
    own = config.soil.classes.get(str(at["soil_class"]))
    text = f"{number(at['penetration_f'])} fluke lengths ({config.shipping.penetration}, METHODS 1.6)"
    if own is None or np.isnan(at["penetration_f"]):
        return text
    tabulated = penetration_factor(own, config.shipping)
    if at["soil_kind"] != "cpt" and np.isclose(tabulated, at["penetration_f"]):
        return text
    low, high = config.soil.reference_fluke_m
    if config.shipping.penetration != "graded":
        return f"{text}: the binary rule takes no account of layers"
    how = f"the largest of flukes from {low:g} to {high:g} m marched through the layers"
    return f"{text}: {how}; the class alone has {tabulated:g}"


def number(value: Any, unit: str = "") -> str:
    """Return a value to four significant digits with its unit; a dash where there is none."""
    if value is None or np.isnan(value):
        return "- (not assessed, or none)"
    return f"{float(value):.4g} {unit}".strip()
