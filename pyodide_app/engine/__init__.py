"""The engine: the model, the mix and its measurement, on the standard library and numpy alone."""
