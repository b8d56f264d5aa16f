"""Fishing: effort, contacts with the seabed, strikes and the depth that keeps clear of gear (METHODS 2)."""
