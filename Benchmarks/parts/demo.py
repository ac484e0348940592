"""The demo, which walks through the whole job and checks each step."""
import os

from programs import ROOT, timed
from report import row


def run(bench):
    seconds = timed([ROOT / "scripts/demo"], env={**os.environ, "ASSAY": bench.binary})
    row("make demo, after the build", f"{seconds:.1f} s", "target < 120 s")
