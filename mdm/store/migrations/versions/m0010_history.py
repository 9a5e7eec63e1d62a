"""What people did, with the evidence of its time; why a judgement was withdrawn.

Acts of before are not made up: their evidence is gone.  The log of changes is indexed by what its
lines are about, so that a golden record's history is read by index.
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"

_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the tables, empty, and the indexes."""
    _make_acts()
    _make_evidence()
    op.add_column("judgement", sa.Column("withdrawn_reason", sa.Text()))
    op.create_index("change_serial_ix", "change", ["serial"])
    told = sa.text("other IS NOT NULL")
    op.create_index(
        "change_other_ix", "change", ["other"], sqlite_where=told, postgresql_where=told
    )


def _make_acts() -> None:
    op.create_table(
        "act",
        sa.Column("act_id", _NUMBER, autoincrement=True, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("actor", sa.Text, nullable=False),
        sa.Column("at", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        _refers("model_version", "model_version.version", "act_model_version_fk"),
        _refers("judgement_id", "judgement.judgement_id", "act_judgement_id_fk", nullable=True),
        sa.Column("others", sa.Text, nullable=False),
        sa.Column("change_id", _NUMBER, nullable=False),
        sa.Column("pairs", _NUMBER, nullable=False),
        sa.PrimaryKeyConstraint("act_id", name="act_pk"),
        sqlite_autoincrement=True,
    )


def _make_evidence() -> None:
    op.create_table(
        "act_golden_record",
        _refers("act_id", "act.act_id", "act_golden_record_act_id_fk"),
        _refers("serial", "golden_id.serial", "act_golden_record_serial_fk"),
        sa.Column("records_before", _NUMBER, nullable=False),
        sa.Column("records_after", _NUMBER, nullable=False),
        sa.PrimaryKeyConstraint("act_id", "serial", name="act_golden_record_pk"),
        sqlite_with_rowid=False,
    )
    op.create_index("act_golden_record_serial_act_id_ix", "act_golden_record", ["serial", "act_id"])
    op.create_table(
        "act_pair",
        _refers("act_id", "act.act_id", "act_pair_act_id_fk"),
        sa.Column("place", sa.Integer, autoincrement=False, nullable=False),
        _refers("record_l", "record.record_id", "act_pair_record_l_fk"),
        _refers("record_r", "record.record_id", "act_pair_record_r_fk"),
        sa.Column("weight", _NUMBER, nullable=False),
        sa.PrimaryKeyConstraint("act_id", "place", name="act_pair_pk"),
        sqlite_with_rowid=False,
    )


def _refers(name: str, column: str, key: str, *, nullable: bool = False) -> sa.Column[int]:
    return sa.Column(name, _NUMBER, sa.ForeignKey(column, name=key), nullable=nullable)
