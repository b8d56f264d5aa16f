"""Releases: what readers see, what came before it, and what is kept. Steps never look here."""
