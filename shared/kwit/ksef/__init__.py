"""KSeF: which documents become structured invoices there, how they are sent, and what became of each."""
