"""When: Prefect flows, the schedule and the command line. No arithmetic and no file formats."""
