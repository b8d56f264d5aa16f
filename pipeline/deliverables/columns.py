"""What every published column is: unit, how many digits are meant, meaning, and the step whose data it rests on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["text", "integer", "decimals", "significant"]


@dataclass(frozen=True)
class Column:
    """A published column.

    Attributes
    ----------
    unit : str
        As engineers write it; empty for text and pure numbers.
    kind : {"text", "integer", "decimals", "significant"}
        How values are written.
    digits : int
        Decimals, or significant digits.
    meaning : str
        One line for people.
    step : str
        Whose provenance the column carries; empty where it is geometry or a name.
    """

    unit: str
    kind: Kind
    digits: int
    meaning: str
    step: str = ""


def _text(meaning: str, step: str = "") -> Column:
    return Column("", "text", 0, meaning, step)


def _number(unit: str, digits: int, meaning: str, step: str = "") -> Column:
    return Column(unit, "decimals", digits, meaning, step)


def _rate(unit: str, meaning: str, step: str = "burial") -> Column:
    return Column(unit, "significant", 4, meaning, step)


def _count(meaning: str, step: str = "") -> Column:
    return Column("", "integer", 0, meaning, step)


_PERCENTILES = {10: "10th percentile", 50: "median", 90: "90th percentile"}
_ENDS = {"": "mean of the top metre", "_top": "at the top of the layer", "_bottom": "at its bottom"}
_STRENGTHS = {
    f"{kind}_p{percentile}{end}_{unit.lower()}": _number(
        "%" if unit == "pct" else unit, 1,
        f"{name}, {_PERCENTILES[percentile]}, {_ENDS[end]}", "soil",
    )
    for kind, unit, name in (("su", "kPa", "undrained shear strength"), ("dr", "pct", "relative density"))
    for percentile in _PERCENTILES
    for end in _ENDS
}  # fmt: skip

_SEASONS = {
    "djf": "December to February", "mam": "March to May", "jja": "June to August", "son": "September to November",
}  # fmt: skip

COLUMNS: dict[str, Column] = {
    "kp_km": _number("km", 3, "kilometre post: geodesic distance along the route from the western landing"),
    "lon": _number("deg", 6, "longitude, WGS84"),
    "lat": _number("deg", 6, "latitude, WGS84"),
    "water_depth_m": _number("m", 2, "water depth below the surface level, positive down", "bathymetry"),
    "slope_deg": _number("deg", 2, "steepest slope of the seabed on the analysis grid", "terrain"),
    "roughness_m": _number("m", 2, "largest height difference within the neighbouring cells", "terrain"),
    "position_index_m": _number(
        "m", 3, "height of the cell less the mean of its neighbours; positive on rises", "terrain"
    ),
    "curvature_along_per_km": _number(
        "1/km", 4, "curvature of the seabed along the cable; positive in hollows", "terrain"
    ),
    "curvature_across_per_km": _number("1/km", 4, "curvature of the seabed across the cable", "terrain"),
    "survey_slope_mean_deg": _number("deg", 2, "mean slope of the survey's own pixels in the cell", "terrain"),
    "survey_slope_max_deg": _number("deg", 2, "steepest of the survey's own pixels in the cell", "terrain"),
    "bedform": _text(
        "mobile bedform: none, megaripple, sand_wave, or no_sand_wave where pixels are too coarse for megaripples; "
        "blank where no survey tells",
        "terrain",
    ),
    "bedform_height_m": _number("m", 2, "height of the bedforms, trough to crest", "terrain"),
    "bedform_wavelength_m": _number("m", 1, "wavelength of the bedforms", "terrain"),
    "mobility_allowance_m": _number(
        "m", 2, "what mobile bedforms add to the required depth; blank where no survey tells", "terrain"
    ),
    "soil_class": _text("seabed-soil class", "soil"),
    "provenance": _text("provenance of the water depth: survey, public, modelled or synthetic", "bathymetry"),
    "confidence": _text(
        "confidence in the water depth: A survey, B regional, C global grid or synthetic", "bathymetry"
    ),
    "anchor_strike_per_km_yr": _rate("1/km/yr", "anchor strikes on a surface-laid cable", "shipping"),
    "routine_strike_per_km_yr": _rate(
        "1/km/yr", "of the anchor strikes: by ships that mean to anchor; blank where not assessed", "shipping"
    ),
    "accidental_strike_per_km_yr": _rate(
        "1/km/yr", "scenario, in no sum: strikes of anchors let go under way on a surface-laid cable", "shipping"
    ),
    "depth_m": _number("m", 2, "depth of lowering that the strikes are told for; 0 is surface-laid"),
    "anchor_strike_at_depth_per_km_yr": _rate("1/km/yr", "anchor strikes on a cable at that depth", "shipping"),
    "fishing_strike_at_depth_per_km_yr": _rate("1/km/yr", "damaging fishing contacts at that depth", "fishing"),
    "strike_at_depth_per_km_yr": _rate("1/km/yr", "anchor and fishing strikes at that depth, of what is assessed"),
    "accidental_strike_at_depth_per_km_yr": _rate(
        "1/km/yr", "scenario, in no sum: strikes of anchors let go under way at that depth", "shipping"
    ),
    "fishing_strike_per_km_yr": _rate("1/km/yr", "damaging fishing contacts on a surface-laid cable", "fishing"),
    "fishing_contacts_per_km_yr": _rate("1/km/yr", "fishing contacts with a surface-laid cable", "fishing"),
    "gear_penetration_m": _number("m", 2, "deepest penetration of the fishing gear in this soil", "fishing"),
    "passages_per_km_yr": _rate("1/km/yr", "ship passages over the cable", "shipping"),
    "pga_475yr_g": _number("g", 4, "peak ground acceleration on rock, 475-year return period", "seismic"),
    "pga_2475yr_g": _number("g", 4, "peak ground acceleration on rock, 2475-year return period", "seismic"),
    "pga_475yr_soil_g": _number("g", 4, "peak ground acceleration on the seabed soil, 475 years", "seismic"),
    "pga_2475yr_soil_g": _number("g", 4, "peak ground acceleration on the seabed soil, 2475 years", "seismic"),
    "slope_fs": _number("", 2, "factor of safety of the slope in the 475-year earthquake", "stability"),
    "slope_class": _text(
        "slope hazard: high below 1, medium 1 to 1.5, low; rock does not slide and has no factor", "stability"
    ),
    "geohazard_note": _text("what an unstable slope asks for; never depth", "stability"),
    "required_dol_p10_m": _number("m", 3, "required depth of lowering, 10th percentile", "burial"),
    "required_dol_p50_m": _number("m", 3, "required depth of lowering, median", "burial"),
    "required_dol_p90_m": _number("m", 3, "required depth of lowering, 90th percentile", "burial"),
    "required_dol_anchor_m": _number("m", 3, "required depth against anchors at the configured percentile", "shipping"),
    "required_dol_fishing_m": _number("m", 3, "required depth against fishing", "fishing"),
    "above_ladder_m": _number(
        "m", 3, "how far the required depth with allowances passes the last ladder step", "burial"
    ),
    "target_dol_m": _number("m", 2, "target depth of lowering, mean seabed to top of cable", "burial"),
    "achievable_dol_m": _number("m", 2, "depth that the best listed tool reaches in this soil", "burial"),
    "deficit_m": _number("m", 2, "target less achievable depth, where positive", "burial"),
    "surface_strike_per_km_yr": _rate("1/km/yr", "anchor and fishing strikes on a surface-laid cable"),
    "target_strike_per_km_yr": _rate("1/km/yr", "strikes that remain at the target depth"),
    "residual_strike_per_km_yr": _rate("1/km/yr", "strikes that remain at the lesser of target and achievable depth"),
    "limit_strike_per_km_yr": _rate("1/km/yr", "tolerable anchor strikes"),
    "return_period_yr": _rate(
        "yr",
        "years between strikes; blank where there are none (so that it is infinite), or where they are not assessed",
    ),
    "governing": _text("what decides the target: anchor, fishing, minimum or none", "burial"),
    "protection": _text("none, burial, deeper_tool, armour, rock, mattress or reroute", "burial"),
    "protection_mix": _text("share of the zone by protection", "burial"),
    "cable_type": _text("cable type by water depth and deficit", "burial"),
    "zone_id": _count("burial zone, numbered from 1 in KP order", "burial"),
    "penetration_f": _number("", 3, "anchor penetration in fluke lengths", "soil"),
    "tool": _text("tool that reaches the achievable depth", "burial"),
    "tool_rate": _text("its rate of progress", "burial"),
    "bpi": _number("", 2, "burial protection index at the depth laid, operational definition", "burial"),
    "station": _count("station number from 0"),
    "length_km": _number("km", 3, "length of cable"),
    "depth_source": _text("source of the water depth", "bathymetry"),
    "soil_source": _text("source of the soil class", "soil"),
    "soil_provenance": _text("provenance of the soil class", "soil"),
    "soil_kind": _text("what told the soil: cpt (profile), grab, polygon, raster or none", "soil"),
    "soil_confidence": _text(
        "confidence in the soil: A survey, B public, C other; one less near uncertain lines", "soil"
    ),
    "soil_boundary": _text("other soil classes that may be meant, near a line that may be off", "soil"),
    "soil_sample": _text("sample or profile that told the soil", "soil"),
    "soil_sample_m": _number("m", 0, "distance to that sample", "soil"),
    **_STRENGTHS,
    "top_m": _number("m", 2, "top of the layer below the seabed", "soil"),
    "bottom_m": _number("m", 2, "bottom of the layer below the seabed", "soil"),
    "layer_source": _text("measured, above or below the profile (extended), not measured (a gap), or class", "soil"),
    "shipping_provenance": _text("provenance of the anchor strikes; blank: not assessed", "shipping"),
    "fishing_provenance": _text("provenance of the fishing strikes; blank: not assessed", "fishing"),
    "seismic_provenance": _text("provenance of the ground motion; blank: not assessed", "seismic"),
    "kp_from_km": _number("km", 3, "kilometre post where the zone or stretch begins"),
    "kp_to_km": _number("km", 3, "kilometre post where the zone or stretch ends"),
    "soil": _text("share of the zone by soil class", "soil"),
    "water_depth_min_m": _number("m", 2, "least water depth", "bathymetry"),
    "water_depth_max_m": _number("m", 2, "greatest water depth", "bathymetry"),
    "surface_strike_per_yr": _rate("1/yr", "strikes on the zone's cable if surface-laid"),
    "residual_strike_per_yr": _rate("1/yr", "strikes on the zone's cable that remain at the stations' own targets"),
    "frequency_category": _count("frequency category 1 to 5 of the remaining strikes; 0 not assessed", "burial"),
    "slope_fs_min": _number("", 2, "least factor of safety of the slopes", "stability"),
    "pos_no": _count("position number"),
    "event": _text("what happens at the position; BZ marks the beginning of a burial zone"),
    "lat_dm": _text("latitude in degrees and minutes, WGS84"),
    "lon_dm": _text("longitude in degrees and minutes, WGS84"),
    "span_km": _number("km", 4, "geodesic distance from the position before"),
    "bearing_deg": _number("deg", 3, "true bearing from the position before, at its beginning"),
    "slack_pct": _number("%", 2, "bottom slack of the span that ends here, as the route file gives it"),
    "cable_span_km": _number("km", 4, "cable length of the span that ends here; blank where no slack is given"),
    "cable_km": _number("km", 4, "cable length from the first position; blank where a slack is missing"),
    "cable_type_given": _text("cable type of the span as the route file gives it"),
    "burial_method": _text("tools of the span's zone, as named by soil", "burial"),
    "dwt_class": _text("deadweight class of the ship, t", "shipping"),
    "speed_kn": _number("kn", 1, "speed over ground at the crossing", "shipping"),
    "angle_deg": _number("deg", 1, "angle between track and cable: 0 along, 90 across", "shipping"),
    "course_deg": _number("deg", 1, "true course over ground at the crossing", "ais"),
    "heading_deg": _number("deg", 1, "true heading of the nearer report that has one; blank: none has", "ais"),
    "draught_m": _number("m", 1, "the last draught that the ship reported; blank: she reports none", "ais"),
    "season": _text("DJF (December to February), MAM, JJA or SON", "ais"),
    "passages": _count("passages of the cable in the section, in all of the period", "ais"),
    "passages_per_yr": _rate("1/yr", "passages of the cable in the section, per year", "ais"),
    "speed_mean_kn": _number("kn", 1, "mean speed over ground at the crossings", "ais"),
    "to_right_per_yr": _rate(
        "1/yr", "of them towards the right of one who looks along rising kilometre posts; blank: no course known", "ais"
    ),
    "to_left_per_yr": _rate("1/yr", "of them towards the left; blank: no course known", "ais"),
    **{
        f"{name}_{way}_deg": _number(
            "deg", 1, f"mean true {name} (circular) of those towards the {way}; blank: none known", "ais"
        )
        for name in ("course", "heading")
        for way in ("right", "left")
    },
    "draught_mean_m": _number("m", 1, "mean of the draughts that ships report; blank: none does", "ais"),
    "draught_max_m": _number("m", 1, "greatest of the draughts that ships report", "ais"),
    **{
        f"{name}_per_yr": _rate("1/yr", f"passages in {months}; blank where the data cover less than a year", "ais")
        for name, months in _SEASONS.items()
    },
    "anchorage": _count("anchorage, numbered from 0 in KP order", "ais"),
    "offset_m": _number("m", 0, "distance from the route of the stop nearest to it; positive to the right", "ais"),
    "area_km2": _number("km2", 2, "area within the buffer around the places of the stops", "ais"),
    "ship_hours_per_yr": _rate("h/yr", "hours that ships lie there, per year", "ais"),
    "stops_per_yr": _rate("1/yr", "times that a ship anchors there, per year", "ais"),
    "ships": _count("different ships that anchored there, in all of the period", "ais"),
    "dwt_class_mostly": _text("deadweight class with most of the hours, t", "ais"),
    "dwt_class_largest": _text("largest deadweight class that anchored there, t", "ais"),
    "source": _text("the better of two depth sources that overlap", "bathymetry"),
    "file": _text("its file, where two files of one source are compared (the first by name)", "bathymetry"),
    "other_source": _text("the other depth source", "bathymetry"),
    "other_file": _text("its file, where two files of one source are compared", "bathymetry"),
    "measured_on": _text("where both are compared: cells of the swath, or stations", "bathymetry"),
    "places": _count("cells or stations in common", "bathymetry"),
    "bias_m": _number("m", 3, "median of the depths of the one less those of the other", "bathymetry"),
    "mean_difference_m": _number("m", 3, "mean of the same differences", "bathymetry"),
    "rms_m": _number("m", 3, "root mean square of the differences", "bathymetry"),
    "rms_about_bias_m": _number("m", 3, "root mean square of the differences less the bias", "bathymetry"),
    "p95_m": _number("m", 3, "95 percent differ by no more than this", "bathymetry"),
    "allowed_m": _number(
        "m", 3, "what they may differ by: root of both squared uncertainties at 95 percent, median", "bathymetry"
    ),
    "within_pct": _number("%", 1, "share of the places where they differ by no more than is allowed", "bathymetry"),
    "agreement": _text("within, beyond (fewer than 95 percent are), or blank for too few places", "bathymetry"),
}
