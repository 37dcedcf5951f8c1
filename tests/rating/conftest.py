"""Every run of the tests begins without kept plans, as a function does that starts."""

import pytest

from kwit.rating import rate
from kwit.rating.kept_plans import KeptPlans


@pytest.fixture(autouse=True, scope="session")
def _no_plans_kept() -> None:
    """Forget plans of a run before in the same process: a mutation run forks after one, and would never plan."""
    rate._KEPT = KeptPlans()
