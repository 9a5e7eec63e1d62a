"""The first tables: sources, records, judgements, models, and what is derived from them."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Create every table of the foundation."""
    _create_sources()
    _create_records()
    _create_judgements()
    _create_models()
    _create_derived()


def _create_sources() -> None:
    op.create_table(
        "source",
        sa.Column("source_id", _NUMBER, autoincrement=True, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("trust", sa.Double(), nullable=False),
        sa.Column("declared_at", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("source_id", name="source_pk"),
        sa.UniqueConstraint("name", name="source_name_uq"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "ingestion",
        sa.Column("ingestion_id", _NUMBER, autoincrement=True, nullable=False),
        sa.Column("source_id", _NUMBER, nullable=False),
        sa.Column("started_at", sa.Text(), nullable=False),
        sa.Column("finished_at", sa.Text(), nullable=True),
        sa.Column("read", _NUMBER, server_default=sa.text("0"), nullable=False),
        sa.Column("created", _NUMBER, server_default=sa.text("0"), nullable=False),
        sa.Column("changed", _NUMBER, server_default=sa.text("0"), nullable=False),
        sa.Column("unchanged", _NUMBER, server_default=sa.text("0"), nullable=False),
        sa.Column("stale", _NUMBER, server_default=sa.text("0"), nullable=False),
        sa.Column("quarantined", _NUMBER, server_default=sa.text("0"), nullable=False),
        sa.ForeignKeyConstraint(["source_id"], ["source.source_id"], name="ingestion_source_id_fk"),
        sa.PrimaryKeyConstraint("ingestion_id", name="ingestion_pk"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "quarantine",
        sa.Column("quarantine_id", _NUMBER, autoincrement=True, nullable=False),
        sa.Column("source_id", _NUMBER, nullable=False),
        sa.Column("line", _NUMBER, nullable=True),
        sa.Column("key", sa.Text(), nullable=True),
        sa.Column("field", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("row", sa.Text(), nullable=False),
        sa.Column("row_hash", sa.Text(), nullable=False),
        sa.Column("first_seen_at", sa.Text(), nullable=False),
        sa.Column("last_ingestion_id", _NUMBER, nullable=False),
        sa.ForeignKeyConstraint(
            ["last_ingestion_id"],
            ["ingestion.ingestion_id"],
            name="quarantine_last_ingestion_id_fk",
        ),
        sa.ForeignKeyConstraint(
            ["source_id"], ["source.source_id"], name="quarantine_source_id_fk"
        ),
        sa.PrimaryKeyConstraint("quarantine_id", name="quarantine_pk"),
        sa.UniqueConstraint(
            "source_id", "row_hash", "field", name="quarantine_source_id_row_hash_field_uq"
        ),
        sqlite_autoincrement=True,
    )


def _create_records() -> None:
    op.create_table(
        "golden_id",
        sa.Column("serial", _NUMBER, autoincrement=False, nullable=False),
        sa.Column("golden_id", sa.Text(), nullable=False),
        sa.Column("minted_at", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("serial", name="golden_id_pk"),
        sa.UniqueConstraint("golden_id", name="golden_id_golden_id_uq"),
    )
    op.create_table(
        "record",
        sa.Column("record_id", _NUMBER, autoincrement=True, nullable=False),
        sa.Column("source_id", _NUMBER, nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("content_hash", sa.Text(), nullable=False),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.Column("attributes", sa.Text(), nullable=False),
        sa.Column("modified_at", sa.Text(), nullable=True),
        sa.Column("arrived_at", sa.Text(), nullable=False),
        sa.Column("retired_at", sa.Text(), nullable=True),
        sa.Column("own_serial", _NUMBER, nullable=True),
        sa.Column("pending", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["own_serial"], ["golden_id.serial"], name="record_own_serial_fk"),
        sa.ForeignKeyConstraint(["source_id"], ["source.source_id"], name="record_source_id_fk"),
        sa.PrimaryKeyConstraint("record_id", name="record_pk"),
        sa.UniqueConstraint("source_id", "key", name="record_source_id_key_uq"),
        sqlite_autoincrement=True,
    )
    op.create_index("record_own_serial_ix", "record", ["own_serial"], unique=False)
    op.create_index(
        "record_pending_ix",
        "record",
        ["record_id"],
        unique=False,
        sqlite_where=sa.text("pending"),
        postgresql_where=sa.text("pending"),
    )
    op.create_table(
        "record_version",
        sa.Column("record_id", _NUMBER, autoincrement=False, nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("content_hash", sa.Text(), nullable=False),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.Column("attributes", sa.Text(), nullable=False),
        sa.Column("modified_at", sa.Text(), nullable=True),
        sa.Column("arrived_at", sa.Text(), nullable=False),
        sa.Column("retired_at", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["record_id"], ["record.record_id"], name="record_version_record_id_fk"
        ),
        sa.PrimaryKeyConstraint("record_id", "version", name="record_version_pk"),
    )


def _create_judgements() -> None:
    op.create_table(
        "judgement",
        sa.Column("judgement_id", _NUMBER, autoincrement=True, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("made_at", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("keeps_part", sa.Integer(), nullable=True),
        sa.Column("superseded_by", _NUMBER, nullable=True),
        sa.Column("withdrawn_at", sa.Text(), nullable=True),
        sa.Column("withdrawn_by", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["superseded_by"], ["judgement.judgement_id"], name="judgement_superseded_by_fk"
        ),
        sa.PrimaryKeyConstraint("judgement_id", name="judgement_pk"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "judgement_member",
        sa.Column("judgement_id", _NUMBER, autoincrement=False, nullable=False),
        sa.Column("record_id", _NUMBER, autoincrement=False, nullable=False),
        sa.Column("part", sa.Integer(), nullable=False),
        sa.Column("content_hash", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["judgement_id"], ["judgement.judgement_id"], name="judgement_member_judgement_id_fk"
        ),
        sa.ForeignKeyConstraint(
            ["record_id"], ["record.record_id"], name="judgement_member_record_id_fk"
        ),
        sa.PrimaryKeyConstraint("judgement_id", "record_id", name="judgement_member_pk"),
    )


def _create_models() -> None:
    op.create_table(
        "model_version",
        sa.Column("version", _NUMBER, autoincrement=True, nullable=False),
        sa.Column("created_at", sa.Text(), nullable=False),
        sa.Column("activated_at", sa.Text(), nullable=True),
        sa.Column("rules_hash", sa.Text(), nullable=False),
        sa.Column("rules", sa.Text(), nullable=False),
        sa.Column("settings", sa.Text(), nullable=False),
        sa.Column("term_frequencies", sa.LargeBinary(), nullable=False),
        sa.Column("skipped_keys", sa.Text(), nullable=False),
        sa.Column("link_bits", sa.Double(), nullable=False),
        sa.Column("review_bits", sa.Double(), nullable=False),
        sa.Column("libraries", sa.Text(), nullable=False),
        sa.Column("figures", sa.Text(), nullable=False),
        sa.Column("warnings", sa.Text(), nullable=False),
        sa.Column("seed", _NUMBER, nullable=False),
        sa.PrimaryKeyConstraint("version", name="model_version_pk"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "resolution",
        sa.Column("resolution_id", _NUMBER, autoincrement=True, nullable=False),
        sa.Column("model_version", _NUMBER, nullable=False),
        sa.Column("started_at", sa.Text(), nullable=False),
        sa.Column("published_at", sa.Text(), nullable=False),
        sa.Column("figures", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["model_version"], ["model_version.version"], name="resolution_model_version_fk"
        ),
        sa.PrimaryKeyConstraint("resolution_id", name="resolution_pk"),
        sqlite_autoincrement=True,
    )


def _create_derived() -> None:
    op.create_table(
        "standardised",
        sa.Column("record_id", _NUMBER, autoincrement=False, nullable=False),
        sa.Column("rules_hash", sa.Text(), nullable=False),
        sa.Column("attributes", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["record_id"], ["record.record_id"], name="standardised_record_id_fk"
        ),
        sa.PrimaryKeyConstraint("record_id", name="standardised_pk"),
    )
    op.create_table(
        "pair",
        sa.Column("record_l", _NUMBER, autoincrement=False, nullable=False),
        sa.Column("record_r", _NUMBER, autoincrement=False, nullable=False),
        sa.Column("weight", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("record_l < record_r", name="pair_ordered"),
        sa.PrimaryKeyConstraint("record_l", "record_r", name="pair_pk"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "crosswalk",
        sa.Column("record_id", _NUMBER, autoincrement=False, nullable=False),
        sa.Column("serial", _NUMBER, nullable=False),
        sa.ForeignKeyConstraint(["record_id"], ["record.record_id"], name="crosswalk_record_id_fk"),
        sa.ForeignKeyConstraint(["serial"], ["golden_id.serial"], name="crosswalk_serial_fk"),
        sa.PrimaryKeyConstraint("record_id", name="crosswalk_pk"),
    )
    op.create_index("crosswalk_serial_ix", "crosswalk", ["serial"], unique=False)
    op.create_table(
        "golden_record",
        sa.Column("serial", _NUMBER, autoincrement=False, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.Text(), nullable=False),
        sa.Column("updated_at", sa.Text(), nullable=False),
        sa.Column("attributes", sa.Text(), nullable=False),
        sa.Column("provenance", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["serial"], ["golden_id.serial"], name="golden_record_serial_fk"),
        sa.PrimaryKeyConstraint("serial", name="golden_record_pk"),
    )
    op.create_table(
        "search_key",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("record_id", _NUMBER, autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("kind", "value", "record_id", name="search_key_pk"),
        sqlite_with_rowid=False,
    )
    op.create_index("search_key_record_id_ix", "search_key", ["record_id"], unique=False)
