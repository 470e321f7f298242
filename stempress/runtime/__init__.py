"""Files that the browser runs: modules, Pyodide, the wallet library."""
