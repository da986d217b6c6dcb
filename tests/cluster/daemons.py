"""A real SLURM on one machine: five daemons of Debian's packages with their own settings, ports, sockets and folders.

Nothing of it lies in /etc, /var or /run, and only what was started here is stopped.
"""

import os
import secrets
import shutil
import signal
import socket
import stat
import subprocess
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

PACKAGES = ("slurm-wlm", "slurmdbd", "munge", "mariadb-server")
PROGRAMS = ("slurmctld", "slurmd", "slurmdbd", "munged", "mariadbd", "mariadb-install-db")
ACCOUNT = "lu2026-2-34"
NODES = ("cpu1", "gpu1", "gpu2", "gpu3", "shared1")

SLURM_CONF = """\
ClusterName=further
SlurmctldHost={host}(127.0.0.1)
SlurmctldPort={ctld_port}
SlurmUser=root
AuthType=auth/munge
AuthInfo=socket={folder}/munge.socket
CredType=cred/munge
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool-%n
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd-%n.pid
SlurmctldLogFile={folder}/slurmctld.log
SlurmdLogFile={folder}/slurmd-%n.log
SlurmdParameters=config_overrides
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
TaskProlog={folder}/bin/task_prolog
JobAcctGatherType=jobacct_gather/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core_Memory
SchedulerType=sched/backfill
SchedulerParameters=batch_sched_delay=1,sched_interval=2,bf_interval=2
EnforcePartLimits=ALL
AccountingStorageType=accounting_storage/slurmdbd
AccountingStorageHost=127.0.0.1
AccountingStoragePort={dbd_port}
AccountingStoragePass={folder}/munge.socket
AccountingStorageEnforce=associations,limits,qos
AccountingStoreFlags=job_comment
AccountingStorageTRES=gres/gpu
GresTypes=gpu
MpiDefault=none
ReturnToService=2
KillWait=2
InactiveLimit=0
MinJobAge=300
SlurmdTimeout=30
NodeName=cpu1 NodeAddr=127.0.0.1 NodeHostname={host} Port={cpu1} CPUs=4 RealMemory=16000
NodeName=gpu1 NodeAddr=127.0.0.1 NodeHostname={host} Port={gpu1} CPUs=48 RealMemory=512000 Gres=gpu:a100:1
NodeName=gpu2 NodeAddr=127.0.0.1 NodeHostname={host} Port={gpu2} CPUs=48 RealMemory=512000 Gres=gpu:a100:1
NodeName=gpu3 NodeAddr=127.0.0.1 NodeHostname={host} Port={gpu3} CPUs=48 RealMemory=512000 Gres=gpu:a100:1
NodeName=shared1 NodeAddr=127.0.0.1 NodeHostname={host} Port={shared1} CPUs=16 RealMemory=188800 Gres=gpu:a100:1
PartitionName=lu48 Nodes=cpu1 Default=YES MaxTime=7-0 State=UP
PartitionName=gpua100 Nodes=gpu[1-3] MaxTime=7-0 OverSubscribe=EXCLUSIVE State=UP
PartitionName=gpua100i Nodes=shared1 MaxTime=7-0 State=UP
"""

GRES_CONF = """\
NodeName=gpu[1-3],shared1 Name=gpu Type=a100 File=/dev/null
"""

# What a task sees is kept for the tests.
TASK_PROLOG = """\
#!/bin/sh
env > {folder}/tasks/$SLURM_JOB_ID.$SLURM_STEP_ID
"""

SLURMDBD_CONF = """\
AuthType=auth/munge
AuthInfo=socket={folder}/munge.socket
DbdHost=localhost
DbdAddr=127.0.0.1
DbdPort={dbd_port}
SlurmUser=root
LogFile={folder}/slurmdbd.log
PidFile={folder}/slurmdbd.pid
StorageType=accounting_storage/mysql
StorageHost=127.0.0.1
StoragePort={sql_port}
StorageUser=slurm
StoragePass={password}
StorageLoc=slurm_acct_db
"""


# Daemons end with the tests even when those are killed.
TIED = ["setpriv", "--pdeathsig", "TERM"] if shutil.which("setpriv") else []


@dataclass
class Daemons:
    """The daemons of one SLURM, and the environment in which its commands find it."""

    folder: Path
    ports: dict[str, int]
    running: list[subprocess.Popen] = field(default_factory=list)

    @property
    def environment(self):
        """What a user's shell on the log-in node holds."""
        hidden = ("SLURM_", "SBATCH_", "HF_HUB_OFFLINE")
        kept = {key: value for key, value in os.environ.items() if not key.startswith(hidden)}
        return kept | {"SLURM_CONF": str(self.folder / "slurm.conf"), "PATH": f"{self.folder}/bin:{os.environ['PATH']}"}

    def call(self, *command, check=True):
        """Run one of SLURM's commands; returns what it printed."""
        done = subprocess.run(
            list(map(str, command)), env=self.environment, text=True, timeout=60,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip
        assert not check or done.returncode == 0, f"{command}: {done.stdout}\n{self.logs()}"
        return done.stdout

    def spawn(self, *command):
        """Start a daemon in the foreground, in a session of its own: a Ctrl-C reaches it in its turn only."""
        log = (self.folder / "daemons.log").open("ab")
        self.running.append(
            subprocess.Popen(
                [*TIED, *map(str, command)],
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        )

    def wait(self, what, ready, seconds=60):
        """Wait until `ready` returns something true."""
        deadline = time.monotonic() + seconds
        while not ready():
            dead = [process.args[len(TIED)] for process in self.running if process.poll() is not None]
            assert not dead and time.monotonic() < deadline, f"{what}; ended: {dead}\n{self.logs()}"
            time.sleep(0.2)

    def logs(self):
        """The ends of the daemons' logs."""
        return "\n".join(f"== {log.name}\n{log.read_text()[-2000:]}" for log in sorted(self.folder.glob("*.log")))

    def stop(self):
        """Stop what was started here, the last first; jobs are cancelled before."""
        with suppress(Exception):
            self.call("scancel", "--user", "root", check=False)
            self.wait("jobs end", lambda: not self.call("squeue", "--noheader").strip(), 20)
        for process in reversed(self.running):
            with suppress(ProcessLookupError):
                process.send_signal(signal.SIGTERM)
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        self.end_leftovers()
        shutil.rmtree(self.folder, ignore_errors=True)

    def end_leftovers(self):
        """Kill what still runs in this SLURM's environment: a job may outlive the node that was set down."""
        mark = f"{self.folder}/bin:".encode()
        for process in Path("/proc").iterdir():
            with suppress(OSError, ValueError):
                if int(process.name) != os.getpid() and mark in (process / "environ").read_bytes():
                    os.kill(int(process.name), signal.SIGKILL)


def free_ports(*names):
    """Ports that nobody listens on, by name."""
    sockets = {name: socket.socket() for name in names}
    for each in sockets.values():
        each.bind(("127.0.0.1", 0))
    ports = {name: each.getsockname()[1] for name, each in sockets.items()}
    for each in sockets.values():
        each.close()
    return ports


def write_settings(folder, ports, password):
    """Settings of all daemons, and an srun that finds them: the executor's job step forgets SLURM_CONF."""
    values = ports | {"folder": folder, "host": socket.gethostname().split(".")[0], "password": password}
    private(folder / "slurm.conf", SLURM_CONF.format(**values), 0o644)
    private(folder / "gres.conf", GRES_CONF, 0o644)
    private(folder / "slurmdbd.conf", SLURMDBD_CONF.format(**values))
    private(folder / "munge.key", secrets.token_bytes(128))
    private(
        folder / "users.sql",
        f"CREATE USER slurm@'127.0.0.1' IDENTIFIED BY '{password}';\nGRANT ALL ON *.* TO slurm@'127.0.0.1';\n",
    )
    (folder / "bin").mkdir()
    srun = f'#!/bin/sh\nSLURM_CONF={folder}/slurm.conf exec {shutil.which("srun")} "$@"\n'
    private(folder / "bin/srun", srun, 0o755)
    private(folder / "bin/task_prolog", TASK_PROLOG.format(folder=folder), 0o755)
    for name in ("state", "tasks", *(f"spool-{node}" for node in NODES)):
        (folder / name).mkdir()


def private(path, content, mode=0o600):
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    path.chmod(stat.S_IMODE(mode))


def start(folder):
    """Start munged, mariadbd, slurmdbd, slurmctld and a slurmd per node; returns once jobs can be queued."""
    folder.chmod(0o755)
    ports = free_ports("ctld_port", "dbd_port", "sql_port", *NODES)
    write_settings(folder, ports, secrets.token_hex(16))
    daemons = Daemons(folder, ports)
    try:
        start_accounting(daemons)
        start_scheduler(daemons)
    except BaseException:
        daemons.stop()
        raise
    return daemons


def start_accounting(daemons):
    """Munge, the database, and slurmdbd with one account for root."""
    folder = daemons.folder
    daemons.spawn(
        "munged", "--foreground", f"--key-file={folder}/munge.key", f"--socket={folder}/munge.socket",
        f"--pid-file={folder}/munge.pid", f"--log-file={folder}/munged.log", f"--seed-file={folder}/munge.seed",
    )  # fmt: skip
    database = folder / "database"
    daemons.call(
        "mariadb-install-db", "--no-defaults", f"--datadir={database}", "--user=root", "--skip-test-db",
        "--auth-root-authentication-method=socket",
    )  # fmt: skip
    daemons.spawn(
        "mariadbd", "--no-defaults", f"--datadir={database}", "--user=root", f"--socket={folder}/sql.socket",
        f"--port={daemons.ports['sql_port']}", "--bind-address=127.0.0.1", f"--pid-file={folder}/sql.pid",
        f"--init-file={folder}/users.sql", f"--log-error={folder}/mariadbd.log", "--innodb-buffer-pool-size=64M",
    )  # fmt: skip
    daemons.wait("the database answers", lambda: answers(daemons.ports["sql_port"]))
    daemons.spawn("slurmdbd", "-D")
    daemons.wait("slurmdbd answers", lambda: answers(daemons.ports["dbd_port"]))
    daemons.call("sacctmgr", "-i", "add", "cluster", "further")
    daemons.call("sacctmgr", "-i", "add", "account", ACCOUNT, "cluster=further")
    daemons.call("sacctmgr", "-i", "add", "user", "root", f"account={ACCOUNT}", "cluster=further")


def start_scheduler(daemons):
    """Slurmctld and one slurmd per node; waits until every node is idle."""
    conf = daemons.folder / "slurm.conf"
    daemons.spawn("slurmctld", "-D", "-f", conf)
    daemons.wait("slurmctld answers", lambda: answers(daemons.ports["ctld_port"]))
    for node in NODES:
        daemons.spawn("slurmd", "-D", "-f", conf, "-N", node)
    daemons.wait(
        "nodes are idle", lambda: daemons.call("sinfo", "-h", "-N", "-o", "%T").split().count("idle") >= len(NODES)
    )


def answers(port):
    """Whether something listens on a port of this machine."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
