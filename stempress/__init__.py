"""The generator: an artist's folder in, a static site out."""
