"""The synthetic fleet: who sails on which lane, how big, how fast (METHODS 1.5 and 7.4; sizes of Caspian classes)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Service:
    """Ships of one type on one lane.

    Attributes
    ----------
    label : str
        Goes into the ship's name.
    ais_type : int
        AIS vessel type.
    ships : int
        Number of ships.
    lane : str
        Key of ``lanes.LANES``.
    hulls : tuple of (length_m, beam_m, draught_m)
        Classes that the ships are drawn from.
    speed_kn : tuple of float
        Mean and standard deviation of the sea speed.
    stay_h : float
        Mean stay in port, hours (gamma distributed).
    """

    label: str
    ais_type: int
    ships: int
    lane: str
    hulls: tuple[tuple[float, float, float], ...]
    speed_kn: tuple[float, float]
    stay_h: float


RAIL_FERRY = ((154.0, 17.5, 4.4), (133.8, 18.3, 4.2))
ROPAX = ((130.0, 17.3, 4.5),)
TANKER = ((140.85, 16.7, 4.5), (139.0, 16.6, 4.6), (149.9, 17.3, 7.1), (147.0, 17.4, 6.6), (125.1, 16.6, 4.2))
RIVER_TANKER = ((132.6, 16.9, 3.6), (140.85, 16.7, 4.5), (108.3, 15.1, 3.4))
DRY_CARGO = ((138.9, 16.5, 4.5), (119.2, 13.2, 3.6), (108.4, 15.0, 3.3), (99.6, 12.2, 3.4), (114.0, 13.2, 3.7))
SUPPLY = ((65.0, 14.5, 4.8), (58.5, 13.5, 4.3), (41.0, 10.0, 3.4))
FISHING = ((34.0, 7.3, 2.9), (54.8, 9.5, 4.1), (27.0, 6.6, 2.4))

SERVICES: tuple[Service, ...] = (
    Service("FERRY", 60, 6, "Alat-Kuryk", (*RAIL_FERRY, *ROPAX), (11.5, 0.8), 36.0),
    Service("FERRY", 60, 5, "Alat-Aktau", (*RAIL_FERRY, *ROPAX), (11.5, 0.8), 40.0),
    Service("FERRY", 60, 8, "Alat-Turkmenbashi", RAIL_FERRY, (11.0, 0.8), 40.0),
    Service("TANKER", 80, 15, "Baku-Aktau", TANKER, (9.8, 0.8), 62.0),
    Service("TANKER", 80, 7, "Makhachkala-Aktau", TANKER, (9.6, 0.8), 60.0),
    Service("TANKER", 80, 10, "Turkmenbashi-Makhachkala", TANKER, (9.6, 0.8), 60.0),
    Service("TANKER", 80, 6, "Baku-Turkmenbashi", TANKER, (9.6, 0.8), 70.0),
    Service("TANKER", 80, 7, "Turkmenbashi-Volga-Caspian roads", RIVER_TANKER, (9.3, 0.7), 90.0),
    Service("CARGO", 70, 18, "Volga-Caspian roads-Anzali", DRY_CARGO, (9.2, 0.8), 96.0),
    Service("CARGO", 70, 20, "Volga-Caspian roads-Amirabad", DRY_CARGO, (9.2, 0.8), 96.0),
    Service("CARGO", 70, 7, "Volga-Caspian roads-Baku", DRY_CARGO, (9.0, 0.8), 80.0),
    Service("CARGO", 70, 4, "Makhachkala-Baku", DRY_CARGO, (9.0, 0.8), 70.0),
    Service("CARGO", 70, 10, "Aktau-Amirabad", DRY_CARGO, (9.4, 0.8), 72.0),
    Service("CARGO", 70, 8, "Aktau-Anzali", DRY_CARGO, (9.4, 0.8), 72.0),
    Service("CARGO", 70, 5, "Baku-Aktau", DRY_CARGO, (9.4, 0.8), 72.0),
    Service("SUPPLY", 52, 4, "Aktau-Bautino", SUPPLY, (10.0, 1.0), 72.0),
    Service("SUPPLY", 52, 3, "Sumqayit-Darwin Bank", SUPPLY, (9.0, 1.0), 54.0),
    Service("SUPPLY", 52, 6, "Baku-Guneshli", SUPPLY, (10.0, 1.0), 60.0),
    Service("FISHING", 30, 3, "Kuryk-Kuryk grounds", FISHING, (5.0, 1.0), 48.0),
    Service("FISHING", 30, 4, "Sumqayit-Absheron grounds", FISHING, (5.0, 1.0), 60.0),
    Service("FISHING", 30, 6, "Makhachkala-Derbent grounds", FISHING, (5.0, 1.0), 48.0),
)
"""19 ferries, 45 tankers, 72 dry-cargo ships, 13 offshore supply ships, 13 fishing vessels."""

FIRST_MMSI = 200_000_001
"""Nine digits with the country code 200, which no country has."""


@dataclass(frozen=True)
class Ship:
    """One synthetic ship; ``draught_m`` is the design draught, dimensions 0 where its AIS does not give them."""

    mmsi: int
    name: str
    service: Service
    length_m: int
    beam_m: int
    draught_m: float


def fleet(seed: int, services: tuple[Service, ...] = SERVICES) -> list[Ship]:
    """Return the ships of all services, drawn from a seed."""
    rng = np.random.default_rng([seed, 1])
    ships: list[Ship] = []
    counts: dict[str, int] = {}
    for service in services:
        for _ in range(service.ships):
            counts[service.label] = counts.get(service.label, 0) + 1
            length, beam, draught = service.hulls[int(rng.integers(len(service.hulls)))]
            silent = rng.random() < 0.04
            ships.append(
                Ship(
                    FIRST_MMSI + len(ships),
                    f"SYNTHETIC {service.label} {counts[service.label]:02d}",
                    service,
                    0 if silent and rng.random() < 0.3 else round(length * rng.uniform(0.98, 1.02)),
                    0 if silent else round(beam),
                    round(draught * rng.uniform(0.95, 1.03), 1),
                )
            )
    return ships
