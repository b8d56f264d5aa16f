"""Mobile bedforms by the moments of a survey's relief: height, wavelength, crests, and what they ask of the cable.

Of a wave z = (H/2) sin(2 pi s / L) the standard deviation of height is H / (2 sqrt 2), that of its gradient 2 pi / L
times as much (the ratio of spectral moments, Longuet-Higgins 1957), and its gradients lie on one axis, across the
crests (structure tensor). Relief that has no one axis, such as rock, is no bedform.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.config.terrain import BedformsSection
from pipeline.geo import Floats
from pipeline.seabed.moments import Moments, over_windows
from pipeline.seabed.relief_sums import HEIGHT_PER_M, ReliefSums

NONE, MEGARIPPLE, SAND_WAVE, NO_SAND_WAVE = 0.0, 1.0, 2.0, 3.0
KINDS = {NONE: "none", MEGARIPPLE: "megaripple", SAND_WAVE: "sand_wave", NO_SAND_WAVE: "no_sand_wave"}
"""Codes in ``bedforms.tif`` and what they are called."""
BANDS = ("bedform", "bedform_height_m", "bedform_wavelength_m", "bedform_crest_deg", "mobility_allowance_m")
"""Bands of ``bedforms.tif``, in the order of the fields of ``Bedforms``."""

# White noise of unit variance has these variances in the gradients by Horn's weights (both axes, a pixel of 1 m) and in
# the position index: sums of the squares of their weights.
_NOISE_IN_GRADIENT, _NOISE_IN_INDEX = 0.375, 1.125
_ROUNDS = 30


@dataclass(frozen=True, eq=False)
class Bedforms:
    """Bedforms in analysis cells; arrays of one shape.

    Attributes
    ----------
    kind : ndarray
        Code of ``KINDS``; NaN where the survey does not tell.
    height_m, wavelength_m, crest_deg : ndarray
        Trough to crest; crest to crest; azimuth of the crests from grid north, 0 to 180. NaN where there is none.
    mobility_allowance_m : ndarray
        To be added to the required depth: 0 where there is no bedform, NaN where it is not known: also where the
        survey shows no sand wave and is too coarse for megaripples.
    """

    kind: Floats
    height_m: Floats
    wavelength_m: Floats
    crest_deg: Floats
    mobility_allowance_m: Floats


@dataclass(frozen=True, eq=False)
class Waves:
    """What the relief of windows would be if it were one train of waves; arrays of one shape."""

    height_m: Floats
    wavelength_m: Floats
    crest_deg: Floats
    coherence: Floats


def find_bedforms(
    cells: ReliefSums,
    section: BedformsSection,
    *,
    cell_m: float,
    pixel_m: float,
    coverage: float,
    pixel_area_m2: float | None = None,
) -> Bedforms:
    """Find bedforms in analysis cells, each in the smallest window that holds enough waves.

    Parameters
    ----------
    cells : ReliefSums
        Of one survey.
    section : BedformsSection
        What counts as a bedform.
    cell_m, pixel_m : float
        Side of an analysis cell and longer side of a pixel of the survey, metres.
    coverage : float
        Share of a window that pixels must cover for anything to be known.
    pixel_area_m2 : float, optional
        What a pixel covers; a square without it.

    Returns
    -------
    Bedforms
        Of the box of the cells.
    """
    shape = cells.sums.shape[:2]
    kind, height, wavelength, crest, allowance = (np.full(shape, np.nan) for _ in range(5))
    told = np.zeros(shape, bool)
    area_m2 = pixel_m**2 if pixel_area_m2 is None else pixel_area_m2
    unseen = _without_a_bedform(section, pixel_m)
    for side in sorted(section.window_cells):
        window = Moments.in_windows(cells, side, cell_m)
        waves = waves_in(window, pixel_m)
        enough = window.pixels >= coverage * (side * cell_m) ** 2 / area_m2
        told |= enough
        # What heights are rounded to: on a slope such steps look like waves.
        step_m = over_windows(cells.steps, side, np.gcd) / HEIGHT_PER_M
        found = enough & np.isnan(kind) & _is_bedform(waves, section, side * cell_m, pixel_m, step_m)
        sand_wave = waves.wavelength_m >= section.sand_wave_from_m
        of_ripple = section.megaripple_height_share * waves.height_m + section.megaripple_scour_m
        kind[found] = np.where(sand_wave, SAND_WAVE, MEGARIPPLE)[found]
        height[found], wavelength[found] = waves.height_m[found], waves.wavelength_m[found]
        crest[found] = waves.crest_deg[found]
        # A sand wave moves on: what counts is the bed above the level of its troughs (the reference seabed). Where on
        # the wave a station lies is not known: on a crest it stands all of the height above them.
        allowance[found] = np.where(sand_wave, waves.height_m, of_ripple)[found]
    kind[told & np.isnan(kind)] = unseen
    allowance[kind == NONE] = 0.0
    return Bedforms(kind, height, wavelength, crest, allowance)


def _without_a_bedform(section: BedformsSection, pixel_m: float) -> float:
    """Return what a survey may say where it shows no bedform: only what its pixels could have shown is absent."""
    shortest_m = section.pixels_per_wave * pixel_m
    if shortest_m <= section.megaripple_from_m:
        return NONE
    return NO_SAND_WAVE if shortest_m <= section.sand_wave_from_m else np.nan


def waves_in(window: Moments, pixel_m: float) -> Waves:
    """Return height, wavelength and crests of the waves that have a window's moments, white noise taken out.

    Parameters
    ----------
    window : Moments
        Of windows.
    pixel_m : float
        Side of a pixel, metres.

    Notes
    -----
    A plane is taken from the heights first. Three mean squares, of heights, gradients and position index, hold the
    wave's and the noise's variance and the wavelength; what differences over a pixel keep of a wave is allowed for.
    """
    east, north = _plane(window)
    relief = window.covariance("z", "z") - east * window.covariance("u", "z") - north * window.covariance("v", "z")
    gxx, gxy, gyy = (window.covariance(*pair) for pair in (("gx", "gx"), ("gx", "gy"), ("gy", "gy")))
    with np.errstate(invalid="ignore", divide="ignore"):
        wave, noise, number = _without_noise(relief, gxx + gyy, window.mean_square("index_2"), pixel_m)
        one_axis = np.hypot(gxx - gyy, 2.0 * gxy)
        coherence = one_axis / (gxx + gyy - _NOISE_IN_GRADIENT * noise / pixel_m**2)
        axis = 0.5 * np.degrees(np.arctan2(2.0 * gxy, gxx - gyy))
        height, wavelength = 2.0 * np.sqrt(2.0 * wave), 2.0 * np.pi / number
    return Waves(height, wavelength, np.mod(180.0 - axis, 180.0), coherence)


def _plane(window: Moments) -> tuple[Floats, Floats]:
    """Return the slope of the plane through a window, east and north."""
    uu, uv, vv = (window.covariance(*pair) for pair in (("u", "u"), ("u", "v"), ("v", "v")))
    uz, vz = window.covariance("u", "z"), window.covariance("v", "z")
    with np.errstate(invalid="ignore", divide="ignore"):
        spread = uu * vv - uv * uv
        spread = np.where(spread > 0.0, spread, np.nan)
        return (uz * vv - vz * uv) / spread, (vz * uu - uz * uv) / spread


def _without_noise(relief: Floats, gradient: Floats, index: Floats, pixel_m: float) -> tuple[Floats, Floats, Floats]:
    """Return variance of the wave, variance of white noise, and wave number (1/m) from three mean squares."""
    noise = np.zeros_like(relief)
    for _ in range(_ROUNDS):
        wave = np.maximum(relief - noise, 0.0)
        rise = np.maximum(gradient - _NOISE_IN_GRADIENT * noise / pixel_m**2, 0.0) / np.where(wave > 0.0, wave, np.nan)
        turn = np.arcsin(np.minimum(np.sqrt(rise) * pixel_m, 1.0))  # radians of the wave in a pixel
        kept = 0.75 * (1.0 - np.cos(turn))  # of the wave's height in the position index
        noise = np.where(np.isnan(turn), noise, np.maximum(index - wave * kept**2, 0.0) / _NOISE_IN_INDEX)
    return wave, noise, turn / pixel_m


def _is_bedform(
    waves: Waves, section: BedformsSection, window_m: float, pixel_m: float, step_m: Floats
) -> NDArray[np.bool_]:
    def within(values: Floats, limits: tuple[float, float]) -> NDArray[np.bool_]:
        return np.asarray((values >= limits[0]) & (values <= limits[1]))

    length = waves.wavelength_m
    return np.asarray(
        within(waves.height_m, section.height_m)
        & (waves.height_m >= section.height_in_steps * step_m)
        & within(length, section.wavelength_m)
        & within(waves.height_m / length, section.steepness)
        & (waves.coherence >= section.coherence)
        & (length * section.waves_in_window <= window_m)
        & (length >= section.pixels_per_wave * pixel_m)
    )
