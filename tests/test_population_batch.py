"""A batch of canonical records, with its truth, in bounded memory."""

import subprocess
import sys

import pyarrow.parquet as pq

from demo.population import (
    Population,
    records,
)
from demo.population.batch import BATCH_COLUMNS, write_batch


def test_a_batch_is_written_with_its_truth(tmp_path):
    batch = write_batch(tmp_path / "made", 25_000, chunk=7_000)
    table, truth = pq.read_table(batch.records), pq.read_table(batch.truth)
    assert table.column_names == list(BATCH_COLUMNS)
    assert table["key"].equals(truth["key"])
    assert truth["entity"].equals(records(Population(), records=25_000)["entity"])


def test_a_large_batch_fits_a_small_memory(tmp_path):
    """Six times the records take hardly more memory; a table of them would take 35 MB more."""

    def peak_of(count: int) -> int:
        program = (
            "import sys; from pathlib import Path; from demo.population.batch import write_batch;"
            f"write_batch(Path(sys.argv[1]), {count}, chunk=20_000);"
            "print(Path('/proc/self/status').read_text().split('VmHWM:')[1].split()[0])"
        )
        command = [sys.executable, "-c", program, str(tmp_path)]
        answer = subprocess.run(command, check=True, capture_output=True, text=True)
        assert pq.read_metadata(tmp_path / "records.parquet").num_rows == count
        return int(answer.stdout)  # kB of the child alone; ru_maxrss would inherit the parent's

    small, large = peak_of(40_000), peak_of(240_000)
    assert large < 300_000
    assert large < small + 20_000
