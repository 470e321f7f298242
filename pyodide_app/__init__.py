"""Everything that runs in the visitor's browser."""
