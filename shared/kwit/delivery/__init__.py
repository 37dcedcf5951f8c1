"""E-mail: one message per document, and what the mail system says of it."""
