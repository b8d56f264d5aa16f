"""The offline HTML map and the portal page."""
