"""Issued documents: number blocks, the invoice and its PDF."""
