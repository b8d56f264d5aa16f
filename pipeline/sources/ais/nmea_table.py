"""AIS in raw NMEA as a table of the database, like those of the other containers."""

from __future__ import annotations

from pathlib import Path

from pipeline.config.ais import AisSection
from pipeline.sources.ais.nmea import decode
from pipeline.sources.ais.table import HELD, Table, one_file, quoted
from pipeline.sources.unpacking import Bounds
from pipeline.workspace import SourceFiles

_COLUMNS = {
    "mmsi": "mmsi", "time_us": "time_us", "lat": "lat", "lon": "lon", "sog": "sog_kn", "heading": "heading_deg",
    "draught": "draught_m", "status": "status", "imo": "imo", "vessel_type": "vessel_type", "length": "length_m",
    "beam": "beam_m", "name": "name", "mobile": "kind",
}  # fmt: skip


def load_nmea(path: Path, source: SourceFiles, section: AisSection, scratch: Path) -> Table:
    """Decode a file of sentences.

    Parameters
    ----------
    path : Path
        The file.
    source : SourceFiles
        Its source: how much a packed file may unpack to.
    section : AisSection
        How much of it may be damaged.
    scratch : Path
        The folder that holds what it decodes to.

    Raises
    ------
    DataError
        If it cannot be used, see ``nmea.decode``.
    """
    made = scratch / "nmea.parquet"
    done = decode(path, made, section, Bounds.of(source.section))
    select = ", ".join(f"{_COLUMNS.get(name, f'CAST(NULL AS {kind})')} AS {name}" for name, kind in HELD.items())
    return Table(
        f"(SELECT {select} FROM read_parquet({quoted(one_file(made))}))",
        frozenset({"name", "mobile"}),
        frozenset(_COLUMNS) - {"time_us"} | {"time"},
        particulars_only="mobile = 'static'",
        beside={"other_message": done.other, "damaged_message": done.damaged},
        findings=(done.finding,) if done.finding else (),
    )
