"""``python -m stempress`` is the command ``stempress``."""

from stempress.commands.main import main

if __name__ == "__main__":
    main()
