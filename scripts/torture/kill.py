"""`kill -9` at random moments, and at each numbered step of a durable write."""
import random, re
from pathlib import Path
from ledger import Ledger
from server import Gone, Server
from trials import Scratch, Tally, inspect, under_fire, work_until_killed

FAILURE_POINTS = Path(__file__).resolve().parents[2] / "Sources/RegistryTypes/FailurePoint.swift"
#: What is done often, so that the server comes to a step soon.
OFTEN = {"backup": {"backup": 30}, "u": {"session": 100}, "8": {"collect": 30}, "9": {"collect": 30}, "10": {"collect": 30}}


def kills(binary, rounds, seed):
    """Kills the server while it is written to, starts it anew and asks for everything that it acknowledged."""
    tally = Tally("kill -9", seed)
    with Scratch(keep=True) as folder:
        server, ledger = Server(binary, folder / "data").start(), Ledger(seed)
        ledger.set_up(server)
        under_fire(server, ledger, tally, rounds, folder, server.kill)
        server.stop()
    return tally.line(ledger, "kills")


def failure_points(binary, seed):
    """Has the server die at each step of uploads, collections and backups; the tests walk the steps of restores."""
    points = re.findall(r'case \w+ = "((?:[0-9]|u|backup)[^"]+)"', FAILURE_POINTS.read_text())
    dice, tally, reached = random.Random(seed), Tally("failure points", seed), []
    with Scratch(keep=True) as folder:
        server, ledger = Server(binary, folder / "data", grace=1).start(), Ledger(seed)
        ledger.set_up(server)
        work_until_killed(server, ledger, 1, server.kill)
        for point in points:
            if dies_at(point, server, ledger):
                reached.append(point)
            server.start()
            tally.started(server)
            ledger.verify(server, dice)
            inspect(server, ledger)
            tally.rounds += 1
        ledger.upkeep.restore(server, folder)
    missed = [point for point in points if point not in reached]
    note = f"; not on this path: {', '.join(missed)}" if missed else ""
    return tally.line(ledger, "points") + note


def dies_at(point, server, ledger):
    """Lets the server work until it dies at a step; returns whether it did in time."""
    server.environment["ASSAY_FAILURE_POINT"] = point
    ledger.rates = {**ledger.RATES, **OFTEN.get(re.match(r"[0-9]+|u|backup", point)[0], {})}
    try:
        server.start()
        work_until_killed(server, ledger, 2.5, lambda: None)
    except Gone:
        pass  # The step is part of the start.
    finally:
        del server.environment["ASSAY_FAILURE_POINT"]
    is_dead = server.process.poll() is not None
    server.kill()
    return is_dead
