"""What the tariffs room asks of a store."""

from collections.abc import Sequence
from typing import Protocol

from kwit.tariffs.price_list import PriceList


class PriceListStore(Protocol):
    """Versions of price lists, kept for ever."""

    def versions(self, code: str) -> Sequence[PriceList]:
        """Return the versions in force of a price list, ordered by their first day."""
        ...


class EveryVersion(Protocol):
    """Versions of price lists, those not in force any more among them."""

    def every_version(self, code: str) -> Sequence[PriceList]:
        """Return every version of a price list ever kept, those not in force any more among them."""
        ...
