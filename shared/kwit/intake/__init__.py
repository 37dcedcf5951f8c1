"""Dropped files: what they are, how they decode into rows, and what is said back about each row."""
