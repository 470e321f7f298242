"""A drop: mint, seal, reveal, sync."""
