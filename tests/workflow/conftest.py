"""One finished smoke run of the basis, shared by the tests of a process."""

import pytest
from workspace import BASIS, SMOKE, Workspace


@pytest.fixture(scope="module")
def basis_run(tmp_path_factory):
    """A copy in which the study basis has been built and checked."""
    workspace = Workspace(tmp_path_factory.mktemp("clone"))
    workspace.snakemake(*SMOKE, BASIS, "results/smoke/basis/study/off.basis")
    return workspace
