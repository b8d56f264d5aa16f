"""Soundings as they stand in a file: the same place twice, far from all others, or at odds with those around.

They may be more than memory holds, so DuckDB keeps them on disk. Every finding names lines of the file.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from tempfile import TemporaryDirectory

import duckdb
import numpy as np
import pandas as pd

from pipeline.config import Config
from pipeline.quality.exchanged import check_exchanged
from pipeline.quality.findings import Finding, Severity
from pipeline.quality.limits import Limits
from pipeline.quality.route import Stations, locate
from pipeline.sources.depths.datum import depth_line
from pipeline.sources.rasters.drivers.sounding_text import numbered_blocks
from pipeline.sources.rasters.drivers.soundings import SoundingsFile
from pipeline.workspace import SourceFiles

_MEMORY = "512MB"
_AT_ONCE = 4_000_000
"""Soundings whose medians are formed at once: unlike sums, those cannot wait on disk."""
_CELLS = 7.0
"""Soundings are compared with those in a square of this many grid cells a side."""
_LEAST = 12
_TAIL_PCT = 1.0
_SAMPLE = 1_000_000
"""Soundings that are enough to tell where the bulk of them lies."""
_SOME = 10_000
"""Soundings that are enough to tell whether their coordinates are exchanged."""
_TO_DEVIATION = 1.4826
SPARSE = "sparse_soundings"
"""Code of the finding that a grid is finer than its soundings: its empty cells are no holes."""
_AT_ODDS = """
WITH placed AS (
    SELECT *, CAST(floor(x / $across) AS BIGINT) AS col, CAST(floor(y / $down) AS BIGINT) AS row FROM soundings
), own AS (
    SELECT * FROM placed WHERE row % $pieces IN ($piece, $piece - $pieces)
), square AS (
    SELECT row, col, median(z) AS middle, mad(z) AS spread FROM own GROUP BY row, col HAVING count(*) >= $least
)
SELECT line, x, y, $factor * z + $shift AS depth, $factor * middle + $shift AS around
FROM own JOIN square USING (row, col)
WHERE abs(z - middle) >= greatest(
    $min_m, $tvu * sqrt($a * $a + pow($b * ($factor * middle + $shift), 2)), $times * spread)
"""


@dataclass(frozen=True)
class _Told:
    """Turns soundings into findings about their file."""

    source: SourceFiles
    file: SoundingsFile
    stations: Stations

    def finding(self, at: pd.DataFrame, severity: Severity, message: str, remedy: str, code: str) -> Finding:
        """Return a finding at the first of some soundings."""
        points = locate(self.stations, np.asarray(at["x"], float), np.asarray(at["y"], float), self.file.crs)
        spot = points.spot(0, inside=f"line {int(at['line'].iloc[0])}")
        name = self.source.name_of(self.file.path)
        return Finding(severity, self.source.name, name, **spot, message=message, remedy=remedy, code=code)


def check_soundings(source: SourceFiles, file: SoundingsFile, stations: Stations, config: Config) -> Iterator[Finding]:
    """Look for soundings that are double or astray.

    Parameters
    ----------
    source : SourceFiles
        Their source.
    file : SoundingsFile
        The file.
    stations : Stations
        The route, to say where they lie.
    config : Config
        What counts as astray; datum and water level.

    Raises
    ------
    DataError
        If the file cannot be read.
    """
    with TemporaryDirectory(prefix="soundings-") as folder, duckdb.connect(f"{folder}/soundings.duckdb") as held:
        held.execute(f"SET memory_limit = '{_MEMORY}'")
        held.execute("SET temp_directory = ?", [f"{folder}/spill"])
        held.execute("SET enable_progress_bar = false")
        held.execute("CREATE TABLE soundings (line BIGINT, x DOUBLE, y DOUBLE, z DOUBLE)")
        for line, x, y, z in numbered_blocks(file.path, file.layout, file.section):
            part = pd.DataFrame({"line": line, "x": x, "y": y, "z": z})
            held.register("part", part)
            held.execute("INSERT INTO soundings SELECT * FROM part")
            held.unregister("part")
        (number,) = held.execute("SELECT count(*) FROM soundings").fetchall()[0]
        told = _Told(source, file, stations)
        near_km = config.quality.exchanged_near_km
        some = held.execute("SELECT x, y FROM soundings WHERE line % ? = 0", [-(-number // _SOME)]).df()
        names = (source.name, source.name_of(file.path))
        exchanged = check_exchanged(some["x"].to_numpy(), some["y"].to_numpy(), file.crs, stations, near_km, names)
        if exchanged is not None:
            yield exchanged
        elif number:
            yield from _sparse(held, told, Limits.of(config))
            yield from _double(held, told, Limits.of(config))
            yield from _far_away(held, told, Limits.of(config), int(number))
            yield from _at_odds(held, told, config, int(number))


def _sparse(held: duckdb.DuckDBPyConnection, told: _Told, limits: Limits) -> Iterator[Finding]:
    """Tell where a grid is finer than its soundings: in half of the squares that have any, too many cells have none."""
    lattice, section = told.file.lattice, told.source.section
    in_cell, fill = held.execute(
        f"""WITH cells AS (
            SELECT CAST(floor((x - $west) / $across + 0.5) AS BIGINT) AS col,
                   CAST(floor((y - $south) / $down + 0.5) AS BIGINT) AS row, count(*) AS number
            FROM soundings GROUP BY ALL
        ), squares AS (
            SELECT sum(number) AS number, count(*) AS cells FROM cells
            GROUP BY floor(col / {_CELLS}), floor(row / {_CELLS})
        )
        SELECT median(number) / {_CELLS**2}, median(cells) / {_CELLS**2} FROM squares""",
        {"west": lattice.west, "south": lattice.south, "across": lattice.across, "down": lattice.down},
    ).fetchall()[0]
    if fill >= limits.own.soundings_fill:
        return
    spacing_m = section.grid_m / math.sqrt(in_cell)
    first = held.execute("SELECT line, x, y FROM soundings ORDER BY line LIMIT 1").df()
    yield told.finding(
        first, "warning",
        f"soundings lie about {spacing_m:.3g} m apart, so that {1.0 - fill:.0%} of the cells of {section.grid_m:g} m "
        "among them are empty",
        # Of soundings strewn evenly two percent of such cells hold none.
        f"Set grid_m = {math.ceil(2.0 * spacing_m):g} in [sources.{told.source.name}], or give the gridded survey: "
        "empty cells stay blank, and nothing is interpolated.", SPARSE,
    )  # fmt: skip


def _double(held: duckdb.DuckDBPyConnection, told: _Told, limits: Limits) -> Iterator[Finding]:
    held.execute(
        "CREATE TEMP TABLE double AS SELECT min(line) AS line, x, y, max(z) - min(z) AS spread, count(*) AS number, "
        "max(line) AS other FROM soundings GROUP BY x, y HAVING count(*) > 1"
    )
    least_m = limits.own.spike_min_m
    extra, differing = held.execute(
        "SELECT coalesce(sum(number - 1), 0), count(*) FILTER (spread >= ?) FROM double", [least_m]
    ).fetchall()[0]
    if not extra:
        return
    worst = held.execute(
        "SELECT line, x, y, spread, other FROM double ORDER BY spread DESC, line LIMIT ?", [limits.own.places_named]
    ).df()
    message = f"{_soundings(extra)} at a place that another one has"
    if differing:
        message += f", and at {int(differing):,} such places they differ by {least_m:g} m or more"
    yield told.finding(
        worst, "warning" if differing else "note", f"{message}: " + "; ".join(
            f"lines {line} and {other}{f', {spread:.1f} m apart' if spread else ''}"
            for line, other, spread in worst[["line", "other", "spread"]].itertuples(index=False)
        ), "Keep one of each; where they differ, see which is right. A grid takes their mean.", "double_sounding",
    )  # fmt: skip


def _far_away(held: duckdb.DuckDBPyConnection, told: _Told, limits: Limits, number: int) -> Iterator[Finding]:
    """Tell which soundings lie farther from the bulk of the others than that is wide."""
    bulk = held.execute(
        f"SELECT quantile_cont(x, {_TAIL_PCT / 100}), quantile_cont(x, {1 - _TAIL_PCT / 100}), "
        f"quantile_cont(y, {_TAIL_PCT / 100}), quantile_cont(y, {1 - _TAIL_PCT / 100}) "
        "FROM soundings WHERE line % ? = 0",
        [-(-number // _SAMPLE)],
    ).fetchall()[0]
    west, east, south, north = (float(edge) for edge in bulk)
    wide, tall = (
        max(east - west, _CELLS * told.file.lattice.across),
        max(north - south, _CELLS * told.file.lattice.down),
    )
    box = [west - wide, east + wide, south - tall, north + tall]
    outside = "FROM soundings WHERE NOT (x BETWEEN ? AND ? AND y BETWEEN ? AND ?)"
    (far,) = held.execute(f"SELECT count(*) {outside}", box).fetchall()[0]
    if not far:
        return
    first = held.execute(f"SELECT line, x, y {outside} ORDER BY line LIMIT {limits.own.places_named}", box).df()
    lines = ", ".join(str(line) for line in first["line"])
    yield told.finding(
        first, "warning", f"{_soundings(far)} far outside the survey (line {lines})",
        "Take them out, or mend their coordinates; left in, they stretch the grid.", "stray_position",
    )  # fmt: skip


def _at_odds(held: duckdb.DuckDBPyConnection, told: _Told, config: Config, number: int) -> Iterator[Finding]:
    """Tell which soundings differ from the median of those in their square, by the limits for spikes."""
    limits = Limits.of(config)
    factor, shift = depth_line(told.source.section, config.water)
    across, down = _CELLS * told.file.lattice.across, _CELLS * told.file.lattice.down
    pieces = -(-number // _AT_ONCE)
    odd = pd.concat(
        held.execute(
            _AT_ODDS,
            {
                "across": across, "down": down, "pieces": pieces, "piece": piece, "least": _LEAST,
                "factor": factor, "shift": shift, "min_m": limits.own.spike_min_m, "tvu": limits.own.spike_tvu,
                "a": limits.survey.a_m, "b": limits.survey.b, "times": limits.own.spike_spread * _TO_DEVIATION,
            },
        ).df()
        for piece in range(pieces)
    )  # fmt: skip
    if odd.empty:
        return
    odd["off"] = (odd["depth"] - odd["around"]).abs()
    worst = odd.sort_values(["off", "line"], ascending=[False, True]).head(limits.own.places_named)
    lines = "; ".join(
        f"line {line}: {depth:.1f} m amid {around:.1f} m"
        for line, depth, around in worst[["line", "depth", "around"]].itertuples(index=False)
    )
    yield told.finding(
        worst, "warning", f"{_soundings(len(odd))} at odds with those around: {lines}",
        "Clean them in the survey's own software; in a grid they weigh with the others of their cell.", "stray_depth",
    )  # fmt: skip


def _soundings(number: int) -> str:
    return "1 sounding is" if number == 1 else f"{int(number):,} soundings are"
