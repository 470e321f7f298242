"""Pictures: covers, social cards, icons."""
