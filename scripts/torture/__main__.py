"""Tortures the built binary: kills, power cuts, failing calls, full and read-only disks, changed bytes, all at once.

    python3 scripts/torture                     two minutes: what every change has to pass
    python3 scripts/torture --long              hours: 1,000 kills, 1,000 power cuts, every call
    python3 scripts/torture --rounds 300        so many kills and power cuts
    python3 scripts/torture --only kill,power   some of the trials
    python3 scripts/torture --seed 7            other moments, other bytes; the seed of a run is printed

Each trial prints one line; the first acknowledged write that is lost ends the run with exit code 1. Two trials have to
lose something: those in which syncs do nothing show that the harness can fail.
"""
import argparse, os, random, sys, time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
import disks, faults, flips, kill, powercut, soak, upgrade
from known import Loss

ROOT = Path(__file__).resolve().parents[2]


def power(binary, rounds, seed):
    why = powercut.missing()
    if why:
        return skipped("power cuts", why)
    line, losses = powercut.power_cuts(binary, rounds, seed)
    if losses:
        raise Loss("; ".join(losses))
    print(line, flush=True)
    lines = []
    for lose in ("wal", "blobs"):
        line, losses = powercut.power_cuts(binary, 40, seed, lose)
        if not losses:
            raise Loss(f"nothing was lost although syncs of {lose} did nothing: the harness does not see losses")
        lines.append(line + ", as it has to be")
    return "\n".join(lines)


def on_a_disk(name, trial, binary, seed):
    why = powercut.missing()
    return skipped(name, why) if why else trial(binary, seed)


def skipped(name, why):
    if os.environ.get("CI"):
        raise SystemExit(f"{name}: {why}; CI must not leave them out")
    return f"{name}: left out, {why}"


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--assay", default=str(ROOT / ".build/release/assay"), help="the binary")
    options.add_argument("--long", action="store_true", help="the long run")
    options.add_argument("--rounds", type=int, help="so many kills and so many power cuts")
    options.add_argument("--only", help="trials by name, separated by commas")
    options.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1 << 32))
    given = options.parse_args()
    long, binary, seed = given.long, given.assay, given.seed
    trials = {
        "kill": lambda: kill.kills(binary, given.rounds or (1000 if long else 15), seed),
        "points": lambda: kill.failure_points(binary, seed),
        "power": lambda: power(binary, given.rounds or (1000 if long else 12), seed),
        "calls": lambda: faults.failing_calls(binary, seed, 1 if long else 41),
        "full": lambda: on_a_disk("full disk", disks.full_disk, binary, seed),
        "readonly": lambda: on_a_disk("read-only disk", disks.read_only_disk, binary, seed),
        "starts": lambda: upgrade.starts_that_are_cut_off(binary, 1 if long else 6),
        "soak": lambda: soak.soak(binary, 600 if long else 9, seed),
        "blobs": lambda: flips.blob_flips(binary, 300 if long else 5, seed),
        "pages": lambda: flips.page_flips(binary, 300 if long else 8, seed),
    }
    names = given.only.split(",") if given.only else list(trials)
    if unknown := set(names) - set(trials):
        options.error(f"there is no trial {', '.join(sorted(unknown))}; there are {', '.join(trials)}")
    print(f"seed {seed}", flush=True)
    begin = time.monotonic()
    for name in names:
        try:
            print(trials[name](), flush=True)
        except (Loss, AssertionError) as loss:
            print(f"{name}: LOST with seed {seed}: {loss}", flush=True)
            sys.exit(1)
    print(f"all of it: {time.monotonic() - begin:.0f} s")


main()
