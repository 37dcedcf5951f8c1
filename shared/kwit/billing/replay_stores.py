"""The stores of a replay, apart from it: a replay of notes reads files, and few functions carry readers of files."""

from dataclasses import dataclass

from kwit.billing.correction_run import CorrectionStores
from kwit.billing.ports import EvidenceStore, RunStore, SettingsStore
from kwit.tariffs.ports import EveryVersion


@dataclass(frozen=True, slots=True)
class ReplayStores:
    """What a replay finds recorded inputs in, and what they name: settings, price lists and issued documents."""

    runs: RunStore
    evidence: EvidenceStore
    settings: SettingsStore
    price_lists: EveryVersion
    corrections: CorrectionStores
