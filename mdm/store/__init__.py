"""The system of record: all of the service's SQL, on SQLite and PostgreSQL alike.

`Store` opens transactions; the modules beside it are functions whose first argument is one.
"""

from mdm.store.store import Store, Transaction

__all__ = ["Store", "Transaction"]
