"""Scripts that run in Node, and in the Pyodide that they start."""
