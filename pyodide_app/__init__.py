"""Code that runs in the visitor's browser."""
