from typing import Annotated

from sqlalchemy import BigInteger, Integer, MetaData, String, Text
from sqlalchemy.orm import DeclarativeBase, mapped_column

Key = Annotated[str, mapped_column(String(64), primary_key=True)]
# SQLite counts up only what it calls INTEGER.
Counted = Annotated[int, mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True)]
Name = Annotated[str, mapped_column(String(128))]
Word = Annotated[str, mapped_column(String(64))]  # a word of ours: a state, a kind
Moment = Annotated[int, mapped_column(BigInteger)]  # milliseconds since the epoch
LongText = Annotated[str, mapped_column(Text)]


class Table(DeclarativeBase):
    """Base of the tables; constraints have names, so that a migration can change them on both databases."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
