"""Anchors: AIS positions become ship-hours beside the cable, and ship-hours become strikes (METHODS 1)."""
