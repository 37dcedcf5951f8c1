"""Money, energy, time and identifiers: the standard library alone, shared by every room."""
