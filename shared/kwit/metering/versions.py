"""Versions of one reading, in the order their files were dropped, whatever order they were handled in.

Every file's word is kept, also where it only says again what was known: a file dropped before it may still be on its
way with another value, and then the word said again is what stands (decision 0018). What counts is read off all
versions together, so it does not depend on which of them came into the store first.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from enum import StrEnum
from typing import TypeVar

from kwit.kernel.provenance import Source
from kwit.metering.readings import IntervalDay, RegisterReading

Version = TypeVar("Version", RegisterReading, IntervalDay)


class Hearing(StrEnum):
    """How a file's word stands among the versions known of the same register and time.

    `NEW` is in force from now on. `AFFIRMS` says what is known. `OLDER` is about the past: a file dropped later said
    something else. `AGAIN` comes from a file that said it before.
    """

    NEW = "new"
    AFFIRMS = "affirms"
    OLDER = "older"
    AGAIN = "again"


def drop_order(version: RegisterReading | IntervalDay) -> tuple[datetime, bool, Source]:
    """Return what versions are ordered by: the instant of the drop, then the file by name and hash, then the row.

    Drops are told apart by the second: within one, a person's edit follows the files that it may be about.
    """
    return version.known_at, version.standing.edit is not None, version.source


def content_of(version: RegisterReading | IntervalDay) -> tuple[object, ...]:
    """Return what makes two versions say the same."""
    if isinstance(version, RegisterReading):
        return version.state_wh, version.kind
    return version.minutes, version.values_wh, version.estimated, version.missing


def words(versions: Iterable[Version]) -> list[Version]:
    """Return the versions from outside that said something new, in the order of their drops.

    A file's plain word says nothing new where it equals the one before it, or where the same file said it before;
    a withdrawal, an edit and a customer's confirmed word always do. What kWit reckoned itself is no word.
    """
    found: list[Version] = []
    said: set[tuple[str, tuple[object, ...]]] = set()
    for one in sorted((one for one in versions if not one.reckoned), key=drop_order):
        of_file = one.source.content_hash, content_of(one)
        if _plain(one) and (of_file in said or (found and _same(one, found[-1]))):
            said.add(of_file)
            continue
        if _plain(one):
            said.add(of_file)
        found.append(one)
    return found


def last_word(versions: Iterable[Version]) -> Version | None:
    """Return the word that stands last, be it a withdrawal; None when there is none."""
    return next(reversed(words(versions)), None)


def hear(new: Version, versions: Sequence[Version]) -> tuple[Hearing, Version | None]:
    """Tell how a file's word stands among the versions known, and the one it meets: which it repeats, or follows.

    `versions` are all of the same register and time, but those of the same drop: it must decide the same again.
    """
    outside: list[Version] = [one for one in versions if not one.reckoned]
    for one in outside:
        if _plain(one) and one.known_at < new.known_at and _same_file(one, new):
            return Hearing.AGAIN, one
    present: Version | None = last_word(outside)
    dropped_before: list[Version] = [one for one in outside if drop_order(one) < drop_order(new)]
    before: Version | None = last_word(dropped_before)
    if before is not None and _same(new, before):
        return Hearing.AFFIRMS, before
    outside.append(new)
    if last_word(outside) is not new:
        return Hearing.OLDER, present
    if present is not None and _same(new, present):
        return Hearing.AFFIRMS, present
    return Hearing.NEW, present


def _plain(one: RegisterReading | IntervalDay) -> bool:
    standing = one.standing
    return standing.edit is None and not standing.void and not standing.confirmed


def _same(one: RegisterReading | IntervalDay, other: RegisterReading | IntervalDay) -> bool:
    return not other.standing.void and content_of(one) == content_of(other)


def _same_file(one: RegisterReading | IntervalDay, other: RegisterReading | IntervalDay) -> bool:
    return one.source.content_hash == other.source.content_hash and content_of(one) == content_of(other)
