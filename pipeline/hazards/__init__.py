"""Threats to the cable: each turns exposure into strikes or ground motion, as layers and per station."""
