"""The lines that a run prints: a figure, its unit, the peer beside it and the target. It judges nothing."""


def heading(text):
    print(f"\n{text}", flush=True)


def row(name, value, note=""):
    print(f"  {name:<58} {value:>14}  {note}".rstrip(), flush=True)


def versus(name, seconds, amount, peers, unit="MiB/s"):
    """A rate beside those of peers: [(peer, its seconds or None, the ratio to reach)]."""
    notes = []
    for peer, other, target in peers:
        if other is None:
            notes.append(f"{peer}: not installed")
        else:
            wanted = f", target {target:g}" if target else ""
            notes.append(f"{peer} {amount / other:.0f}: ratio {other / seconds:.2f}{wanted}")
    row(name, f"{amount / seconds:.0f} {unit}", "; ".join(notes))


def percentile(times, share):
    ordered = sorted(times)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def latency(name, times, note=""):
    """p50 and p99 of seconds."""
    row(name, f"{percentile(times, 0.5) * 1000:.3f} ms", f"p99 {percentile(times, 0.99) * 1000:.3f} ms" + (f"; {note}" if note else ""))
