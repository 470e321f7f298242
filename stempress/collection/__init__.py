"""What the artist wrote, read and checked."""
