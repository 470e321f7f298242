"""General utilities: errors, files, caches, processes."""
