"""Files for people: tables with units and lineage, a GeoPackage with styles, the route position list."""
