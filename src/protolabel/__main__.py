"""``python -m protolabel``: the command line."""

from protolabel.cli import main

if __name__ == "__main__":
    main()
