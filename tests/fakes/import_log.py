"""The log of imports in memory."""


class InMemoryImportLog:
    """Implements kwit.intake.ports.ImportLog."""

    def __init__(self) -> None:
        self._by_hash = {}

    def find(self, content_hash):
        return self._by_hash.get(content_hash)

    def record(self, result):
        self._by_hash[result.content_hash] = result
