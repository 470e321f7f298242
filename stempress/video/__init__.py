"""Videos of mixes: the drawn record turns, and its rings move with their stems."""
