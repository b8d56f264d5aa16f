"""AIS tables of every layout with the same reports in them, and what reading one gives."""

from __future__ import annotations

import glob
import gzip
import io
import shutil
import zipfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa

from pipeline.config import Config
from pipeline.config.corridor import SourceSection
from pipeline.sources.ais.near_part import NO_STATUS, RECORD, near_parts
from pipeline.store.step import Facts, StepContext
from pipeline.workspace import SourceFiles
from tests.blocks import run_in_blocks
from tests.hazards.shipping_builders import READING, straight_frame

REPORTS = pd.DataFrame(
    {
        "mmsi": [219000001, 219000001, 273000002, 273000002],
        "time": pd.to_datetime(
            ["2025-02-03T04:05:06", "2025-02-03T04:10:06", "2025-12-31T23:59:59", "2025-03-04T00:00:00"]
        ),
        "lat": [42.05, 42.06, 42.1, 42.11], "lon": [51.0, 51.001, 50.99, 50.98], "sog": [10.1, 102.3, 0.0, 3.5],
        "heading": [90.0, 511.0, 359.0, 0.0], "status": [0, 1, 5, 15], "draught": [4.5, 4.5, 0.0, 7.2],
        "imo": [9123456, 9123456, 0, 0], "type": [70, 70, 80, 80], "length": [120, 120, 0, 0],
        "beam": [16, 16, 0, 0], "name": ["ANNA", "ANNA", "", ""],
    }
)  # fmt: skip
"""Two ships near the straight corridor."""
NEAR = pd.DataFrame(
    {
        "mmsi": REPORTS["mmsi"].astype("int32"), "time_us": REPORTS["time"].astype("datetime64[us]").astype("int64"),
        "lon": REPORTS["lon"], "lat": REPORTS["lat"], "sog_kn": np.array([10.1, np.nan, 0.0, 3.5], "float32"),
        "heading_deg": np.array([90.0, np.nan, 359.0, 0.0], "float32"),
        "draught_m": np.array([4.5, 4.5, np.nan, 7.2], "float32"), "status": [0.0, 1.0, 5.0, np.nan],
    }
)  # fmt: skip
"""What is read of them."""
_STATES = {0: "Under way using engine", 1: "At anchor", 5: "Moored", 15: "Unknown value"}


def marinecadastre() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "MMSI": REPORTS["mmsi"], "BaseDateTime": REPORTS["time"].dt.strftime("%Y-%m-%dT%H:%M:%S"),
            "LAT": REPORTS["lat"], "LON": REPORTS["lon"], "SOG": REPORTS["sog"], "COG": 0.0,
            "Heading": REPORTS["heading"], "VesselName": REPORTS["name"],
            "IMO": [f"IMO{one}" if one else "" for one in REPORTS["imo"]], "CallSign": "",
            "VesselType": REPORTS["type"], "Status": REPORTS["status"], "Length": REPORTS["length"],
            "Width": REPORTS["beam"], "Draft": REPORTS["draught"], "Cargo": 70, "TransceiverClass": "A",
        }
    )  # fmt: skip


def danish() -> pd.DataFrame:
    length, beam = REPORTS["length"], REPORTS["beam"]
    return pd.DataFrame(
        {
            "# Timestamp": REPORTS["time"].dt.strftime("%d/%m/%Y %H:%M:%S"), "Type of mobile": "Class A",
            "MMSI": REPORTS["mmsi"], "Latitude": REPORTS["lat"], "Longitude": REPORTS["lon"],
            "Navigational status": REPORTS["status"].map(_STATES), "ROT": "", "SOG": REPORTS["sog"], "COG": 0.0,
            "Heading": REPORTS["heading"], "IMO": [one or "Unknown" for one in REPORTS["imo"]], "Callsign": "Unknown",
            "Name": REPORTS["name"], "Ship type": REPORTS["type"].map({70: "Cargo", 80: "Tanker"}), "Cargo type": "",
            "Width": "", "Length": "", "Type of position fixing device": "GPS", "Draught": REPORTS["draught"],
            "Destination": "Unknown", "ETA": "", "Data source type": "AIS", "A": length - length // 4,
            "B": length // 4, "C": beam - beam // 2, "D": beam // 2,
        }
    )  # fmt: skip


def vendor() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "timestamp": REPORTS["time"].dt.strftime("%Y-%m-%dT%H:%M:%SZ"), "mmsi": REPORTS["mmsi"],
            "latitude": REPORTS["lat"], "longitude": REPORTS["lon"], "speed": REPORTS["sog"], "course": 0.0,
            "heading": REPORTS["heading"], "imo": REPORTS["imo"], "vessel_name": REPORTS["name"],
            "ship_type": REPORTS["type"], "nav_status": REPORTS["status"], "draught": REPORTS["draught"],
            "length": REPORTS["length"], "width": REPORTS["beam"], "collection_type": "satellite",
        }
    )  # fmt: skip


LAYOUTS = {"marinecadastre": marinecadastre, "danish": danish, "vendor": vendor}


def text_of(table: pd.DataFrame) -> bytes:
    return table.to_csv(index=False).encode()


def zipped(members: dict[str, bytes]) -> bytes:
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return sink.getvalue()


def packed(content: bytes, ending: str) -> bytes:
    match ending:
        case ".csv.gz":
            return gzip.compress(content)
        case ".csv.zst":
            return pa.Codec("zstd").compress(content, asbytes=True)
        case ".zip":
            return zipped({"ais.csv": content, "licence.txt": b"free", "__MACOSX/ais.csv": b"\0"})
        case _:
            return content


def context_of(folder: Path, path: Path, memory_mb: int = 800, threads: int = 1, **section: object) -> StepContext:
    """The context of reading a file near the straight corridor."""
    route, out = folder / "route", folder / "out" / path.name
    if not route.exists():
        route.mkdir(parents=True)
        straight_frame().save(route)
    source = SourceFiles("ais", SourceSection.model_validate({"role": "ais", "files": "x", **section}), (path,), folder)
    config = Config.model_validate({"ais": {"memory_mb": memory_mb}}).only("ais")
    return StepContext(config, (source,), {"route": route}, {}, out, threads=threads)


def read(
    folder: Path, path: Path, cuts: Sequence[int] = (), **options: object
) -> tuple[Facts, pd.DataFrame, pd.DataFrame]:
    """Read a file near the straight corridor: facts, near reports and statics, each in an order of their own."""
    context = context_of(folder, path, **options)
    for old in (context.out, context.out.with_name(f"{path.name}.blocks")):
        shutil.rmtree(old, ignore_errors=True)
    context.out.mkdir(parents=True)
    try:
        facts = run_in_blocks(READING, context, cuts)
    except Exception:
        left = [one for one in context.out.parent.glob(f"{glob.escape(path.name)}*/**/*") if one.is_file()]
        assert cuts or left == [], "nothing is left of a file that is refused"
        raise
    return facts, near_of(context.out, facts["rows"]["near"]), pd.read_parquet(context.out / "statics.parquet")


def near_of(folder: Path, rows: int) -> pd.DataFrame:
    """Near reports of all parts in a folder, NULL where not known, in an order that they alone give."""
    parts = [np.load(part.path, allow_pickle=False) for part in near_parts(folder, rows)]
    reports = np.concatenate([np.zeros(0, RECORD), *parts])
    near = pd.DataFrame({name: reports[name] for name in NEAR})
    near["status"] = near["status"].astype(float).where(near["status"] != NO_STATUS)
    return near.sort_values(list(near.columns), ignore_index=True)
