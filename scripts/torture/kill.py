"""`kill -9` at random moments, and at each numbered step of a durable write."""
import random, re, threading
from pathlib import Path
from ledger import Ledger, Loss
from server import Gone, Server
from trials import Scratch, Tally, inspect, work_until_killed

FAILURE_POINTS = Path(__file__).resolve().parents[2] / "Sources/RegistryTypes/FailurePoint.swift"


def kills(binary, rounds, seed):
    """Kills the server while it is written to, starts it anew and asks for everything that it acknowledged."""
    dice, tally = random.Random(seed), Tally("kill -9", seed)
    with Scratch(keep=True) as folder:
        server, ledger = Server(binary, folder / "data").start(), Ledger(seed)
        ledger.set_up(server)
        for number in range(rounds):
            work_until_killed(server, ledger, dice.uniform(0.02, 0.4), server.kill)
            server.start()
            tally.started(server)
            ledger.verify(server, dice)
            tally.rounds += 1
            if number % 50 == 49 or number == rounds - 1:
                inspect(server)
                server.start()
        server.stop()
    return tally.line(ledger, "kills")


def failure_points(binary, seed):
    """Has the server die at each step of a plain upload and of the rows behind it; the tests walk the other steps."""
    points = re.findall(r'case \w+ = "([1-7]-[^"]+)"', FAILURE_POINTS.read_text())
    dice, tally, reached = random.Random(seed), Tally("failure points", seed), []
    with Scratch(keep=True) as folder:
        server, ledger = Server(binary, folder / "data").start(), Ledger(seed)
        ledger.set_up(server)
        work_until_killed(server, ledger, 0.5, server.kill)
        for point in points:
            if dies_at(point, server, ledger):
                reached.append(point)
            server.start()
            tally.started(server)
            ledger.verify(server, dice)
            inspect(server)
            tally.rounds += 1
        missed = [point for point in points if point not in reached]
    note = f"; not on this path: {', '.join(missed)}" if missed else ""
    return tally.line(ledger, "points") + note


def dies_at(point, server, ledger):
    """Lets the server work until it dies at a step; returns whether it did within a second and a half."""
    server.environment["ASSAY_FAILURE_POINT"] = point
    try:
        server.start()
        work_until_killed(server, ledger, 1.5, lambda: None)
    except Gone:
        pass  # The step is part of the start.
    finally:
        del server.environment["ASSAY_FAILURE_POINT"]
    is_dead = server.process.poll() is not None
    server.kill()
    return is_dead
