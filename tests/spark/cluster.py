"""A real Spark on this machine: a standalone master, two worker processes and a Connect server, each a JVM of its own."""

import contextlib
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

MASTER, MASTER_UI, WORKER_UI = 8641, 8642, 8643
CONNECT = 15002
PATIENCE = 240
TICK = os.sysconf("SC_CLK_TCK")


@contextlib.contextmanager
def cluster(folder, memory="1500m", cores=1, workers=2):
    """The address of the Connect server; everything ends with the block."""
    import pyspark

    home = Path(pyspark.__file__).parent
    folder = Path(folder)
    environment = os.environ | {
        "SPARK_HOME": str(home),
        "SPARK_LOCAL_IP": "127.0.0.1",
        "SPARK_LOCAL_DIRS": str(folder),
        "PYSPARK_PYTHON": sys.executable,
    }
    processes = []

    def start(name, *command):
        with (folder / f"{name}.log").open("wb") as log:
            written = {"stdout": log, "stderr": log, "start_new_session": True}
            program = str(home / "bin" / command[0])
            processes.append(subprocess.Popen([program, *command[1:]], env=environment, cwd=folder, **written))

    address = f"spark://127.0.0.1:{MASTER}"
    try:
        own = ("--host", "127.0.0.1")
        master = "org.apache.spark.deploy.master.Master"
        start("master", "spark-class", master, *own, "--port", str(MASTER), "--webui-port", str(MASTER_UI))
        wait_for(MASTER, folder / "master.log")
        for number in range(workers):
            worker = "org.apache.spark.deploy.worker.Worker"
            size = ("--cores", str(cores), "--memory", memory, "--work-dir", str(folder / f"worker-{number}"))
            start(
                f"worker-{number}", "spark-class", worker, *own, *size, "--webui-port", str(WORKER_UI + number), address
            )
        settings = {
            "spark.connect.grpc.binding.port": CONNECT,
            "spark.connect.grpc.binding.address": "127.0.0.1",
            "spark.executor.memory": memory.replace("1500m", "1200m"),
            "spark.executor.cores": cores,
            "spark.cores.max": cores * workers,
            "spark.sql.shuffle.partitions": 4,
            "spark.sql.adaptive.enabled": "false",
            "spark.ui.enabled": "false",
            "spark.scheduler.minRegisteredResourcesRatio": "1.0",
        }
        given = [part for name, value in settings.items() for part in ("--conf", f"{name}={value}")]
        server = "org.apache.spark.sql.connect.service.SparkConnectServer"
        start("connect", "spark-submit", "--master", address, "--class", server, *given, "spark-internal")
        wait_for(CONNECT, folder / "connect.log")
        yield f"sc://127.0.0.1:{CONNECT}"
    finally:
        for process in reversed(processes):
            for child in reversed(descendants(process.pid)):
                with contextlib.suppress(ProcessLookupError):
                    os.kill(child, 15)
        for process in processes:
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(20)


def wait_for(port, log):
    """Until something listens on the port. Raises with the end of the log where nothing does."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.5)
    raise TimeoutError(f"nothing listens on {port}: {log.read_text(encoding='utf-8', errors='replace')[-2000:]}")


def descendants(pid):
    """A process and those that it started, the oldest first."""
    children = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            parent = int(path.read_text(encoding="utf-8").rpartition(")")[2].split()[1])
            children.setdefault(parent, []).append(int(path.parent.name))
    found = [pid]
    for one in found:
        found += sorted(children.get(one, []))
    return found


def processor_seconds(pid):
    """What a process and those that it started have cost so far, those of Java only."""
    total = 0
    for one in descendants(pid):
        with contextlib.suppress(OSError):
            name, _, rest = Path(f"/proc/{one}/stat").read_text(encoding="utf-8").rpartition(")")
            if "(java" in name:
                total += sum(map(int, rest.split()[11:13]))
    return total / TICK


def main():
    """Start it and say where it is, until Enter or the end of the input."""
    with tempfile.TemporaryDirectory() as folder, cluster(folder) as url:
        print(url, flush=True)
        sys.stdin.readline()


if __name__ == "__main__":
    if not shutil.which("java"):
        raise SystemExit("Spark needs Java 17 or newer.")
    main()
