"""Drop commands: new, mint, seal, reveal, sync and import."""
