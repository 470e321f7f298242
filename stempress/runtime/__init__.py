"""What the browser runs: the modules, Pyodide, the wallet library."""
