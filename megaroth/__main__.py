"""`python -m megaroth`: the command line of cli.py."""

from megaroth.cli import main

main()
