"""Views: what templates are given, and nothing else."""
