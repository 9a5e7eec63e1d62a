"""A made-up bank: one population, written down by six departments that never talked.

`write_bank` makes their data and, beside it, the truth that only an evaluation may read.
`../sources.yaml` says how to read the data.
"""

from demo.bank.bank import PEOPLE, TRUTH_FILE, write_bank

__all__ = ["PEOPLE", "TRUTH_FILE", "write_bank"]
