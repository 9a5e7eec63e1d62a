"""Opening DuckDB: in memory, and silent."""

import duckdb


def connect() -> duckdb.DuckDBPyConnection:
    """Open an in-memory database that draws no progress bar of its own over ours.

    DuckDB draws one on the standard output, terminal or not, where it takes the process for
    interactive: in a notebook, under `python -c`.
    """
    connection = duckdb.connect()
    connection.execute("set enable_progress_bar = false")
    return connection
