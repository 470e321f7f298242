"""The generator: an artist's folder in, a static site out."""

__version__ = "0.1.0"
