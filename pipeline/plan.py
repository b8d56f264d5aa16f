"""The steps in order: where each stage's work is declared, with all that it may read."""

from __future__ import annotations

from pipeline.burial import place_blocks
from pipeline.burial import step as burial
from pipeline.deliverables import step as deliverables
from pipeline.hazards.fishing import step as fishing
from pipeline.hazards.seismic import node_blocks, stability_step
from pipeline.hazards.seismic import step as seismic
from pipeline.hazards.shipping import ais, ais_block, density_step, fleet_step, strikes, traffic_step
from pipeline.mapping import public
from pipeline.mapping import step as mapping
from pipeline.seabed import bathymetry, datum, soil, survey_tile, terrain
from pipeline.sources.ais import ais_file
from pipeline.sources.densities import density_tile
from pipeline.sources.depths import datum_points, datum_tile, depth_tile
from pipeline.sources.rasters import lattice_tiles
from pipeline.sources.routes import frame
from pipeline.sources.soils import soil_file
from pipeline.store import BlockWork, FileWork, Step
from pipeline.whatif import step as whatif

_SEABED = ("route", "bathymetry", "terrain", "soil")
_HAZARDS = ("ais", "density", "ships", "traffic", "shipping", "fishing", "seismic", "stability")

STEPS: tuple[Step, ...] = (
    Step(
        "route", "route", "Read the route and lay stations and grid along it", frame.run,
        sections=("corridor", "route"), files=("route",),
    ),
    Step(
        "datum_points", "site", "Lay points along the shoreline", datum_points.run,
        after=("route",), roles=("coastline",), sections=("datum",),
    ),
    Step(
        "datum", "site", "Ask depths about their own datum", datum.run,
        after=("datum_points",), roles=("bathymetry",), sections=("water", "datum"),
        per_file=FileWork(datum_tile.run, leaves=("values", "vertical_datum")),
    ),
    Step(
        "bathymetry", "site", "Merge depths and measure them from the surface level", bathymetry.run,
        after=("route",), roles=("bathymetry",), sections=("water", "bathymetry", "datum"),
        per_file=FileWork(
            depth_tile.run, leaves=("values", "vertical_datum"), beside=lattice_tiles.beside,
            blocks=BlockWork(depth_tile.sizes, depth_tile.run_block, "s_per_million_pixels"),
        ),
        products=(
            "data/processed/water_depth.tif", "data/processed/depth_source.tif", "data/processed/depth_confidence.tif",
        ),
    ),
    Step(
        "terrain", "site", "Slope, roughness, position index, curvature and bedforms", terrain.run,
        after=("route", "bathymetry"), roles=("bathymetry",), sections=("terrain", "bedforms"),
        per_file=FileWork(
            survey_tile.run, sections=("terrain",), after=("route",), leaves=("vertical_datum",),
            beside=lattice_tiles.beside,
            blocks=BlockWork(survey_tile.sizes, survey_tile.run_block, "s_per_million_pixels"),
        ),
        products=("data/processed/*.tif",),
    ),
    Step(
        "soil", "site", "Merge seabed soil from maps and samples", soil.run,
        after=("route",), roles=("soil", "soil_samples"), sections=("soil",),
        per_file=FileWork(soil_file.run, leaves=("classes",)),
        products=("data/processed/soil_class.tif",),
    ),
    Step(
        "ais", "site", "Read ship positions, build tracks, find passages and exposure", ais.run,
        after=("route",), roles=("ais",), sections=("ais",),
        per_file=FileWork(
            ais_file.run, sections=("ais",), after=("route",),
            blocks=BlockWork(ais_file.sizes, ais_file.block, "s_per_million_ais_rows"),
        ),
        blocks=BlockWork(ais_block.sizes, ais_block.run, "s_per_million_reports"),
    ),
    Step(
        "density", "site", "Ship-hours from density rasters", density_step.run,
        after=("route", "ais"), roles=("ship_density",), sections=("ais", "shipping"),
        per_file=FileWork(density_tile.run, sections=("ais",), after=("route",), leaves=("ship_type", "per")),
    ),
    Step(
        "ships", "site", "Deadweight, anchor and chain of every ship", fleet_step.run,
        after=("ais", "density"), roles=("ship_registry",), sections=("shipping",),
    ),
    Step(
        "traffic", "site", "Passages, density and anchorages by class", traffic_step.run,
        after=("route", "ais", "density", "ships"), sections=("ais", "shipping"),
        products=(
            "data/processed/ship_passages.tif", "data/processed/ship_km.tif", "data/processed/ship_hours.tif",
        ),
    ),
    Step(
        "shipping", "threats", "Anchor strikes, ship by ship", strikes.run,
        after=("route", "bathymetry", "soil", "ais", "density", "ships", "traffic"), sections=("shipping", "soil"),
        products=("data/processed/shipping_strike.tif",),
    ),
    Step(
        "fishing", "threats", "Fishing effort, contacts and strikes", fishing.run,
        after=("route", "bathymetry", "soil"), roles=("fishing_effort",),
        sections=("fishing", "soil"),
        products=("data/processed/fishing_strike.tif",),
    ),
    Step(
        "seismic", "threats", "Ground motion for 475 and 2475 years", seismic.run,
        after=("route", "soil"), roles=("seismic_zones", "earthquakes"), sections=("seismic", "soil"),
        blocks=BlockWork(node_blocks.sizes, node_blocks.run, rate="s_per_million_site_sources"),
        products=("data/processed/pga_475yr.tif", "data/processed/pga_2475yr.tif"),
    ),
    Step(
        "stability", "threats", "Slope stability under that ground motion", stability_step.run,
        after=("route", "bathymetry", "terrain", "soil", "seismic"), sections=("seismic", "soil"),
        products=("data/processed/slope_stability.tif",),
    ),
    Step(
        "burial", "burial", "Required, achievable and target depth; zones", burial.run,
        after=(*_SEABED, *_HAZARDS),
        blocks=BlockWork(place_blocks.sizes, place_blocks.run, rate="s_per_million_draws"),
        sections=("acceptance", "soil", "shipping", "fishing", "burial", "uncertainty", "cable"),
        products=("data/processed/burial_depth.tif", "data/processed/strike_by_depth.tif"),
    ),
    Step(
        "whatif", "burial", "Other levels of the sea and drop speeds, for the map", whatif.run,
        after=(*_SEABED, *_HAZARDS), roles=("fishing_effort",),
        sections=(
            "water", "acceptance", "soil", "shipping", "fishing", "burial", "uncertainty", "cable", "whatif",
        ),
    ),
    Step(
        "deliverables", "publish", "Tables, GeoPackage and route position list", deliverables.run,
        after=(*_SEABED, *_HAZARDS, "burial"), sections=("corridor", "water", "burial"),
        products=("data/processed/*",),
    ),
    Step(
        "public", "publish", "Draw the map for the public", public.run,
        after=(*_SEABED, *_HAZARDS, "burial"), roles=("coastline",),
        sections=("map", "corridor", "route", "water", "burial"), products=("public/maps/*",),
    ),
    Step(
        "map", "publish", "Draw the map", mapping.run,
        after=(*_SEABED, *_HAZARDS, "burial", "whatif"),
        roles=(
            "coastline", "earthquakes", "seismic_zones", "faults", "mud_volcanoes", "infrastructure", "constraints",
            "anchorages",
        ),
        sections=("map", "corridor", "route", "water", "acceptance", "soil", "burial", "cable"), products=("maps/*",),
    ),
)  # fmt: skip
