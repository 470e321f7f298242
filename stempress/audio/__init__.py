"""Sound: decoded, measured, encoded."""
