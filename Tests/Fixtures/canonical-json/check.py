#!/usr/bin/env python3
"""Check the canonical JSON vectors beside this file with an implementation of RFC 8785 of its own.

It shares no code with the product and takes from Python's standard library only the hash, the parsing of a
decimal literal into a double and the shortest digits of a double (float and repr). The JSON parser, the sorting,
the escaping and the layout of numbers are written here from RFC 8785, RFC 8259 and ECMAScript's Number::toString.

    python3 check.py            compare; prints "N vectors agree", or every difference and exits with 1
    python3 check.py --write    recompute what is marked "source": "computed"; never touches "source": "rfc8785"

Digests of RFC vectors are computed too: the RFC prints canonical forms but no SHA-256.
"""

import hashlib
import json
import re
import struct
import sys
from pathlib import Path

FOLDER = Path(__file__).resolve().parent
MAXIMUM_DEPTH = 128


class Refused(Exception):
    """The input has no canonical form."""


# --- Parsing: RFC 8259, strict, with the limits of I-JSON that RFC 8785 §3.1 asks for ---

NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")
LITERALS = {"null": None, "true": True, "false": False}
SHORT_ESCAPES = {'"': '"', "\\": "\\", "/": "/", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}


class Parser:
    """One pass over the text; objects become lists of (key, value) pairs wrapped in Object."""

    def __init__(self, data):
        try:
            self.text = data.decode("utf-8", errors="strict")
        except UnicodeDecodeError as error:
            raise Refused(f"not UTF-8: {error}") from None
        self.at = 0

    def document(self):
        value = self.value(depth=0)
        self.skip_space()
        if self.at != len(self.text):
            raise Refused(f"text after the end, at {self.at}")
        return value

    def value(self, depth):
        self.skip_space()
        if self.peek() == "{":
            return self.object(depth + 1)
        if self.peek() == "[":
            return self.array(depth + 1)
        if self.peek() == '"':
            return self.string()
        for word, meaning in LITERALS.items():
            if self.text.startswith(word, self.at):
                self.at += len(word)
                return meaning
        return self.number()

    def object(self, depth):
        members, seen = [], set()
        for _ in self.items("{", "}", depth):
            self.skip_space()
            key = self.string()
            if key in seen:
                raise Refused(f"the key {key!r} occurs twice")
            seen.add(key)
            self.skip_space()
            self.expect(":")
            members.append((key, self.value(depth)))
        return Object(members)

    def array(self, depth):
        return [self.value(depth) for _ in self.items("[", "]", depth)]

    def items(self, opening, closing, depth):
        """Consume the brackets and commas; yield once where each item begins."""
        if depth > MAXIMUM_DEPTH:
            raise Refused(f"nested deeper than {MAXIMUM_DEPTH}")
        self.expect(opening)
        self.skip_space()
        if self.peek() == closing:
            self.at += 1
            return
        while True:
            yield
            self.skip_space()
            if self.peek() == closing:
                self.at += 1
                return
            self.expect(",")

    def string(self):
        self.expect('"')
        units = []  # UTF-16 code units, so that an escaped pair of surrogates joins by itself
        while True:
            character = self.peek()
            if character == "":
                raise Refused("unfinished string")
            self.at += 1
            if character == '"':
                break
            if character < " ":
                raise Refused(f"raw control character U+{ord(character):04X} in a string")
            units.append(self.escape() if character == "\\" else character.encode("utf-16-be"))
        try:
            return b"".join(units).decode("utf-16-be")
        except UnicodeDecodeError:
            raise Refused("lone surrogate") from None

    def escape(self):
        kind = self.peek()
        self.at += 1
        if kind in SHORT_ESCAPES:
            return SHORT_ESCAPES[kind].encode("utf-16-be")
        digits = self.text[self.at : self.at + 4]
        if kind != "u" or not re.fullmatch("[0-9a-fA-F]{4}", digits):
            raise Refused(f"unknown escape at {self.at}")
        self.at += 4
        return bytes.fromhex(digits)

    def number(self):
        match = NUMBER.match(self.text, self.at)
        if not match:
            raise Refused(f"no JSON value at {self.at}")
        self.at = match.end()
        value = float(match[0])
        if value in (float("inf"), float("-inf")):
            raise Refused(f"{match[0]} does not fit in a double")
        return value

    def skip_space(self):
        while self.peek() in (" ", "\t", "\n", "\r"):
            self.at += 1

    def peek(self):
        return self.text[self.at : self.at + 1]

    def expect(self, character):
        if self.peek() != character:
            raise Refused(f"expected {character} at {self.at}")
        self.at += 1


class Object(list):
    """The members of a JSON object, as (key, value) pairs."""


# --- Writing: RFC 8785 §3.2 ---

CONTROL_ESCAPES = {"\b": "\\b", "\t": "\\t", "\n": "\\n", "\f": "\\f", "\r": "\\r", '"': '\\"', "\\": "\\\\"}


def serialize(value):
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, float):
        return serialize_number(value)
    if isinstance(value, str):
        return serialize_string(value)
    if isinstance(value, Object):
        members = sorted(value, key=lambda member: member[0].encode("utf-16-be"))
        return "{" + ",".join(f"{serialize_string(key)}:{serialize(item)}" for key, item in members) + "}"
    return "[" + ",".join(map(serialize, value)) + "]"


def serialize_string(text):
    def escaped(character):
        if character in CONTROL_ESCAPES:
            return CONTROL_ESCAPES[character]
        return f"\\u{ord(character):04x}" if character < " " else character

    return '"' + "".join(map(escaped, text)) + '"'


def serialize_number(value):
    """ECMAScript Number::toString: with k digits s and value s × 10^(n−k), the layout depends on n alone."""
    if value == 0:
        return "0"  # minus zero as well
    mantissa, _, exponent = repr(abs(value)).partition("e")
    whole, _, fraction = mantissa.partition(".")
    digits = (whole + fraction).lstrip("0")
    n = len(whole) + int(exponent or 0) - (len(whole + fraction) - len(digits) if whole == "0" else 0)
    digits = digits.rstrip("0")
    k = len(digits)
    if k <= n <= 21:
        text = digits + "0" * (n - k)
    elif 0 < n <= 21:
        text = f"{digits[:n]}.{digits[n:]}"
    elif -6 < n <= 0:
        text = "0." + "0" * -n + digits
    else:
        text = digits[0] + ("." + digits[1:] if k > 1 else "") + f"e{n - 1:+d}"
    return "-" + text if value < 0 else text


def canonical(data):
    return serialize(Parser(data).document())


def sha256(text):
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


# --- Comparing ---


def input_bytes(vector):
    return bytes.fromhex(vector["inputHex"]) if "inputHex" in vector else vector["input"].encode("utf-8")


def check_accepted(vector, write):
    text = canonical(input_bytes(vector))
    if "ieee754" in vector:
        expected = struct.unpack(">d", bytes.fromhex(vector["ieee754"]))[0]
        parsed = Parser(input_bytes(vector)).document()
        if struct.pack(">d", parsed) != struct.pack(">d", expected):
            yield f"the input parses to {parsed!r}, its bits say {expected!r}"
    yield from check_text(vector, text, write)


def check_text(vector, text, write):
    """Compare the stored canonical form and digest with the computed ones, or store what may be stored."""
    if write and vector["source"] == "computed":
        vector["canonical"] = text
    if text != vector.get("canonical"):
        yield f"canonical form\n    stored   {vector.get('canonical')}\n    computed {text}"
    if canonical(text.encode("utf-8")) != text:
        yield "the canonical form is not canonical itself"
    if write:
        vector["sha256"] = sha256(text)
    if sha256(text) != vector.get("sha256"):
        yield f"sha256\n    stored   {vector.get('sha256')}\n    computed {sha256(text)}"


def check_refused(vector, write):
    try:
        yield f"must be refused, but has the canonical form {canonical(input_bytes(vector))[:80]}"
    except Refused:
        return


def check_manifest(vector, write):
    """The canonical form of an artifact's files, whatever order they come in: by the UTF-8 bytes of the paths."""
    entries = sorted(vector["entries"], key=lambda entry: entry["path"].encode("utf-8"))
    if any(sorted(entry) != ["mediaType", "mode", "path", "sha256", "size"] for entry in entries):
        yield "an entry has other members than mediaType, mode, path, sha256 and size"
    if len({entry["path"] for entry in entries}) != len(entries):
        yield "a path occurs twice"
    yield from check_text(vector, canonical(json.dumps(entries).encode("utf-8")), write)


def check_file(name, write):
    """Return the number of vectors and the differences found."""
    path = FOLDER / name
    content = json.loads(path.read_text(encoding="utf-8"))
    checks = {"accepted": check_accepted, "refused": check_refused, "artifactManifests": check_manifest}
    count, problems, names = 0, [], set()
    for group, check in checks.items():
        for vector in content.get(group, []):
            count += 1
            try:
                found = list(check(vector, write))
            except Refused as error:
                found = [f"refused: {error}"]
            if vector["name"] in names:
                found.append("the name occurs twice")
            names.add(vector["name"])
            problems += [f"{name}: {group}: {vector['name']}: {problem}" for problem in found]
    if write:
        path.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
    return count, problems


def main():
    write = sys.argv[1:] == ["--write"]
    results = [check_file(name, write) for name in ("vectors.json", "documents.json")]
    problems = [problem for _, found in results for problem in found]
    if problems:
        sys.exit("\n".join(problems))
    print(f"{sum(count for count, _ in results)} vectors agree")


if __name__ == "__main__":
    main()
