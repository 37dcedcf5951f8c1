"""The kwit command."""
