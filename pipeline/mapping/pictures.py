"""Rasters as pictures inside the page, warped to the map's own projection (Leaflet only stretches)."""

from __future__ import annotations

import base64
import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import rasterio
from numpy.typing import NDArray
from PIL import Image
from rasterio.warp import Resampling, calculate_default_transform, reproject, transform_bounds
from scipy.ndimage import gaussian_filter

from pipeline.mapping.ramps import rgb

Floats = NDArray[np.float64]
Bytes = NDArray[np.uint8]

MERCATOR = "EPSG:3857"

_LIGHT_AZIMUTH_DEG, _LIGHT_HEIGHT_DEG = 315.0, 45.0
_SMOOTHING_PX = 3.0
"""Shading of a coarse grid shows its facets; the shading alone, not the tints, is taken from a smoothed surface."""
_SHADE_STRENGTH = 0.45
"""How far light and shadow move a tint: enough to see relief, too little to be taken for another depth."""
_EDGE_FADE = 0.12
"""Share of the picture's short side over which it fades into the paper: where our depths end, not the sea."""


@dataclass(frozen=True)
class Picture:
    """A picture placed on the map.

    Attributes
    ----------
    uri : str
        ``data:image/png;base64,...``.
    bounds : list[list[float]]
        ``[[south, west], [north, east]]``, degrees; the picture's rows are even steps of Mercator's y between them.
    """

    uri: str
    bounds: list[list[float]]


@dataclass(frozen=True, eq=False)
class Warped:
    """A raster in Web Mercator.

    Attributes
    ----------
    values : ndarray, shape (rows, cols)
        NaN where there is nothing.
    bounds : list[list[float]]
        As in ``Picture``.
    pixel_m : float
        Size of a pixel on the ground at the middle of the picture, metres.
    """

    values: Floats
    bounds: list[list[float]]
    pixel_m: float


def warp(path: Path, *, max_px: int, band: int = 1, categorical: bool = False, smooth: bool = False) -> Warped:
    """Read a band and warp it to Web Mercator, its longest side no more than ``max_px`` pixels.

    ``smooth`` draws a coarse surface without facets; it may overshoot and is for display only.
    """
    values, transform, crs = read_band(path, band)
    return warp_values(values, transform, crs, max_px=max_px, categorical=categorical, smooth=smooth)


def read_band(path: Path, band: int = 1) -> tuple[Floats, Any, Any]:
    """Return a band with NaN where there is nothing, the affine transform of its pixels, and its CRS."""
    with rasterio.open(path) as source:
        values = source.read(band).astype(np.float64)
        if source.nodata is not None:
            values[values == float(np.asarray(source.nodata, source.dtypes[band - 1]))] = np.nan
        return values, source.transform, source.crs


def warp_values(
    values: Floats, transform: Any, crs: Any, *, max_px: int, categorical: bool = False, smooth: bool = False
) -> Warped:
    """Warp what ``read_band`` returns, as ``warp`` does."""
    rows, cols = values.shape
    edges = rasterio.transform.array_bounds(rows, cols, transform)
    target, width, height = calculate_default_transform(crs, MERCATOR, cols, rows, *edges)
    shrink = max(width, height) / max_px
    if shrink > 1.0 or not categorical:
        width, height = max(1, round(width / shrink)), max(1, round(height / shrink))
        target, width, height = calculate_default_transform(
            crs, MERCATOR, cols, rows, *edges, dst_width=width, dst_height=height
        )
    between = Resampling.cubic_spline if smooth else Resampling.bilinear
    out = np.full((height, width), np.nan)
    reproject(
        values, out, src_transform=transform, src_crs=crs, src_nodata=np.nan, dst_transform=target,
        dst_crs=MERCATOR, dst_nodata=np.nan, resampling=Resampling.nearest if categorical else between,
    )  # fmt: skip
    west, north = target.c, target.f
    east, south = west + width * target.a, north + height * target.e
    lon_w, lat_s, lon_e, lat_n = transform_bounds(MERCATOR, "EPSG:4326", west, south, east, north)
    ground = abs(target.a) * float(np.cos(np.radians((lat_s + lat_n) / 2.0)))
    return Warped(out, [[round(lat_s, 7), round(lon_w, 7)], [round(lat_n, 7), round(lon_e, 7)]], ground)


def shade(depth_m: Floats, pixel_m: float, exaggeration: float) -> Floats:
    """Return the light on a seabed lit from the north-west, 0 to 1; a level bed has the sine of the light's height.

    Parameters
    ----------
    depth_m : ndarray, shape (rows, cols)
        Water depth, positive down, without gaps.
    pixel_m : float
        Pixel size, metres.
    exaggeration : float
        Factor on heights.
    """
    d_row, d_col = np.gradient(gaussian_filter(-depth_m, _SMOOTHING_PX) * exaggeration, pixel_m)
    azimuth, height = np.radians(_LIGHT_AZIMUTH_DEG), np.radians(_LIGHT_HEIGHT_DEG)
    # The surface normal is (-dz/dx, -dz/dy, 1); y rises northward while rows run southward.
    light = (np.sin(azimuth) * np.cos(height), np.cos(azimuth) * np.cos(height), np.sin(height))
    facing = -d_col * light[0] + d_row * light[1] + light[2]
    return np.asarray(np.clip(facing / np.sqrt(d_col**2 + d_row**2 + 1.0), 0.0, 1.0))


def seabed_picture(warped: Warped, breaks_m: Sequence[float], colours: Sequence[str], exaggeration: float) -> Picture:
    """Return tinted depth with shaded relief, a fine line along each limit of tints, and edges that fade out."""
    known = np.isfinite(warped.values)
    depth = np.where(known, np.maximum(warped.values, 0.0), 0.0)
    tint = np.digitize(depth, breaks_m)
    palette = np.array([rgb(colour) for colour in colours], float)
    image = palette[tint]
    light = shade(depth, warped.pixel_m, exaggeration) - np.sin(np.radians(_LIGHT_HEIGHT_DEG))
    image *= (1.0 + _SHADE_STRENGTH * light)[..., None]
    edge = np.zeros(tint.shape, bool)
    edge[:-1] |= tint[:-1] != tint[1:]
    edge[:, :-1] |= tint[:, :-1] != tint[:, 1:]
    image[edge] *= 0.86
    alpha = np.where(known, 255.0 * _fade(tint.shape), 0.0)
    rgba = np.concatenate([np.clip(image, 0, 255), alpha[..., None]], axis=2).round().astype(np.uint8)
    return Picture(_png(Image.fromarray(rgba, "RGBA")), warped.bounds)


def _fade(shape: tuple[int, ...]) -> Floats:
    reach = max(1.0, _EDGE_FADE * min(shape))
    steps = [np.minimum(np.arange(n) + 0.5, n - np.arange(n) - 0.5) for n in shape]
    ramps = [np.clip(step / reach, 0.0, 1.0) for step in steps]
    product = np.outer(ramps[0], ramps[1])
    return np.asarray(product * product * (3.0 - 2.0 * product))


def coded_picture(warped: Warped, colours: dict[int, str]) -> Picture:
    """Return class codes in their colours; transparent where there is no code or no colour for it."""
    index = np.zeros(warped.values.shape, np.uint8)
    for place, code in enumerate(colours, start=1):
        index[warped.values == code] = place
    return indexed_picture(index, list(colours.values()), warped.bounds)


def indexed_picture(index: Bytes, colours: Sequence[str], bounds: list[list[float]]) -> Picture:
    """Return a picture of few colours: 0 is nothing, 1 the first of them."""
    image = Image.fromarray(index, "L").convert("L")
    image = Image.frombytes("P", image.size, image.tobytes())
    image.putpalette([part for colour in ("#ffffff", *colours) for part in rgb(colour)])
    return Picture(_png(image, transparency=0), bounds)


def _png(image: Image.Image, **options: Any) -> str:
    buffer = io.BytesIO()
    image.save(buffer, "PNG", optimize=True, **options)
    return "data:image/png;base64," + base64.b64encode(buffer.getvalue()).decode("ascii")
