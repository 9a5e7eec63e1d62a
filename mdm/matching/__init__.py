"""Everything that imports Splink: blocking, training and scoring on an in-memory DuckDB.

DuckDB holds no kept state: tables come in from the store, pairs and weights go out.
"""
