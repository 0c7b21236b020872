"""Slurm on this one machine: real daemons on loopback in a temporary folder; a link in /etc leads to their settings.

Needs root and Debian's packages slurm-wlm and munge, which `install` fetches with apt where they are missing.
"""

import contextlib
import os
import shutil
import socket
import subprocess
import time
from pathlib import Path

FIXED_SETTINGS = Path("/etc/slurm/slurm.conf")
PROGRAMS = ("munged", "slurmctld", "slurmd", "sbatch", "scancel", "squeue")
SETTINGS = """
ClusterName=loopback
SlurmctldHost={host}(127.0.0.1)
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
AuthInfo=socket={folder}/munge.socket
CommunicationParameters=NoCtldInAddrAny,NoInAddrAny
SlurmctldPort={controller_port}
SlurmdPort={node_port}
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd.pid
SlurmctldLogFile={folder}/slurmctld.log
SlurmdLogFile={folder}/slurmd.log
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
MpiDefault=none
ReturnToService=2
SchedulerParameters=sched_interval=2
SelectType=select/cons_tres
SelectTypeParameters=CR_Core_Memory
AccountingStorageType=accounting_storage/none
JobAcctGatherType=jobacct_gather/none
MinJobAge=600
NodeName={host} NodeAddr=127.0.0.1 CPUs=2 RealMemory=8000
PartitionName=main Nodes=ALL Default=YES MaxTime=INFINITE State=UP
"""


def missing() -> list[str]:
    """Programs of Slurm and munge that are not installed."""
    return [name for name in PROGRAMS if not shutil.which(name, path=_path())]


def install() -> None:
    """Install what is missing from Debian; `CalledProcessError` or `TimeoutExpired` where that cannot be done."""
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (["update"], ["install", "--yes", "--no-install-recommends", "slurm-wlm", "munge"]):
        subprocess.run(["apt-get", *command], env=environment, check=True, capture_output=True, timeout=300)


@contextlib.contextmanager
def running_cluster(folder: Path):
    """Start munge, controller and node under `folder`; yield the environment in which `sbatch` finds them; stop everything."""
    (folder / "state").mkdir(parents=True)
    (folder / "spool").mkdir()
    os.chmod(folder, 0o755)
    host = socket.gethostname().split(".")[0]
    settings = folder / "slurm.conf"
    settings.write_text(SETTINGS.format(host=host, folder=folder, controller_port=_free_port(), node_port=_free_port()))
    key = folder / "munge.key"
    key.write_bytes(os.urandom(128))
    os.chmod(key, 0o400)
    environment = {**os.environ, "SLURM_CONF": str(settings), "PATH": _path()}
    munge = ["munged", "--foreground", "--force", f"--socket={folder}/munge.socket", f"--key-file={key}",
             f"--pid-file={folder}/munged.pid", f"--seed-file={folder}/munged.seed",
             f"--log-file={folder}/munged.log"]  # fmt: skip
    daemons = []
    # The executor takes every SLURM_* variable away; without one, Slurm's programs look here.
    FIXED_SETTINGS.parent.mkdir(parents=True, exist_ok=True)
    FIXED_SETTINGS.symlink_to(settings)
    try:
        for command, ready in ((munge, lambda: (folder / "munge.socket").exists()),
                               (["slurmctld", "-D", "-f", str(settings)], lambda: _answers(environment, "up")),
                               (["slurmd", "-D", "-f", str(settings)], lambda: _answers(environment, "idle"))):  # fmt: skip
            daemons.append(subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL))
            _wait(ready, command[0], folder)
        yield environment
    finally:
        FIXED_SETTINGS.unlink()
        subprocess.run(["scancel", "--user=root"], env=environment, capture_output=True, check=False)
        for daemon in reversed(daemons):
            daemon.terminate()
            try:
                daemon.wait(30)
            except subprocess.TimeoutExpired:
                daemon.kill()
                daemon.wait()


def _answers(environment: dict, word: str) -> bool:
    done = subprocess.run(
        ["sinfo", "--noheader", "--format=%a %t"], env=environment, capture_output=True, text=True, check=False
    )
    return word in done.stdout.split()


def _wait(ready, name: str, folder: Path, seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not ready():
        if time.monotonic() > end:
            logs = "\n".join(path.read_text()[-1500:] for path in folder.glob("*.log"))
            raise RuntimeError(f"{name} did not come up in {seconds} s:\n{logs}")
        time.sleep(0.5)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _path() -> str:
    return os.pathsep.join([os.environ["PATH"], "/usr/sbin", "/sbin"])
