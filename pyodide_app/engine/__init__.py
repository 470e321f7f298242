"""Music model, mixer, meters and forge planner, using only the standard library and numpy."""
