"""Price lists as data: dated, cited Polish tariffs and levies (YAML)."""
