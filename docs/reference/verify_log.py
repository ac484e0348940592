#!/usr/bin/env python3
"""Checks a folder of `assay audit export` with Python's standard library alone, and names what was altered.

    python3 verify_log.py FOLDER [VKEYS]      VKEYS: a file with the keys you trust, one in each line
    python3 verify_log.py --proof FILE VKEYS  a C2SP tlog-proof

Formats: RFC 6962 (hashes), and C2SP's signed-note, tlog-checkpoint, tlog-tiles and tlog-proof. Exits with 5 if anything
is not as it was signed. An older checkpoint that you kept, as FOLDER/kept, must be a beginning of the log.
"""
import base64, hashlib, pathlib, sys

def sha256(*parts):
    return hashlib.sha256(b"".join(parts)).digest()

def leaf(entry):
    return sha256(b"\0", entry)

def root(hashes, leaves=None):
    """The root over hashes of subtrees, of so many leaves each; larger ones come first."""
    stack = []
    for hash, size in zip(hashes, leaves or [1] * len(hashes)):
        while stack and stack[-1][1] == size:
            hash, size = sha256(b"\1", stack.pop()[0], hash), 2 * size
        stack.append((hash, size))
    if not stack:
        return sha256()
    right = stack.pop()[0]
    while stack:
        right = sha256(b"\1", stack.pop()[0], right)
    return right


# Ed25519 (RFC 8032, section 5.1), in extended coordinates
P = 2**255 - 19
Q = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P

def add(a, b):
    e, f = (a[1] - a[0]) * (b[1] - b[0]) % P, (a[1] + a[0]) * (b[1] + b[0]) % P
    g, h = 2 * a[3] * b[3] * D % P, 2 * a[2] * b[2] % P
    e, f, g, h = f - e, h - g, h + g, f + e
    return e * f % P, g * h % P, f * g % P, e * h % P

def multiply(scalar, point):
    result = (0, 1, 1, 0)
    while scalar:
        if scalar & 1:
            result = add(result, point)
        point, scalar = add(point, point), scalar >> 1
    return result

def decompress(text):
    """The point of 32 bytes; None if they are none."""
    y = int.from_bytes(text, "little")
    sign, y = y >> 255, y & (1 << 255) - 1
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * pow(2, (P - 1) // 4, P) % P
    if y >= P or (x * x - square) % P or (x == 0 and sign):
        return None
    if x & 1 != sign:
        x = P - x
    return x, y, 1, x * y % P


BASE = decompress((4 * pow(5, P - 2, P) % P).to_bytes(32, "little"))

def is_signed(key, message, signature):
    a, r, s = decompress(key), decompress(signature[:32]), int.from_bytes(signature[32:], "little")
    if len(signature) != 64 or not a or not r or s >= Q:
        return False
    k = int.from_bytes(hashlib.sha512(signature[:32] + key + message).digest(), "little") % Q
    left, right = multiply(s, BASE), add(r, multiply(k, a))
    return not ((left[0] * right[2] - right[0] * left[2]) % P or (left[1] * right[2] - right[1] * left[2]) % P)

def checkpoint(note, vkeys):
    """Origin, size and root of a checkpoint that one of the keys signed; exits with 5 otherwise."""
    text, _, lines = note.rpartition("\n\n")
    text += "\n"
    good = None
    for line in lines.splitlines():
        dash, name, signature = line.split(" ")
        signature = base64.b64decode(signature)
        for vkey in vkeys:
            key = base64.b64decode(vkey.split("+", 2)[2])
            if vkey.split("+")[0] == name and key[:1] == b"\1" and sha256(name.encode(), b"\n", key)[:4] == signature[:4]:
                if dash != "—" or not is_signed(key[1:], text.encode(), signature[4:]):
                    fail(f"checkpoint: the signature of {name} is not right")
                good = good or name == text.split("\n")[0]
    if not good:
        fail("checkpoint: nobody who is trusted signed it")
    origin, size, hash = text.split("\n")[:3]
    return origin, int(size), base64.b64decode(hash)

def fail(*found):
    print("\n".join(f"ALTERED  {line}" for line in found))
    sys.exit(5)

def path(level, number, width):
    parts = [f"{number // 1000 ** i % 1000:03}" for i in range((len(str(number)) - 1) // 3, -1, -1)]
    name = "/".join(["x" + part for part in parts[:-1]] + parts[-1:])
    return f"tile/{level}/{name}" + (f".p/{width}" if width < 256 else "")

def bundle(data, width):
    """The entries of a bundle; None if it does not have so many."""
    entries, at = [], 0
    while at + 2 <= len(data):
        end = at + 2 + int.from_bytes(data[at:at + 2], "big")
        entries.append(data[at + 2:end])
        at = end
    return entries if at == len(data) and len(entries) == width else None

def verify(folder, vkeys):
    read = lambda name: (folder / name).read_bytes() if (folder / name).is_file() else b""
    origin, size, signed = checkpoint(read("checkpoint").decode(), vkeys)
    found, below, edge, entries, tiles, level = [], [], [], 0, 0, 0
    while size >> 8 * level:
        count = size >> 8 * level
        computed, stored = [], []
        for number in range(-(-count // 256)):
            width = min(256, count - 256 * number)
            data = read(path(level, number, width)).ljust(32 * width, b"\0")[:32 * width]
            kept = [data[i:i + 32] for i in range(0, 32 * width, 32)]
            if level == 0:
                name = path("entries", number, width)
                leaves = bundle(read(name), width)
                if leaves is None:
                    found.append(f"{name}: it is missing, or is no bundle of {width} entries")
                hashes = kept if leaves is None else [leaf(entry) for entry in leaves]
                entries += len(leaves or [])
            else:
                hashes = below[256 * number:256 * number + width]
            tiles += 1
            computed.append(hashes)
            stored.append(kept)
        below = [root(hashes) for hashes in computed if len(hashes) == 256]
        edge.append((level, computed, stored, [root(hashes) for hashes in stored if len(hashes) == 256]))
        level += 1
    # The root decides which of two contradicting sides is right: all entries, or all tiles.
    def whole(side):
        hashes, leaves = [], []
        for at, *sides, _ in reversed(edge):
            part = sides[side][-1] if len(sides[side][-1]) < 256 else []
            hashes += part
            leaves += [256 ** at] * len(part)
        return root(hashes, leaves)
    entries_are_right, tiles_are_right = whole(0) == signed, whole(1) == signed
    for at, computed, stored, roots in edge:
        parents = [hash for tile in edge[at + 1][2] for hash in tile] if at + 1 < len(edge) else []
        for number, (hashes, kept) in enumerate(zip(computed, stored)):
            if hashes == kept:
                continue
            name = path(at, number, len(hashes))
            tile_is_right = tiles_are_right and (number >= len(roots) or roots[number] == parents[number])
            if entries_are_right or not tile_is_right:
                found.append(f"{name}: its hashes are not those of what is below it")
            elif at == 0:
                found += [f"entry {256 * number + i}: it does not have the hash that was signed"
                          for i, (a, b) in enumerate(zip(hashes, kept)) if a != b]
    if not entries_are_right and not found:
        found.append(f"checkpoint: its root is not that of the {size} entries")
    if (folder / "kept").is_file():
        old_origin, old_size, old_root = checkpoint(read("kept").decode(), vkeys)
        leaves = [hash for tile in edge[0][1] for hash in tile] if edge else []
        if old_origin != origin or old_size > size or root(leaves[:old_size]) != old_root:
            found.append("checkpoint: the log did not grow from the one that was kept")
    if found:
        fail(*found)
    print(f"good: {entries} entries and {tiles} tiles of {origin}, root {signed.hex()}")

def verify_proof(text, vkeys):
    head, _, note = text.partition("\n\n")
    name, extra, index, *hashes = head.split("\n")
    origin, size, signed = checkpoint(note, vkeys)
    entry, place, last = base64.b64decode(extra.split(" ")[1]), int(index.split(" ")[1]), size - 1
    hash = leaf(entry)
    for step in map(base64.b64decode, hashes):                     # RFC 9162, section 2.1.3.2
        if place & 1 or place == last:
            hash = sha256(b"\1", step, hash)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            hash = sha256(b"\1", hash, step)
        place, last = place >> 1, last >> 1
    if name != "c2sp.org/tlog-proof@v1" or last or hash != signed:
        fail(f"the entry is not at its place among the {size}")
    print(f"good: {index} of the {size} of {origin}\n{entry.decode()}")

if __name__ == "__main__":
    place, *keys = [pathlib.Path(word) for word in sys.argv[1:] if word != "--proof"]
    try:
        trusted_keys = (keys[0] if keys else place / "vkeys").read_text().split()
        if "--proof" in sys.argv:
            verify_proof(place.read_text(), trusted_keys)
        else:
            verify(place, trusted_keys)
    except ValueError as error:
        fail(f"it cannot be understood: {error}")
