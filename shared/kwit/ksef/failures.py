"""Work on many documents, so that one of them that fails holds up none of the others."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from kwit.ksef.ports import KsefBusyError, KsefUnavailableError


@dataclass(slots=True)
class Failures:
    """What single documents failed with; the first of it is raised when the others are done."""

    met: list[Exception] = field(default_factory=list)

    @contextmanager
    def kept(self) -> Iterator[None]:
        """Keep what goes wrong within; KSeF out of reach is out of reach for all, so that is raised at once."""
        try:
            yield
        except (KsefUnavailableError, KsefBusyError):
            raise
        except Exception as error:  # noqa: BLE001 - raised by `tell`, when the others are done
            self.met.append(error)

    def tell(self) -> None:
        """Raise the first failure, if there is any."""
        if self.met:
            raise self.met[0]
