"""Starting on an empty folder, and what an idle server holds in memory."""
import statistics, time

from programs import Assay
from report import row


def run(bench):
    starts = []
    for index in range(5):
        server = bench.keep(Assay(bench.binary, bench.folder / f"empty{index}"))
        starts.append(server.start_seconds)
        bench.stop(server)
    row("start on an empty folder to ready, median of 5", f"{statistics.median(starts):.3f} s", "target < 0.3 s")
    time.sleep(1)
    row("memory of an idle server", f"{bench.server.memory():.0f} MiB", "target < 60 MiB")
