"""From a configured source to numbers: drivers, units, datums, nodata and quality control."""
