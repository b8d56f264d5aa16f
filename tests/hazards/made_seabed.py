"""A small straight corridor with the output folders of the seabed steps, for tests of hazard steps."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd

from pipeline.config import Config
from pipeline.config.corridor import SourceSection
from pipeline.geo import Band, Frame, Route, write_cog
from pipeline.store import StepContext
from pipeline.workspace import SourceFiles

Values = Callable[[np.ndarray, np.ndarray], np.ndarray]
TAGS = {"description": "test", "provenance": "synthetic", "sources": "test"}


def frame() -> Frame:
    """About 33 km due north at 51 E, where the central meridian makes x constant."""
    route = Route(np.array([51.0, 51.0]), np.array([41.0, 41.3]), "EPSG:32639")
    return Frame.along(route, station_m=500.0, half_width_m=2000.0, cell_m=250.0)


def source(role: str, *paths: Path, name: str = "", **section: object) -> SourceFiles:
    files = ",".join(path.name for path in paths)
    made = SourceSection.model_validate({"role": role, "files": files, "provenance": "synthetic", **section})
    return SourceFiles(name or role, made, paths)


def folders(
    root: Path, made: Frame, depth: Values, soil: Callable[[np.ndarray], np.ndarray], slope: float = 1.0
) -> dict[str, Path]:
    """Write route, bathymetry, soil and terrain; ``depth`` of x and y, soil code of y."""
    inputs = {name: root / name for name in ("route", "bathymetry", "soil", "terrain")}
    for folder in inputs.values():
        folder.mkdir(parents=True)
    made.save(inputs["route"])
    stations = made.stations
    x, y = stations["x_m"].to_numpy(), stations["y_m"].to_numpy()
    row, col = (index.ravel().astype(np.int64) for index in np.indices(made.grid.shape))
    gx, gy = made.grid.centres(row, col)
    raster = depth(gx, gy).reshape(made.grid.shape).astype("float32")
    write_cog(inputs["bathymetry"] / "water_depth.tif", made.grid, [Band("d", "m", raster)], tags=TAGS, nodata=-9999.0)
    index = np.zeros(made.grid.shape, dtype="uint8")
    write_cog(inputs["bathymetry"] / "depth_source.tif", made.grid, [Band("s", "", index)], tags=TAGS, nodata=255)
    pd.DataFrame(
        {"station": stations["station"], "water_depth_m": depth(x, y), "source": "made", "provenance": "synthetic",
         "confidence": "C"}
    ).to_parquet(inputs["bathymetry"] / "stations.parquet")  # fmt: skip
    at = (made.cells["row"].to_numpy(), made.cells["col"].to_numpy())
    codes = made.grid.full(*at, soil(made.cells["y_m"].to_numpy()), 255, "uint8")
    write_cog(
        inputs["soil"] / "soil_class.tif", made.grid, [Band("c", "", codes)], tags=TAGS, nodata=255, categorical=True
    )
    names = {s.code: name for name, s in Config().soil.classes.items()}
    pd.DataFrame(
        {"station": stations["station"], "soil_class": [names[int(c)] for c in soil(y)], "soil_source": "made",
         "soil_provenance": "synthetic"}
    ).to_parquet(inputs["soil"] / "stations.parquet")  # fmt: skip
    steep = np.full(made.grid.shape, slope, dtype="float32")
    write_cog(inputs["terrain"] / "slope.tif", made.grid, [Band("slope", "deg", steep)], tags=TAGS, nodata=-9999.0)
    pd.DataFrame({"station": stations["station"], "slope_deg": slope}).to_parquet(
        inputs["terrain"] / "stations.parquet"
    )
    return inputs


def context(
    out: Path, inputs: dict[str, Path], sources: tuple[SourceFiles, ...] = (), config: Config | None = None,
    facts: dict[str, dict] | None = None,
) -> StepContext:  # fmt: skip
    out.mkdir(parents=True, exist_ok=True)
    return StepContext(
        config=config or Config(), sources=sources, inputs=inputs, facts=facts or {}, out=out, log=lambda line: None
    )
