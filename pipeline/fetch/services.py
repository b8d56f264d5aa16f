"""The public services that can be asked, by their name in the configuration."""

from __future__ import annotations

from pipeline.config.fetch import ServiceName
from pipeline.fetch import comcat, emodnet, fishing_watch, gebco, gem_faults
from pipeline.fetch.service import Service

SERVICES: dict[ServiceName, Service] = {
    "gebco": gebco.SERVICE,
    "emodnet_substrate": emodnet.SERVICE,
    "comcat": comcat.SERVICE,
    "gem_faults": gem_faults.SERVICE,
    "gfw": fishing_watch.SERVICE,
}
