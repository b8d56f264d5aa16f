"""Builds on a Dask cluster, for ``--engine dask``: what Prefect's Dask task runner needs around it to be trusted."""
