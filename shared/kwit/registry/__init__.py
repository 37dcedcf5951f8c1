"""Parties, metering points, meters and contracts (kartoteka), as versions in time."""
