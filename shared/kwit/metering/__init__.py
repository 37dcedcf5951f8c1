"""Readings (odczyty): parse what people drop, validate it row by row, turn it into usage."""
