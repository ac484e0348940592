"""What can be known of a server: what was acknowledged is so, what got no answer may be either way."""
import random


def content(seed, size):
    """Bytes that follow from a seed, so that the ledger need not keep them."""
    return random.Random(seed).randbytes(size)


def pick(entries, dice, sample):
    """The newest entries and some of the older ones."""
    keys = list(entries)
    newest, older = keys[-sample:], keys[:-sample]
    return newest + dice.sample(older, min(sample, len(older)))


class Loss(Exception):
    """The server acknowledged something and does not have it."""


class Refused(Exception):
    """The server answered that it failed."""

    def __init__(self, status, answer):
        super().__init__(f"{status}: {answer}")
        self.status = status


class Possible(dict):
    """What each thing may be: one state where its last write was answered, more where answers were lost."""

    def __init__(self, ledger, name):
        super().__init__()
        self.ledger, self.name = ledger, name

    def attempt(self, thing, state, send):
        """Sends a write that leads to a state; returns the answer, or None where a rule forbade it.

        Raises `Gone` or `Refused` where it may or may not have been done.
        """
        with self.ledger.lock:
            before = self[thing]
            self[thing] = before | {state}
        status, answer = send()
        if status < 300:
            self.ledger.acknowledge(lambda: self.update({thing: {state}}))
            return answer or {}
        if status >= 500:
            raise Refused(status, answer)
        with self.ledger.lock:
            self[thing] = before
        return None

    def found(self, thing, state, settle=True):
        """Takes in what a server says after its start."""
        if state not in self[thing]:
            raise Loss(f"{self.name} of {thing} is {state}, not one of {self[thing]}")
        if settle:
            self[thing] = {state}
