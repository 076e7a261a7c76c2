"""Which version answers in production, and what it has to prove first."""
