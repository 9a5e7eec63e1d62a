"""Term frequencies: how common a value is, counted in training and frozen with the model version.

A value that the model has not seen gets 1/N, N being the records that it was trained on (see
`mdm.matching.model`).  Otherwise yesterday's weight were not today's, and order would matter.
"""

import io

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from mdm.matching.predicates import quoted
from mdm.matching.splink_engine import frequency_attributes
from mdm.model.rules.rules import Rules

_SCHEMA = pa.schema(
    [("attribute", pa.string()), ("value", pa.string()), ("frequency", pa.float64())]
)


def count(connection: duckdb.DuckDBPyConnection, rules: Rules) -> bytes:
    """Count the share of records with each value, as a Parquet file (attribute, value, frequency).

    The share is of the records that have the attribute.  Rows stand in the order of attribute and
    value, so that the same records give the same bytes.
    """
    parts = [
        connection.execute(
            f"""
            select '{name}' as attribute, {value} as value,
                   count(*)::double / (select count({value}) from record) as frequency
            from record
            where {value} is not null
            group by {value}
            order by {value}
            """
        ).to_arrow_table()
        for name in frequency_attributes(rules)
        for value in [quoted(name)]
    ]
    table = pa.concat_tables([_SCHEMA.empty_table(), *(part.cast(_SCHEMA) for part in parts)])
    buffer = io.BytesIO()
    pq.write_table(table, buffer, compression="zstd")
    return buffer.getvalue()
