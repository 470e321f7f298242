"""A real chain for the tests: anvil, contracts of every kind, and a relay that misbehaves."""
