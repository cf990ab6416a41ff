"""Which rules read a plan text? Pure: text in, proposals out; no clock, no database, no network."""
