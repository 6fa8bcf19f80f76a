"""`python -m bot` is `emailstats`."""

from bot.cli import main

if __name__ == "__main__":
    main()
