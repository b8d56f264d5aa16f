"""What the Prefect UI shows of a finished build: totals, steps, and where the map is."""

from __future__ import annotations

from pathlib import Path

from prefect.artifacts import create_markdown_artifact, create_table_artifact

from pipeline.releases.release import Release


def publish_artifacts(release: Release, map_path: Path) -> None:
    """Create the artifacts of a build on the Prefect server.

    Parameters
    ----------
    release : Release
        The release just published.
    map_path : Path
        Where the map is; given as text, since browsers do not follow links from a server's page to a file.
    """
    totals = release.manifest["totals"]
    rows = [{"quantity": name, "value": value} for name, value in totals.items() if not isinstance(value, (dict, list))]
    rows += [{"quantity": f"km at {depth} m", "value": km} for depth, km in totals.get("dol_km", {}).items()]
    create_table_artifact(key="route-totals", table=rows, description=f"Route totals of release {release.id}")
    steps = [
        {key: step[key] for key in ("name", "state", "why", "seconds", "peak_mb")} for step in release.manifest["steps"]
    ]
    create_table_artifact(key="build-steps", table=steps, description="What ran, what was reused, and why")
    create_markdown_artifact(key="corridor-map", markdown=f"Open `{map_path}` in a browser (release {release.id}).")
