"""One thing of many that fails holds up none of the others, and is not passed over in silence."""

import pytest

from kwit.aws.some_of_many import each


def test_what_fails_is_raised_when_the_others_are_done() -> None:
    done: list[str] = []

    def work(name: str) -> None:
        if name in {"b", "c"}:
            raise LookupError(name)
        done.append(name)

    with pytest.raises(LookupError, match="b"):
        each(["a", "b", "c", "d"], work, then=lambda: done.append("then"))
    assert done == ["a", "d", "then"]


def test_nothing_follows_where_nothing_went_well() -> None:
    def work(name: str) -> None:
        raise LookupError(name)

    def never() -> None:
        raise AssertionError

    with pytest.raises(LookupError):
        each(["a"], work, then=never)


def test_a_process_that_dies_is_not_held_up() -> None:
    def work(_: str) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        each(["a"], work)
