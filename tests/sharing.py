"""How the tests are shared out among workers: by files, the longest first, one site for all of `bin/`."""

from typing_extensions import override
from xdist.scheduler import LoadFileScheduling  # type: ignore[import-untyped]

# Its tests share a running product, which takes many seconds to start: one worker has them all.
OF_ONE_SITE = "tests/bin/"
# Each of its tests takes long and shares nothing with the other: two workers take one each.
OF_ITS_OWN = "tests/journeys/test_every_page.py"
# Minutes each; begun late, they would leave the other workers idle at the end.
LONGEST = (OF_ONE_SITE, "tests/architecture/test_url_matrix.py", "tests/journeys/")


class AsTheyShare(LoadFileScheduling):
    """A file's tests stay together, and so do those of one site; some can be taken one by one."""

    @override
    def _split_scope(self, nodeid: str) -> str:
        if nodeid.startswith(OF_ONE_SITE):
            return OF_ONE_SITE
        if nodeid.startswith(OF_ITS_OWN):
            return nodeid
        return str(super()._split_scope(nodeid))


def rank(nodeid: str) -> int:
    """Return how late a test begins: the longest first, the others as they were collected."""
    ranks = (at for at, begins in enumerate(LONGEST) if nodeid.startswith(begins))
    return next(ranks, len(LONGEST))
