"""The build against other site generators, on the same collection, page for page."""
