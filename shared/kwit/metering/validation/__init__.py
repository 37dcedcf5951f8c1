"""Validation of readings (walidacja odczytów): rules, what may be set about them, and how a drop is reviewed."""
