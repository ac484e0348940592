"""Bytes to measure with: nothing compresses them, and they are the same in every run."""
import hashlib, subprocess

BLOCK = b"".join(hashlib.sha256(index.to_bytes(4, "big")).digest() for index in range(1 << 15))


def make_file(path, mib, salt=0):
    """A file of so many MiB; another salt gives other bytes."""
    with open(path, "wb") as file:
        for index in range(mib):
            file.write(salt.to_bytes(4, "big") + index.to_bytes(4, "big") + BLOCK[8:])
    return path


def sha256(path):
    found = subprocess.run(
        ["openssl", "dgst", "-sha256", "-r", str(path)], check=True, capture_output=True, text=True)
    return found.stdout.split()[0]
