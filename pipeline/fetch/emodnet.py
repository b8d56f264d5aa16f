"""EMODnet Geology: seabed substrate as polygons, through its Web Feature Service, in pages.

WFS 2.0.0 GetFeature (OGC 09-025r2) at GeoServer: ``count`` and ``startIndex`` page; every page tells
``numberMatched`` and ``numberReturned``. A box with the CRS in the short form ``EPSG:4326`` is longitude, latitude
there (GeoServer's manual, "Axis ordering"), and GeoJSON always is. Attributes hold the Folk classes: ``folk_5cl``,
``folk_7cl``, ``folk_16cl``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from pipeline.errors import DataError
from pipeline.fetch.ask import Ask, BrokenAnswerError, address, read_features
from pipeline.fetch.features import extent, meet, write_features
from pipeline.fetch.service import Asks, InconsistentError, Service
from pipeline.fetch.wanted import Wanted
from pipeline.sources.vectors.outlines import read_outlines

_PAGE = 1000
_FOLK = ("folk_5cl", "folk_7cl", "folk_16cl")


def asks(wanted: Wanted, url: str, dataset: str) -> Asks:
    """Ask for page after page until all features that match are here."""
    start, matched = 0, None
    while matched is None or start < matched:
        ask = Ask(
            address(
                f"{url}/wfs",
                {
                    "service": "WFS", "version": "2.0.0", "request": "GetFeature", "typeNames": dataset,
                    "outputFormat": "application/json", "srsName": "EPSG:4326",
                    "bbox": ",".join(map(str, (*wanted.box, "EPSG:4326"))), "count": _PAGE, "startIndex": start,
                },
            ),
            check=_check(wanted),
        )  # fmt: skip
        matched, features = _page((yield ask))
        if not matched:
            raise DataError(
                f"EMODnet has no seabed substrate of {dataset} in the box {', '.join(map(str, wanted.box))}",
                where=f"section [fetch.{wanted.name}]",
                remedy="Try another dataset there, such as gtk:seabed_substrate_250k; not every sea is mapped. "
                "Soil that is not known stays unknown.",
            )
        if not features and start < matched:
            raise InconsistentError(f"{matched} features match, and after {start} none came any more")
        start += len(features)


def _page(path: Path) -> tuple[int, list[dict[str, Any]]]:
    collection, features = read_features(path)
    matched, returned = collection.get("numberMatched"), collection.get("numberReturned", len(features))
    if type(matched) is not int or matched < 0:
        raise BrokenAnswerError("the answer does not tell how many features match")
    if returned != len(features):
        raise BrokenAnswerError(f"the answer holds {len(features)} features and says {returned}")
    return matched, features


def _check(wanted: Wanted) -> Callable[[Path], None]:
    def check(path: Path) -> None:
        _, features = _page(path)
        for feature in features:
            properties = feature.get("properties")
            if not isinstance(properties, dict) or not any(name in properties for name in _FOLK):
                raise BrokenAnswerError(f"a feature has none of the attributes {', '.join(_FOLK)}")
            box = extent(feature)
            if box is not None and not meet(box, wanted.box):
                raise BrokenAnswerError("a feature lies outside the box that was asked for")

    return check


def assemble(_: Wanted, answers: Sequence[Path], target: Path) -> str:
    """Put the features of all pages in the order of their names."""
    pages = [_page(path) for path in answers]
    if len({matched for matched, _ in pages}) > 1:
        raise InconsistentError("the number of features that match changed from page to page")
    features = [feature for _, page in pages for feature in page]
    names = [str(feature.get("id", "")) for feature in features]
    if len(set(names)) != len(names):
        raise InconsistentError("a feature came twice, or has no name")
    if len(features) != pages[0][0]:
        raise InconsistentError(f"{pages[0][0]} features match, and {len(features)} came")
    write_features(target, (feature for _, feature in sorted(zip(names, features, strict=True), key=lambda x: x[0])))
    return ""


def read(wanted: Wanted, path: Path) -> None:
    """Read the file as any file of areas."""
    read_outlines(path, None, what="the soil polygons", remedy="Fetch them again.")


SERVICE = Service(
    title="EMODnet Geology: seabed substrate, Folk classes",
    role="soil",
    keys={},
    url="https://drive.emodnet-geology.eu/geoserver/gtk",
    dataset="gtk:seabed_substrate_1m",
    licence="CC BY 4.0 (EMODnet Geology)",
    attribution="EMODnet Geology, European Commission, Directorate-General for Maritime Affairs and Fisheries; "
    "seabed substrate compiled by the Geological Survey of Finland (GTK)",
    terms="https://emodnet.ec.europa.eu/en/terms-use",
    asks=asks,
    assemble=assemble,
    read=read,
)
