"""Earthquakes: rates, ground motion at the seabed, and the slopes it may set moving (METHODS 4)."""
