"""The tables, once, for both databases.

Kept tables hold what cannot be made again; derived tables can be emptied and rebuilt from them.
JSON and times are text: JSON is written by the code, times sort as text (`mdm.model.clock`).
Match weights are integer micro-bits (bits times 1,000,000, rounded).
"""

import sqlalchemy as sa

metadata = sa.MetaData(
    naming_convention={
        "pk": "%(table_name)s_pk",
        "fk": "%(table_name)s_%(column_0_name)s_fk",
        "uq": "%(table_name)s_%(column_0_N_name)s_uq",
        "ix": "%(table_name)s_%(column_0_N_name)s_ix",
    }
)

_Number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
"""A 64-bit key; SQLite counts up by itself only when the type says INTEGER."""


def _counted(name: str) -> sa.Column[int]:
    """Make a primary key that the database hands out and never uses twice."""
    return sa.Column(name, _Number, primary_key=True, autoincrement=True)


def _key(name: str, *references: sa.ForeignKey) -> sa.Column[int]:
    """Make a numeric primary key column whose value the code supplies."""
    return sa.Column(name, _Number, *references, primary_key=True, autoincrement=False)


def _text(name: str, *, nullable: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.Text, nullable=nullable)


def _count(name: str) -> sa.Column[int]:
    return sa.Column(name, _Number, nullable=False, server_default=sa.text("0"))


def _refers(name: str, column: str, *, nullable: bool = False) -> sa.Column[int]:
    return sa.Column(name, _Number, sa.ForeignKey(column), nullable=nullable)


# Kept.

source = sa.Table(
    "source",
    metadata,
    _counted("source_id"),
    sa.Column("name", sa.Text, nullable=False, unique=True),
    _text("kind"),
    sa.Column("trust", sa.Double, nullable=False),
    _text("declared_at"),
    sqlite_autoincrement=True,
)

ingestion = sa.Table(
    "ingestion",
    metadata,
    _counted("ingestion_id"),
    _refers("source_id", "source.source_id"),
    _text("started_at"),
    _text("finished_at", nullable=True),
    _count("read"),
    _count("created"),
    _count("changed"),
    _count("unchanged"),
    _count("stale"),
    _count("quarantined"),
    sqlite_autoincrement=True,
)

golden_id = sa.Table(
    "golden_id",
    metadata,
    _key("serial"),
    sa.Column("golden_id", sa.Text, nullable=False, unique=True),
    _text("minted_at"),
    sa.Column("follows", _Number),
)

record = sa.Table(
    "record",
    metadata,
    _counted("record_id"),
    _refers("source_id", "source.source_id"),
    _text("key"),
    sa.Column("version", sa.Integer, nullable=False),
    _text("content_hash"),
    _text("payload"),
    _text("attributes"),
    _text("modified_at", nullable=True),
    _text("arrived_at"),
    _text("retired_at", nullable=True),
    _refers("own_serial", "golden_id.serial", nullable=True),
    sa.Column("pending", sa.Boolean, nullable=False),
    sa.UniqueConstraint("source_id", "key"),
    sqlite_autoincrement=True,
)
sa.Index(
    "record_pending_ix",
    record.c.source_id,
    record.c.record_id,
    sqlite_where=sa.text("pending"),
    postgresql_where=sa.text("pending"),
)
sa.Index(
    "record_retired_ix",
    record.c.source_id,
    sqlite_where=sa.text("retired_at IS NOT NULL"),
    postgresql_where=sa.text("retired_at IS NOT NULL"),
)
sa.Index("record_own_serial_ix", record.c.own_serial)

record_version = sa.Table(
    "record_version",
    metadata,
    _key("record_id", sa.ForeignKey("record.record_id")),
    sa.Column("version", sa.Integer, primary_key=True, autoincrement=False),
    _text("content_hash"),
    _text("payload"),
    _text("attributes"),
    _text("modified_at", nullable=True),
    _text("arrived_at"),
    _text("retired_at", nullable=True),
)

judgement = sa.Table(
    "judgement",
    metadata,
    _counted("judgement_id"),
    _text("kind"),
    _text("actor"),
    _text("made_at"),
    _text("reason"),
    sa.Column("keeps_part", sa.Integer),
    _refers("superseded_by", "judgement.judgement_id", nullable=True),
    _text("withdrawn_at", nullable=True),
    _text("withdrawn_by", nullable=True),
    sqlite_autoincrement=True,
)

judgement_member = sa.Table(
    "judgement_member",
    metadata,
    _key("judgement_id", sa.ForeignKey("judgement.judgement_id")),
    _key("record_id", sa.ForeignKey("record.record_id")),
    sa.Column("part", sa.Integer, nullable=False),
    _text("content_hash"),
)
sa.Index(None, judgement_member.c.record_id)

model_version = sa.Table(
    "model_version",
    metadata,
    _counted("version"),
    _text("created_at"),
    _text("activated_at", nullable=True),
    _text("rules_hash"),
    _text("rules"),
    _text("settings"),
    sa.Column("term_frequencies", sa.LargeBinary, nullable=False),
    _text("skipped_keys"),
    sa.Column("link_bits", sa.Double, nullable=False),
    sa.Column("review_bits", sa.Double, nullable=False),
    _text("libraries"),
    _text("figures"),
    _text("warnings"),
    sa.Column("seed", _Number, nullable=False),
    sqlite_autoincrement=True,
)

quarantine = sa.Table(
    "quarantine",
    metadata,
    _counted("quarantine_id"),
    _refers("source_id", "source.source_id"),
    sa.Column("line", _Number),
    _text("key", nullable=True),
    _text("field"),
    _text("value", nullable=True),
    _text("reason"),
    _text("row"),
    _text("row_hash"),
    _text("first_seen_at"),
    _refers("last_ingestion_id", "ingestion.ingestion_id"),
    sa.UniqueConstraint("source_id", "row_hash", "field"),
    sqlite_autoincrement=True,
)

resolution = sa.Table(
    "resolution",
    metadata,
    _counted("resolution_id"),
    _refers("model_version", "model_version.version"),
    _text("started_at"),
    _text("published_at"),
    _text("figures"),
    sa.Column("keyed", sa.Boolean),
    sqlite_autoincrement=True,
)

user = sa.Table(
    "user",
    metadata,
    sa.Column("name", sa.Text, primary_key=True),
    _text("password_hash"),
    sa.Column("generation", sa.Integer, nullable=False),
    _text("created_at"),
    _text("disabled_at", nullable=True),
)

login_attempt = sa.Table(
    "login_attempt",
    metadata,
    _counted("attempt_id"),
    _text("name"),
    _text("address"),
    _text("at"),
    sqlite_autoincrement=True,
)
sa.Index(None, login_attempt.c.name)

publication = sa.Table(
    "publication",
    metadata,
    _key("publication_id"),
    _text("published_at"),
)

change = sa.Table(
    "change",
    metadata,
    _key("change_id"),
    sa.Column("publication_id", _Number, nullable=False),
    sa.Column("kind", sa.SmallInteger, nullable=False),
    sa.Column("serial", _Number, nullable=False),
    sa.Column("other", _Number),
    sa.Column("record_id", _Number),
    _text("attributes", nullable=True),
)

# Derived.  Pairs and keys, the largest tables, hold record IDs without a foreign key:
# publication writes them from records that it has just read.

standardised = sa.Table(
    "standardised",
    metadata,
    _key("record_id", sa.ForeignKey("record.record_id")),
    _text("rules_hash"),
    _text("attributes"),
)

pair = sa.Table(
    "pair",
    metadata,
    _key("record_l"),
    _key("record_r"),
    sa.Column("weight", sa.BigInteger, nullable=False),
    sa.Column("inside_only", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.CheckConstraint("record_l < record_r", name="pair_ordered"),
    sqlite_with_rowid=False,
)
sa.Index(None, pair.c.record_r)

crosswalk = sa.Table(
    "crosswalk",
    metadata,
    _key("record_id", sa.ForeignKey("record.record_id")),
    _refers("serial", "golden_id.serial"),
)
sa.Index(None, crosswalk.c.serial)

golden_record = sa.Table(
    "golden_record",
    metadata,
    _key("serial", sa.ForeignKey("golden_id.serial")),
    sa.Column("version", sa.Integer, nullable=False),
    _text("created_at"),
    _text("updated_at"),
    _text("attributes"),
    _text("provenance"),
)

search_key = sa.Table(
    "search_key",
    metadata,
    sa.Column("kind", sa.Text, primary_key=True),
    sa.Column("value", sa.Text, primary_key=True),
    _key("record_id"),
    sqlite_with_rowid=False,
)
sa.Index(None, search_key.c.record_id)

blocking_key = sa.Table(
    "blocking_key",
    metadata,
    _key("key_hash"),
    _key("record_id"),
    sqlite_with_rowid=False,
)
sa.Index(None, blocking_key.c.record_id)
