"""Which ships stand behind hours that come from density rasters, for such a raster names none (METHODS 1.10)."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from pydantic import Field

from pipeline.config.fields import Section

ALL = "all"
"""Ship type of a raster that does not tell types apart."""
_SHARES_OFF = 1e-6  # of decimal fractions in a file


class DensityShip(Section):
    """A typical ship, and the share of a raster's hours that is hers."""

    type: str
    dwt_t: float = Field(gt=0)
    share: float = Field(gt=0, le=1)


def _ships(*rows: tuple[str, float, float]) -> tuple[DensityShip, ...]:
    return tuple(DensityShip(type=kind, dwt_t=dwt, share=share) for kind, dwt, share in rows)


DENSITY_SHIPS: dict[str, tuple[DensityShip, ...]] = {
    ALL: _ships(
        ("tanker", 7000, 0.2), ("tanker", 13000, 0.2), ("dry_cargo", 3000, 0.1), ("dry_cargo", 5000, 0.1),
        ("dry_cargo", 7000, 0.1), ("ferry", 3500, 0.1), ("offshore", 1000, 0.2),
    ),
    "tanker": _ships(("tanker", 5000, 0.2), ("tanker", 7000, 0.4), ("tanker", 13000, 0.4)),
    "dry_cargo": _ships(("dry_cargo", 3000, 0.4), ("dry_cargo", 5000, 0.3), ("dry_cargo", 7000, 0.3)),
}  # fmt: skip


def refuse_unusable_mixes(mixes: Mapping[str, Sequence[DensityShip]], known: Collection[str]) -> None:
    """Look over the mixes of ``[shipping.density_ships]``.

    Parameters
    ----------
    mixes : mapping of str to sequence of DensityShip
        By ship type of the raster.
    known : collection of str
        Ship types that AIS codes name.

    Raises
    ------
    ValueError
        If a type is not known, or shares do not add up to 1.
    """
    for name, ships in mixes.items():
        for kind in sorted({name, *(ship.type for ship in ships)} - {ALL}):
            if kind not in known:
                raise ValueError(f"'{kind}' is no ship type with AIS codes: {', '.join(known)}")
        if abs(sum(ship.share for ship in ships) - 1.0) > _SHARES_OFF:
            raise ValueError(f"the shares of '{name}' must add up to 1, and add up to {sum(s.share for s in ships):g}")


def refuse_unknown_ships(found: Mapping[str, str], known: Collection[str]) -> None:
    """Compare the ship types of density sources with each other and with what is known.

    Parameters
    ----------
    found : mapping of str to str
        Ship type by name of the source.
    known : collection of str
        Ship types that AIS codes name.

    Raises
    ------
    ValueError
        If a type is not known, or sources of all ships stand beside sources of some.
    """
    for name, kind in found.items():
        if kind != ALL and kind not in known:
            raise ValueError(f"ship_type of source '{name}' is '{kind}', which is not \"all\" nor {', '.join(known)}")
    if len({kind == ALL for kind in found.values()}) > 1:
        whole, parts = ([name for name, kind in found.items() if (kind == ALL) is of_all] for of_all in (True, False))
        raise ValueError(
            f"source '{whole[0]}' holds all ships and '{parts[0]}' some of them, which would count these twice: keep "
            'either, and give what is left over as ship_type = "other"'
        )
