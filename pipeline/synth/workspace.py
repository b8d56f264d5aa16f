"""A whole example workspace: committed facts copied, synthetic inputs made from a seed; for ``corridor init``."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pandas as pd

from pipeline.config import CONFIG_NAME
from pipeline.errors import ConfigError, ServiceError, WriteError
from pipeline.geo import Route
from pipeline.synth import CRS, NOTICE, SEED
from pipeline.synth.ais import write_ais
from pipeline.synth.bed import LANDFALL_BLEND_M, LANDFALL_COEFFICIENT, LANDFALL_PURE_M, SyntheticBed
from pipeline.synth.fishing import effort, write_effort
from pipeline.synth.fleet import SERVICES
from pipeline.synth.soil import write_soil
from pipeline.synth.swath import write_swath
from pipeline.synth.voyages import Reporting
from pipeline.workspace import atomic_path, write_text

EXAMPLES = ("trans-caspian", "blank")
"""The examples that ``make_example`` knows: the default corridor with data, and a commented form to fill in."""
REPOSITORY = Path(__file__).resolve().parents[2]
_RAW = Path("data", "raw")
_SYNTHETIC = _RAW / "synthetic"
_ROUTE = _RAW / "route" / "trans_caspian_rpl.csv"
_REGIONAL = _RAW / "bathymetry" / "etopo1_bed_6min_caspian.tif"
_EVERY = Reporting()
_README = f"""# Synthetic inputs

**{NOTICE}**

Made by `corridor init` from the seed {SEED}; making them again gives the same bytes. Shapes and orders of magnitude
follow published facts about the sea; no single value is one.

* `survey/`: a survey swath of 1 km along the route at 10 m, one tile for 10 km of KP. GeoTIFF, metres above mean sea
  level rounded to decimetres, nodata -9999, {CRS}. It is ETOPO1, bilinear, with band-limited relief of 0.2 m on flats
  and up to 5 m on slopes; its waves of 60 to 2800 m are shorter than an ETOPO1 cell, so that the mean of that surface
  stays. **Landfall:** ETOPO1 calls the first kilometres off both landings dry land. There the swath follows an
  equilibrium profile, {LANDFALL_COEFFICIENT:g} s^(2/3) m of water at s metres from the landing (0 m at the landing,
  3.5 m at 1 km), alone up to {LANDFALL_PURE_M / 1000:g} km and blended smoothly into ETOPO1 until
  {LANDFALL_BLEND_M / 1000:g} km. The landings lie on land behind the beach; the swath does not show that.
* `soil/`: seabed soil at 250 m within 7 km of the route. GeoTIFF, nodata 255, {CRS}; 1 mud, 2 sandy mud, 3 muddy sand,
  4 sand, 5 coarse, 6 mixed, 7 rock, 0 unknown. By water depth and side of the sea: sand with shell and coquina on the
  western shelf, mud in the Derbent basin, sand with outcrops of coquina towards Aktau, sandy mud and muddy sand
  between. Two gaps are left unknown on purpose.
* `ais/`: positions of {sum(service.ships for service in SERVICES)} made-up ships in 2025, with the faults that real
  receivers produce. MarineCadastre CSV, one file a month. Names begin with SYNTHETIC and numbers with 200, which no
  country has; call signs and IMO numbers are blank. A ship reports every {_EVERY.interval_s / 60:g} minutes near the
  route, every {_EVERY.interval_s * _EVERY.thin / 60:g} elsewhere, every {_EVERY.anchor_s / 60:g} at anchor and every
  {_EVERY.berth_s / 3600:g} hours at a berth. Fleet and lanes are shaped by published fleet lists; passages a year are
  assumed.
* `fishing/`: fishing effort of 2025 in cells of 0.01 degree. Global Fishing Watch fleet-daily CSV. Mid-water trawls for
  sprat on both shelves, set nets inshore, some seines; the hours are assumed.
"""


def make_example(root: Path, *, name: str = "trans-caspian", log: Callable[[str], None]) -> None:
    """Make an example workspace.

    Copies ``corridor.toml`` and the committed facts where they are absent (a file that is there is never changed) and
    replaces ``data/raw/synthetic`` as a whole. The repository itself may be the workspace.

    Parameters
    ----------
    root : Path
        The workspace; made where it does not exist.
    name : str
        One of ``EXAMPLES``.
    log : callable
        Takes one line for people.

    Raises
    ------
    ConfigError
        If there is no such example.
    ServiceError
        If the program was installed without the example's data.
    WriteError
        If the workspace cannot be written.
    """
    if name not in EXAMPLES:
        raise ConfigError(
            f"there is no example called {name!r}",
            where="corridor init --example",
            remedy=f"Known examples: {', '.join(EXAMPLES)}.",
        )
    if not (REPOSITORY / _ROUTE).is_file():
        raise ServiceError(
            "the example's data are not installed with the program",
            where=str(REPOSITORY / _RAW),
            remedy="Run 'corridor init' from a checkout of the repository, or write a corridor.toml by hand.",
        )
    root = root.expanduser().resolve()
    try:
        if name == "blank":
            _make_blank(root)
            log("fill in corridor.toml and put your files into data/raw")
            return
        copied = _copy_facts(root)
        log(f"{copied} files of public facts copied" if copied else "public facts are in place")
        _replace_synthetic(root, log)
    except OSError as error:
        raise WriteError(
            f"the workspace cannot be written: {error.strerror or error}",
            where=str(error.filename or root),
            remedy="Free disk space or make the folder writable, then run 'corridor init' again.",
        ) from error


def _make_blank(root: Path) -> None:
    (root / _RAW).mkdir(parents=True, exist_ok=True)
    config = root / CONFIG_NAME
    if not config.exists():
        write_text(config, (REPOSITORY / "examples" / "blank" / CONFIG_NAME).read_text(encoding="utf-8"))


def _copy_facts(root: Path) -> int:
    """Copy what is absent; return how many files."""
    raw = REPOSITORY / _RAW
    facts = sorted(p for p in raw.rglob("*") if p.is_file() and not _hidden_or_synthetic(p.relative_to(raw)))
    copied = 0
    for source in [REPOSITORY / CONFIG_NAME, *facts]:
        target = root / source.relative_to(REPOSITORY)
        if not target.exists():
            with atomic_path(target) as temporary:
                shutil.copyfile(source, temporary)
            copied += 1
    return copied


def _hidden_or_synthetic(relative: Path) -> bool:
    return relative.parts[0] == _SYNTHETIC.name or any(part.startswith(".") for part in relative.parts)


def _replace_synthetic(root: Path, log: Callable[[str], None]) -> None:
    """Make the synthetic inputs beside their place and swap the folder in, so that a broken run leaves the old ones."""
    final = root / _SYNTHETIC
    part = final.with_name(f".{final.name}.{os.getpid()}.part")
    shutil.rmtree(part, ignore_errors=True)
    try:
        part.mkdir(parents=True)
        _make_synthetic(part, log)
        if final.exists():
            shutil.rmtree(final)
        part.replace(final)
    finally:
        shutil.rmtree(part, ignore_errors=True)


def _make_synthetic(folder: Path, log: Callable[[str], None]) -> None:
    rpl = pd.read_csv(REPOSITORY / _ROUTE)
    route = Route(rpl["lon"].to_numpy(float), rpl["lat"].to_numpy(float), CRS)
    bed = SyntheticBed(REPOSITORY / _REGIONAL, route, SEED)
    write_text(folder / "README.md", _README)
    log("making the synthetic survey swath")
    tiles = write_swath(folder / "survey", bed)
    log(f"{len(tiles)} tiles; making the synthetic soil raster")
    write_soil(folder / "soil" / "soil_synthetic.tif", bed)
    log("making a year of synthetic ship positions")
    rows = write_ais(folder / "ais", route, seed=SEED)
    log(f"{rows:,} positions; making synthetic fishing effort")
    table = effort(REPOSITORY / _REGIONAL, seed=SEED)
    write_effort(folder / "fishing" / "fishing_effort_synthetic.csv", table)
    log(f"{len(table):,} rows of fishing effort; synthetic inputs are ready")
