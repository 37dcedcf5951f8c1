"""Profiles dropped as files: a new source of a known kind needs no release, only its description."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from kwit.intake.dropped_file import DroppedFile
from kwit.intake.findings import Finding, ImportResult, ImportStatus, Severity, file_rejection, result_of
from kwit.intake.ports import ImportLog
from kwit.metering.profile_files import Profile, ProfileError, packaged_profiles, read_profile

KIND = "profile"


class ProfileStore(Protocol):
    """Dropped profiles as versions; of each name the one known last counts."""

    def put(self, *, name: str, content: bytes, content_hash: str, known_at: datetime) -> None:
        """Keep a version; the same version twice changes nothing."""
        ...

    def versions(self, *, known_by: datetime) -> Sequence[tuple[str, str, bytes]]:
        """Return, of each name known by an instant, the name, the content's hash and the content, by name."""
        ...


@dataclass(frozen=True, slots=True)
class ProfilesInForce:
    """The profiles that files are read with, and a remark on each stored one that is refused by now."""

    profiles: Sequence[Profile]
    remarks: tuple[Finding, ...] = ()


def profiles_in_force(store: ProfileStore | None, *, known_by: datetime) -> ProfilesInForce:
    """Return the dropped profiles known by an instant, then the packaged ones whose name no dropped one has.

    A stored profile that was sound when it was dropped and is refused now, by a stricter release, is left out: that
    costs its source alone. The packaged one of its name does not stand in for it: it may read the files wrongly.
    """
    if store is None:
        return ProfilesInForce(packaged_profiles())
    dropped: list[Profile] = []
    names: set[str] = set()
    remarks: list[Finding] = []
    for name, _, content in store.versions(known_by=known_by):
        names.add(name)
        try:
            dropped.append(read_profile(content, name=name))
        except ProfileError as error:
            sentence = f"Profilu «{name}» nie użyto, bo jest błędny: {error.errors[0]}. Wrzuć poprawiony."
            remarks.append(Finding("profile_refused", Severity.WARN, sentence, value=name))
    packaged = (one for one in packaged_profiles() if one.name not in names)
    return ProfilesInForce([*dropped, *packaged], tuple(remarks))


def import_profile(
    *, file: DroppedFile, store: ProfileStore, imports: ImportLog, known_at: datetime
) -> ImportResult:
    """Check a dropped profile and keep it as a version when it is sound; else name every error at once.

    From then on files of readings are read with it; it replaces the one of the same name, packaged or dropped.
    """
    earlier = imports.find(file.content_hash)
    if earlier is not None and (earlier.kind, earlier.file, earlier.known_at) == (KIND, file.name, known_at):
        return earlier
    findings: list[Finding] = []
    again = False
    try:
        profile = read_profile(file.content, name=file.name)
    except ProfileError as error:
        findings = [file_rejection("bad_profile", f"Błąd w profilu: {one}.") for one in error.errors]
    else:
        known = {name: digest for name, digest, _ in store.versions(known_by=known_at)}
        again = known.get(profile.name) == file.content_hash and earlier is not None
        if not again:
            store.put(
                name=profile.name, content=file.content, content_hash=file.content_hash, known_at=known_at
            )
    result = _duplicate(file, known_at) if again else _result(file, known_at, findings)
    imports.record(result)
    return result


def _result(file: DroppedFile, known_at: datetime, findings: Sequence[Finding]) -> ImportResult:
    return result_of(
        file=file.name, content_hash=file.content_hash, kind=KIND, encoding="utf-8", known_at=known_at,
        findings=findings, accepted=0 if findings else 1, rejected=1 if findings else 0,
    )  # fmt: skip


def _duplicate(file: DroppedFile, known_at: datetime) -> ImportResult:
    return ImportResult(
        file=file.name, content_hash=file.content_hash, kind=KIND, encoding="utf-8", known_at=known_at,
        status=ImportStatus.DUPLICATE_FILE, duplicate=1,
    )  # fmt: skip
