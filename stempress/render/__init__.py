"""HTML, JSON and feeds."""
