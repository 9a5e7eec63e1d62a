"""The tables of what people did: each act, the golden records that it was about, its evidence."""

import sqlalchemy as sa

from mdm.store.columns import NUMBER, counted, key, metadata, refers, text


def _number(name: str) -> sa.Column[int]:
    return sa.Column(name, NUMBER, nullable=False)


# Kept.

act = sa.Table(
    "act",
    metadata,
    counted("act_id"),
    text("kind"),
    text("actor"),
    text("at"),
    text("reason"),
    refers("model_version", "model_version.version"),
    refers("judgement_id", "judgement.judgement_id", nullable=True),
    sa.Column("pin_id", NUMBER),
    text("others"),
    _number("change_id"),
    _number("pairs"),
    sqlite_autoincrement=True,
)

act_golden_record = sa.Table(
    "act_golden_record",
    metadata,
    key("act_id", sa.ForeignKey("act.act_id")),
    key("serial", sa.ForeignKey("golden_id.serial")),
    _number("records_before"),
    _number("records_after"),
    sqlite_with_rowid=False,
)
sa.Index(None, act_golden_record.c.serial, act_golden_record.c.act_id)

act_pair = sa.Table(
    "act_pair",
    metadata,
    key("act_id", sa.ForeignKey("act.act_id")),
    sa.Column("place", sa.Integer, primary_key=True, autoincrement=False),
    refers("record_l", "record.record_id"),
    refers("record_r", "record.record_id"),
    _number("weight"),
    sqlite_with_rowid=False,
)
