"""A real SLURM on loopback: one controller, two nodes, no accounting. Needs root, and Debian's SLURM and munge.

`python tests/slurm_lab.py up|down` does by hand what `Lab` does in a test.
"""

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

PROGRAMS = ("munged", "munge", "slurmctld", "slurmd", "sbatch", "squeue", "scontrol", "sinfo")
SBIN = "/usr/sbin"
ETC = Path("/etc/slurm/slurm.conf")
CONF = """\
ClusterName=loramake
SlurmctldHost={host}(127.0.0.1)
SlurmctldPort=17817
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
CredType=cred/munge
StateSaveLocation={root}/ctld
SlurmdSpoolDir={root}/spool-%n
SlurmctldPidFile={root}/slurmctld.pid
SlurmdPidFile={root}/slurmd-%n.pid
SlurmctldLogFile={root}/slurmctld.log
SlurmdLogFile={root}/slurmd-%n.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
MpiDefault=none
SwitchType=switch/none
ReturnToService=2
SlurmdParameters=config_overrides
CommunicationParameters=NoCtldInAddrAny,NoInAddrAny
SchedulerType=sched/backfill
SchedulerParameters=bf_interval=1,sched_interval=1,batch_sched_delay=0
SelectType=select/cons_tres
SelectTypeParameters=CR_Core_Memory
MinJobAge=600
KillWait=2
SlurmdTimeout=30
AccountingStorageType=accounting_storage/none
{nodes}
PartitionName=main Nodes=n[1-2] Default=YES MaxTime=INFINITE State=UP
"""


def missing() -> str:
    """Why no lab can be started here; empty when one can."""
    path = f"{os.environ['PATH']}{os.pathsep}{SBIN}"
    absent = [name for name in PROGRAMS if shutil.which(name, path=path) is None]
    if absent:
        return f"no {', '.join(absent)}: apt-get install slurmctld slurmd slurm-client munge"
    return "" if os.geteuid() == 0 else "SLURM's programs are started as root"


class Lab:
    """The cluster, as a context. A cluster that is up on this machine already is used as it is, and left so."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.environment = {"PATH": f"{os.environ['PATH']}{os.pathsep}{SBIN}"}
        self.mine = False

    def __enter__(self) -> "Lab":
        if "UP" in self.run("scontrol", "ping", check=False):
            return self
        self.mine = True
        host = socket.gethostname().split(".")[0]
        address = "NodeAddr=127.0.0.1 NodeHostname={host} Port={port} CPUs=2 RealMemory=16000 State=UNKNOWN"
        nodes = "\n".join(f"NodeName=n{n} {address.format(host=host, port=17820 + n)}" for n in (1, 2))
        for folder in ("ctld", "spool-n1", "spool-n2"):
            (self.root / folder).mkdir(parents=True, exist_ok=True)
        # Not by SLURM_CONF: Snakemake's plugin takes SLURM's variables away before it submits.
        ETC.parent.mkdir(exist_ok=True)
        if ETC.exists():
            shutil.copyfile(ETC, self.root / "slurm.conf.before")
        ETC.write_text(CONF.format(host=host, root=self.root, nodes=nodes))
        self._start_munge()
        self.run("slurmctld")
        self._wait(lambda: "UP" in self.run("scontrol", "ping", check=False))
        for node in ("n1", "n2"):
            self.run("slurmd", "-N", node)
        self._wait(lambda: self.run("sinfo", "-h", "-N", "-o", "%t", check=False).split().count("idle") == 2)
        return self

    def __exit__(self, *_: object) -> None:
        if not self.mine:
            return
        self.run("scancel", "-u", "root", check=False)
        for name in ("slurmd-n1", "slurmd-n2", "slurmctld"):
            pid = self.root / f"{name}.pid"
            if pid.is_file():
                subprocess.run(["kill", "-9", pid.read_text().strip()], check=False)
        ETC.unlink(missing_ok=True)
        if (self.root / "slurm.conf.before").exists():
            shutil.copyfile(self.root / "slurm.conf.before", ETC)

    def run(self, *command: str, check: bool = True) -> str:
        environment = {**os.environ, **self.environment}
        done = subprocess.run(
            command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
        )
        if check and done.returncode:
            raise RuntimeError(f"{command}: {done.stdout}")
        return done.stdout

    def _start_munge(self) -> None:
        key = Path("/etc/munge/munge.key")
        if not key.is_file():
            key.parent.mkdir(exist_ok=True)
            key.write_bytes(os.urandom(1024))
            key.chmod(0o400)
        for folder, mode in (("/run/munge", 0o755), ("/var/log/munge", 0o700), ("/var/lib/munge", 0o700)):
            Path(folder).mkdir(exist_ok=True)
            Path(folder).chmod(mode)
            shutil.chown(folder, "munge", "munge")
        shutil.chown("/etc/munge", "munge", "munge")
        shutil.chown(key, "munge", "munge")
        if subprocess.run(["munge", "-n"], capture_output=True, check=False).returncode:
            self.run("setpriv", "--reuid=munge", "--regid=munge", "--init-groups", f"{SBIN}/munged", "--force")
        self._wait(lambda: subprocess.run(["munge", "-n"], capture_output=True, check=False).returncode == 0)

    @staticmethod
    def _wait(ready: Callable[[], bool], seconds: float = 40) -> None:
        end = time.monotonic() + seconds
        while not ready():
            if time.monotonic() > end:
                raise TimeoutError("SLURM did not come up")
            time.sleep(0.2)


if __name__ == "__main__":
    lab = Lab(Path("/tmp/loramake-slurm"))
    if sys.argv[1] == "up":
        # Without its old state: a job of an earlier day would come back and hold its nodes.
        shutil.rmtree(lab.root, ignore_errors=True)
        lab.__enter__()
    else:
        lab.mine = True
        lab.__exit__()
