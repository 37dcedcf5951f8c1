"""Templates of e-mails and documents, and the fonts they use."""
