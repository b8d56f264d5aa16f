"""The route position list with burial and protection: the route's own positions, and one where each zone begins."""

from __future__ import annotations

import numpy as np
import pandas as pd

from pipeline.geo import WGS84, Floats, Route

COLUMNS = (
    "pos_no", "event", "lat_dm", "lon_dm", "lat", "lon", "kp_km", "span_km", "bearing_deg", "slack_pct",
    "cable_span_km", "cable_km", "cable_type", "cable_type_given", "water_depth_m", "target_dol_m",
    "achievable_dol_m", "deficit_m", "protection", "burial_method", "zone_id",
)  # fmt: skip
_SAME_PLACE_KM = 5e-4


def position_list(route: Route, given: pd.DataFrame, stations: pd.DataFrame, zones: pd.DataFrame) -> pd.DataFrame:
    """Return the route position list (METHODS 5.1).

    Parameters
    ----------
    route : Route
        The route.
    given : DataFrame
        The route file's positions: ``kp_km lon lat event cable_type slack_pct``; slack and cable type are those of the
        span that ends at a position.
    stations, zones : DataFrame
        From the burial step.

    Returns
    -------
    DataFrame
        ``COLUMNS``. What belongs to a span stands at its end; the first row has none. A zone that begins within half a
        metre of a position is marked there.
    """
    rows = _with_zone_starts(route, given, zones)
    kp = rows["kp_km"].to_numpy(float)
    azimuth, _, distance_m = WGS84.inv(
        rows["lon"].to_numpy()[:-1], rows["lat"].to_numpy()[:-1], rows["lon"].to_numpy()[1:], rows["lat"].to_numpy()[1:]
    )
    rows["span_km"] = np.concatenate([[np.nan], np.asarray(distance_m) / 1000.0])
    rows["bearing_deg"] = np.concatenate([[np.nan], np.asarray(azimuth) % 360.0])
    rows["cable_span_km"] = rows["span_km"] * (1.0 + rows["slack_pct"] / 100.0)
    rows["cable_km"] = np.concatenate([[0.0], np.cumsum(rows["cable_span_km"].to_numpy(float)[1:])])
    nearest = np.abs(stations["kp_km"].to_numpy(float)[None, :] - kp[:, None]).argmin(axis=1)
    rows["water_depth_m"] = stations["water_depth_m"].to_numpy(float)[nearest]
    middle = np.concatenate([[kp[0]], (kp[1:] + kp[:-1]) / 2.0])
    at = np.clip(np.searchsorted(zones["kp_from_km"].to_numpy(float), middle, side="right") - 1, 0, len(zones) - 1)
    for name in ("target_dol_m", "achievable_dol_m", "deficit_m", "protection", "cable_type", "zone_id"):
        rows[name] = zones[name].to_numpy()[at]
    tools = {number: _tools(part) for number, part in stations.groupby("zone_id")}
    trenched = rows["protection"].isin(("burial", "deeper_tool", "armour")) & (rows["target_dol_m"] > 0)
    rows["burial_method"] = [
        tools.get(number, "") if by_tool else "" for number, by_tool in zip(rows["zone_id"], trenched, strict=True)
    ]
    span = ["target_dol_m", "achievable_dol_m", "deficit_m", "slack_pct"]
    rows.loc[0, span] = np.nan
    rows.loc[0, ["protection", "cable_type", "cable_type_given", "burial_method"]] = ""
    rows["pos_no"] = np.arange(1, len(rows) + 1)
    rows["lat_dm"] = degrees_minutes(rows["lat"].to_numpy(float), "NS")
    rows["lon_dm"] = degrees_minutes(rows["lon"].to_numpy(float), "EW")
    return rows[list(COLUMNS)]


def degrees_minutes(degrees: Floats, hemispheres: str) -> list[str]:
    """Return coordinates as ``40 35.3820 N``: whole degrees and decimal minutes to four places (about 0.2 m)."""
    texts = []
    for value in degrees.tolist():
        ten_thousandths = round(abs(value) * 600_000)
        whole, rest = divmod(ten_thousandths, 600_000)
        texts.append(f"{whole} {rest // 10_000:02d}.{rest % 10_000:04d} {hemispheres[0 if value >= 0 else 1]}")
    return texts


def _with_zone_starts(route: Route, given: pd.DataFrame, zones: pd.DataFrame) -> pd.DataFrame:
    own = given.rename(columns={"cable_type": "cable_type_given"}).copy()
    own = own[["kp_km", "lon", "lat", "event", "cable_type_given", "slack_pct"]].reset_index(drop=True)
    own[["event", "cable_type_given"]] = own[["event", "cable_type_given"]].fillna("").astype(str)
    own["slack_pct"] = own["slack_pct"].astype(float)
    default = ["Start", *["A/C"] * (len(own) - 2), "End"]
    events = [event or word for event, word in zip(own["event"], default, strict=True)]
    kp = own["kp_km"].to_numpy(float)
    added = []
    for number, start in zip(zones["zone_id"], zones["kp_from_km"], strict=True):
        nearest = int(np.abs(kp - start).argmin())
        if abs(kp[nearest] - start) <= _SAME_PLACE_KM:
            events[nearest] += f"; BZ {number}"
            continue
        lon, lat = route.lonlat(np.array([start]))
        span = own.iloc[int(np.searchsorted(kp, start))]  # the span that it lies in ends at this position
        added.append(
            {
                "kp_km": start, "lon": lon[0], "lat": lat[0], "event": f"BZ {number}",
                "cable_type_given": span["cable_type_given"], "slack_pct": span["slack_pct"],
            }
        )  # fmt: skip
    own["event"] = events
    rows = pd.concat([own, pd.DataFrame(added, columns=own.columns).astype(own.dtypes.to_dict())])
    return rows.sort_values("kp_km", kind="stable", ignore_index=True)


def _tools(part: pd.DataFrame) -> str:
    km = part.loc[part["tool"] != "", "length_km"].groupby(part["tool"]).sum()
    ordered = sorted(km.items(), key=lambda item: (-float(item[1]), str(item[0])))
    return ", ".join(str(name) for name, _ in ordered)
