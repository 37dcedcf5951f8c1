"""Postings (dekrety): balanced entries per document, and their export."""
