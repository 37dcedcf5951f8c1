"""Usage and price lists become charge lines, each with its provenance."""
