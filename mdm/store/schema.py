"""The tables, once, for both databases.

Kept tables hold what cannot be made again; derived tables can be emptied and rebuilt from them.
JSON and times are text: JSON is written by the code, times sort as text (`mdm.model.clock`).
Match weights are integer micro-bits (bits times 1,000,000, rounded).  Those of reviews stand in
`mdm.store.review_schema`, those of what people did in `mdm.store.history_schema`, that of pins in
`mdm.store.pin_schema`, those of figures in `mdm.store.tally_schema`, those of who may log in in
`mdm.store.user_schema`, those of bulk answers in `mdm.store.acceptance_schema`.
"""

import sqlalchemy as sa

from mdm.store.acceptance_schema import acceptance as acceptance
from mdm.store.columns import NUMBER, count, counted, key, refers, text
from mdm.store.columns import metadata as metadata
from mdm.store.history_schema import act as act
from mdm.store.pin_schema import pin as pin
from mdm.store.review_schema import review as review
from mdm.store.tally_schema import tally as tally
from mdm.store.user_schema import user as user

# Kept.

source = sa.Table(
    "source",
    metadata,
    counted("source_id"),
    sa.Column("name", sa.Text, nullable=False, unique=True),
    text("kind"),
    sa.Column("trust", sa.Double, nullable=False),
    text("declared_at"),
    sqlite_autoincrement=True,
)

ingestion = sa.Table(
    "ingestion",
    metadata,
    counted("ingestion_id"),
    refers("source_id", "source.source_id"),
    text("started_at"),
    text("finished_at", nullable=True),
    count("read"),
    count("created"),
    count("changed"),
    count("unchanged"),
    count("stale"),
    count("quarantined"),
    sqlite_autoincrement=True,
)

golden_id = sa.Table(
    "golden_id",
    metadata,
    key("serial"),
    sa.Column("golden_id", sa.Text, nullable=False, unique=True),
    text("minted_at"),
    sa.Column("follows", NUMBER),
)
sa.Index(
    "golden_id_follows_ix",
    golden_id.c.follows,
    sqlite_where=sa.text("follows IS NOT NULL"),
    postgresql_where=sa.text("follows IS NOT NULL"),
)

record = sa.Table(
    "record",
    metadata,
    counted("record_id"),
    refers("source_id", "source.source_id"),
    text("key"),
    sa.Column("version", sa.Integer, nullable=False),
    text("content_hash"),
    text("payload"),
    text("attributes"),
    text("modified_at", nullable=True),
    text("arrived_at"),
    text("retired_at", nullable=True),
    refers("own_serial", "golden_id.serial", nullable=True),
    sa.Column("pending", sa.Boolean, nullable=False),
    sa.Column("settled_in", NUMBER),
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
sa.Index(
    "record_settled_in_ix",
    record.c.settled_in,
    sqlite_where=sa.text("settled_in IS NOT NULL"),
    postgresql_where=sa.text("settled_in IS NOT NULL"),
)

record_version = sa.Table(
    "record_version",
    metadata,
    key("record_id", sa.ForeignKey("record.record_id")),
    sa.Column("version", sa.Integer, primary_key=True, autoincrement=False),
    text("content_hash"),
    text("payload"),
    text("attributes"),
    text("modified_at", nullable=True),
    text("arrived_at"),
    text("retired_at", nullable=True),
)

judgement = sa.Table(
    "judgement",
    metadata,
    counted("judgement_id"),
    text("kind"),
    text("actor"),
    text("made_at"),
    text("reason"),
    sa.Column("keeps_part", sa.Integer),
    refers("superseded_by", "judgement.judgement_id", nullable=True),
    text("withdrawn_at", nullable=True),
    text("withdrawn_by", nullable=True),
    text("withdrawn_reason", nullable=True),
    sqlite_autoincrement=True,
)
_IN_FORCE = sa.text("superseded_by IS NULL AND withdrawn_at IS NULL")
sa.Index(
    "judgement_in_force_ix",
    judgement.c.judgement_id,
    sqlite_where=_IN_FORCE,
    postgresql_where=_IN_FORCE,
)
sa.Index(
    "judgement_superseded_by_ix",
    judgement.c.superseded_by,
    sqlite_where=sa.text("superseded_by IS NOT NULL"),
    postgresql_where=sa.text("superseded_by IS NOT NULL"),
)

judgement_member = sa.Table(
    "judgement_member",
    metadata,
    key("judgement_id", sa.ForeignKey("judgement.judgement_id")),
    key("record_id", sa.ForeignKey("record.record_id")),
    sa.Column("part", sa.Integer, nullable=False),
    text("content_hash"),
)
sa.Index(None, judgement_member.c.record_id)

model_version = sa.Table(
    "model_version",
    metadata,
    counted("version"),
    text("created_at"),
    text("activated_at", nullable=True),
    text("rules_hash"),
    text("rules"),
    text("settings"),
    sa.Column("term_frequencies", sa.LargeBinary, nullable=False),
    text("skipped_keys"),
    sa.Column("link_bits", sa.Double, nullable=False),
    sa.Column("review_bits", sa.Double, nullable=False),
    text("libraries"),
    text("figures"),
    text("warnings"),
    sa.Column("seed", NUMBER, nullable=False),
    sqlite_autoincrement=True,
)

quarantine = sa.Table(
    "quarantine",
    metadata,
    counted("quarantine_id"),
    refers("source_id", "source.source_id"),
    sa.Column("line", NUMBER),
    text("key", nullable=True),
    text("field"),
    text("value", nullable=True),
    text("reason"),
    text("row"),
    text("row_hash"),
    text("first_seen_at"),
    refers("last_ingestion_id", "ingestion.ingestion_id"),
    sa.UniqueConstraint("source_id", "row_hash", "field"),
    sqlite_autoincrement=True,
)

resolution = sa.Table(
    "resolution",
    metadata,
    counted("resolution_id"),
    refers("model_version", "model_version.version"),
    text("started_at"),
    text("published_at"),
    text("figures"),
    sa.Column("keyed", sa.Boolean),
    sqlite_autoincrement=True,
)

publication = sa.Table(
    "publication",
    metadata,
    key("publication_id"),
    text("published_at"),
)

change = sa.Table(
    "change",
    metadata,
    key("change_id"),
    sa.Column("publication_id", NUMBER, nullable=False),
    sa.Column("kind", sa.SmallInteger, nullable=False),
    sa.Column("serial", NUMBER, nullable=False),
    sa.Column("other", NUMBER),
    sa.Column("record_id", NUMBER),
    text("attributes", nullable=True),
)
sa.Index(None, change.c.serial)
sa.Index(
    "change_other_ix",
    change.c.other,
    sqlite_where=sa.text("other IS NOT NULL"),
    postgresql_where=sa.text("other IS NOT NULL"),
)

# Derived.  Pairs and keys, the largest tables, hold record IDs without a foreign key:
# publication writes them from records that it has just read.

standardised = sa.Table(
    "standardised",
    metadata,
    key("record_id", sa.ForeignKey("record.record_id")),
    text("rules_hash"),
    text("attributes"),
)

pair = sa.Table(
    "pair",
    metadata,
    key("record_l"),
    key("record_r"),
    sa.Column("weight", sa.BigInteger, nullable=False),
    sa.Column("inside_only", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.CheckConstraint("record_l < record_r", name="pair_ordered"),
    sqlite_with_rowid=False,
)
sa.Index(None, pair.c.record_r)

crosswalk = sa.Table(
    "crosswalk",
    metadata,
    key("record_id", sa.ForeignKey("record.record_id")),
    refers("serial", "golden_id.serial"),
)
sa.Index(None, crosswalk.c.serial)

golden_record = sa.Table(
    "golden_record",
    metadata,
    key("serial", sa.ForeignKey("golden_id.serial")),
    sa.Column("version", sa.Integer, nullable=False),
    text("created_at"),
    text("updated_at"),
    text("attributes"),
    text("provenance"),
)

search_key = sa.Table(
    "search_key",
    metadata,
    sa.Column("kind", sa.Text, primary_key=True),
    sa.Column("value", sa.Text, primary_key=True),
    key("record_id"),
    sqlite_with_rowid=False,
)
sa.Index(None, search_key.c.record_id)

blocking_key = sa.Table(
    "blocking_key",
    metadata,
    key("key_hash"),
    key("record_id"),
    sqlite_with_rowid=False,
)
sa.Index(None, blocking_key.c.record_id)
