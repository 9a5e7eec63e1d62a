"""Write the bank's data: `python -m demo.bank [DIRECTORY]`, `demo/data` unless told otherwise."""

import sys
from pathlib import Path

from demo.bank.bank import write_bank

DATA = Path(__file__).parent.parent / "data"


def main(arguments: list[str]) -> None:
    """Write everything, and say what was written."""
    directory = Path(arguments[0]) if arguments else DATA
    counts = write_bank(directory)
    for source, count in counts.items():
        print(f"{source:14} {count:6} records")


if __name__ == "__main__":
    main(sys.argv[1:])
