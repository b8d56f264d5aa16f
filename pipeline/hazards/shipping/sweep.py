"""The compiled loops of the strikes: ships enter a smoothed field by draught, and places are read by depth.

Import this module only where it runs: numba takes most of a second to import. All that a loop depends on is here or
passed to it: numba keeps it by this file alone.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray


@njit(cache=True, nogil=True)
def place_rows(
    at: NDArray[np.int32],
    rank: NDArray[np.int64],
    time: NDArray[np.int64],
    next_row: NDArray[np.int64],
    last: NDArray[np.int32],
    place: NDArray[np.int32],
    time_us: NDArray[np.int64],
) -> bool:
    """Put rows where their ship's rows are; return whether the places of every ship have only ascended.

    Parameters
    ----------
    at, rank, time : ndarray, shape (rows,)
        Place, rank of the ship and time of the rows.
    next_row : ndarray, shape (ships,)
        Where the next row of each ship goes; advanced.
    last : ndarray, shape (ships,)
        Place of the last row of each ship; updated.
    place, time_us : ndarray
        Where to.
    """
    ascending = True
    for i in range(len(at)):
        ship = rank[i]
        row = next_row[ship]
        place[row] = at[i]
        time_us[row] = time[i]
        next_row[ship] = row + 1
        ascending &= at[i] > last[ship]
        last[ship] = at[i]
    return ascending


@njit(cache=True, nogil=True)
def sweep(
    ships: NDArray[np.int64],
    first: NDArray[np.int64],
    place: NDArray[np.int32],
    time_us: NDArray[np.int64],
    weight: NDArray[np.float64],
    floats_from_m: NDArray[np.float64],
    smear: tuple[Any, Any, Any],
    gather: tuple[Any, Any, Any],
    back: tuple[Any, Any],
    order: NDArray[np.int64],
    depth_m: NDArray[np.float64],
    reads: NDArray[np.int64],
    field: NDArray[np.float64],
    turn: int,
    home: NDArray[np.int32],
    used: NDArray[np.int32],
    near: NDArray[np.int32],
    at_place: NDArray[np.int64],
    sums: NDArray[np.float64],
) -> int:
    """Add up one group's weighted ship-time around places, of those ships that float at each.

    Ships come from the shallowest draught to the deepest, places from the shallowest to the deepest. A place is read
    as soon as the next ship would run aground there: the field then holds just those that float. So every row is
    spread once and every place is read once, whatever the number of ships.

    Parameters
    ----------
    ships : ndarray, shape (2,)
        First rank of the group, and one past its last.
    first, place, time_us
        See ``ShipTime``.
    weight : ndarray, shape (ships, layers)
        What a microsecond of each ship counts in each layer.
    floats_from_m : ndarray, shape (ships,)
        Least depth of water that each ship needs, ascending within a group.
    smear, gather, back : tuple of ndarray
        See ``Spread``: where the time of a place goes, what is read at a place, and which places read a slot.
    order : ndarray of int
        Places in the sea, from the shallowest to the deepest.
    depth_m : ndarray, shape (places,)
        Water depth.
    reads : ndarray of int, shape (places, values)
        Which layers are read there.
    field : ndarray, shape (slots, layers)
        Room to work in; what lies in slots that this group does not use is left alone.
    turn : int
        A number that no group had before; marks in ``home used near`` that bear it are this group's.
    home, used, near : ndarray of int32
        Marks of places with ship-time, of slots, and of places around.
    at_place, sums : ndarray, shape (places,) and (places, values)
        Take the places that have any sum, in ``order``, and the sums.

    Returns
    -------
    int
        How many places have any.
    """
    smear_start, smear_slot, smear_share = smear
    gather_start, gather_slot, gather_share = gather
    back_start, back_place = back
    layers, values = weight.shape[1], reads.shape[1]
    for row in range(first[ships[0]], first[ships[1]]):
        at = place[row]
        if home[at] == turn:
            continue
        home[at] = turn
        for k in range(smear_start[at], smear_start[at + 1]):
            slot = smear_slot[k]
            if used[slot] != turn:
                used[slot] = turn
                field[slot] = 0.0
                for j in range(back_start[slot], back_start[slot + 1]):
                    near[back_place[j]] = turn
    found, read = 0, 0
    for rank in range(ships[0], ships[1] + 1):
        # One turn past the last ship reads what is left.
        while read < len(order) and (rank == ships[1] or depth_m[order[read]] < floats_from_m[rank]):
            at = order[read]
            read += 1
            if near[at] != turn:
                continue
            any_sum = False
            for value in range(values):
                total = 0.0
                for k in range(gather_start[at], gather_start[at + 1]):
                    if used[gather_slot[k]] == turn:
                        total += gather_share[k] * field[gather_slot[k], reads[at, value]]
                sums[found, value] = total
                any_sum |= total > 0.0
            if any_sum:
                at_place[found] = at
                found += 1
        if rank == ships[1]:
            break
        for row in range(first[rank], first[rank + 1]):
            at = place[row]
            for layer in range(layers):
                amount = time_us[row] * weight[rank, layer]
                for k in range(smear_start[at], smear_start[at + 1]):
                    field[smear_slot[k], layer] += smear_share[k] * amount
    return found
