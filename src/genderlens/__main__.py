"""``python -m genderlens``."""

from genderlens.cli import main

if __name__ == "__main__":
    main()
