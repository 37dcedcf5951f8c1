"""Estimation of readings (szacowanie): what stands in for a reading that nobody took, and how it was reckoned."""
