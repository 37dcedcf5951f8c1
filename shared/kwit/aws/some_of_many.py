"""Work on the things that one message names, so that one of them that fails holds up none of the others."""

from collections.abc import Callable, Sequence


def each(
    names: Sequence[str], work: Callable[[str], None], *, then: Callable[[], None] | None = None
) -> None:
    """Do the work for each name, then what follows for those that went well; raise the first failure at the end.

    The message comes back for it and names all again, so the work must be safe to repeat.
    """
    failures: list[Exception] = []
    for name in names:
        try:
            work(name)
        except Exception as error:  # noqa: BLE001 - raised below, when the others are done
            failures.append(error)
    if then is not None and len(failures) < len(names):
        then()
    if failures:
        raise failures[0]
