"""Finished runs, of the basis and of the whole smoke workflow, shared by the tests of a process."""

import pytest
from workspace import BASIS, SMOKE, Workspace


@pytest.fixture(scope="session")
def basis_run(tmp_path_factory):
    """A copy in which the study basis has been built and checked."""
    workspace = Workspace(tmp_path_factory.mktemp("clone"))
    workspace.snakemake(*SMOKE, BASIS, "results/smoke/basis/study/off.basis")
    return workspace


@pytest.fixture(scope="session")
def smoke_run(tmp_path_factory):
    """A copy in which the whole smoke workflow has been run."""
    workspace = Workspace(tmp_path_factory.mktemp("smoke") / "clone")
    workspace.snakemake(*SMOKE)
    return workspace
