"""Registers of ships that a user supplies: what is known of a hull by its IMO number or MMSI."""
