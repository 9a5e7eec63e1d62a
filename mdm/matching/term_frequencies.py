"""Term frequencies: how common a value is, counted in training and frozen with the model version.

A value that the model has not seen gets 1/N, N being the records that it was trained on (see
`mdm.matching.model`).  Otherwise yesterday's weight were not today's, and order would matter.
"""

import io

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from mdm.matching.splink_engine import frequency_attributes
from mdm.model.rules.rules import Rules

_COLUMNS: dict[str, pa.DataType] = {
    "attribute": pa.string(),
    "value": pa.string(),
    "frequency": pa.float64(),
}
_SCHEMA = pa.schema(_COLUMNS)


def count(connection: duckdb.DuckDBPyConnection, rules: Rules) -> bytes:
    """Count the share of records with each value, as a Parquet file (attribute, value, frequency).

    The share is of the records that have the attribute.  Rows stand in the order of attribute and
    value, so that the same records give the same bytes.
    """
    parts = [
        connection.execute(
            f"""
            select '{name}' as attribute, {name} as value,
                   count(*)::double / (select count({name}) from record) as frequency
            from record
            where {name} is not null
            group by {name}
            order by {name}
            """
        ).to_arrow_table()
        for name in frequency_attributes(rules)
    ]
    table = pa.concat_tables([_SCHEMA.empty_table(), *(part.cast(_SCHEMA) for part in parts)])
    buffer = io.BytesIO()
    pq.write_table(table, buffer, compression="zstd")
    return buffer.getvalue()
