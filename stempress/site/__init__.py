"""Pages: which ones exist, their addresses, and the data they show."""
