"""``python -m jobs`` is ``leadboard``."""

from jobs.cli import main

main()
