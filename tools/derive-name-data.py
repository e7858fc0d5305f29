#!/usr/bin/env python3
"""Derives src/Ledger/Circle/Names/Data from the Unicode Character Database.

    tools/derive-name-data.py <folder>

<folder> is source/data/unidata of an ICU release, where the Unicode Consortium keeps CaseFolding.txt and
confusables.txt as published, and the other properties in one file, ppucd.txt. ICU 76 has Unicode 16.0, which is
also what the character categories of .NET 10 know: take the release that fits the runtime, not the newest one.
"""
import collections
import pathlib
import re
import sys
import unicodedata

SOURCE = pathlib.Path(sys.argv[1])
TARGET = pathlib.Path(__file__).resolve().parent.parent / "src/Ledger/Circle/Names/Data"


def rows(name):
    """The fields of each line of a file of the database, without comments."""
    for line in (SOURCE / name).read_text("utf-8-sig").splitlines():
        line = line.split("#")[0].strip()
        if line:
            yield [field.strip() for field in line.split(";")]


def characters():
    """Code point to properties: those of its own line of ppucd.txt over its block's over the defaults."""
    found, defaults, block = {}, {}, {}
    for kind, *fields in rows("ppucd.txt"):
        if kind not in ("defaults", "block", "algnamesrange", "cp", "unassigned"):
            continue
        own = {}
        for field in fields[1:]:
            key, _, value = field.partition("=")
            own[key.removeprefix("-")] = "" if key.startswith("-") else value or "yes"
        if kind == "defaults":
            defaults = own
        elif kind == "block":
            block = own
        else:
            properties = {"unassigned": defaults | own, "algnamesrange": defaults | block, "cp": defaults | block | own}[kind]
            first, _, last = fields[0].partition("..")
            found.update(dict.fromkeys(range(int(first, 16), int(last or first, 16) + 1), properties))
    return found


PROPERTIES = {
    "Default_Ignorable_Code_Point": lambda p: p.get("DI"),
    "Extended_Pictographic": lambda p: p.get("ExtPict"),
    "Joins_Next": lambda p: p["jt"] in "DL",
    "Joins_Previous": lambda p: p["jt"] in "DR",
    "Unified_Ideograph": lambda p: p.get("UIdeo"),
    "Virama": lambda p: p.get("ccc") == "9",
}


def ranges(has):
    """Neighbours with a property, as [first, last]."""
    joined = []
    for character in sorted(ALL):
        if has(ALL[character]):
            if joined and joined[-1][1] == character - 1:
                joined[-1][1] = character
            else:
                joined.append([character, character])
    return joined


def write(name, version, what, lines):
    header = [f"# {what}", f"# Derived from Unicode {version} by tools/derive-name-data.py.",
              "# Copyright © 1991-2024 Unicode, Inc. Unicode License V3, see LICENSE-UNICODE.txt beside this file."]
    (TARGET / name).write_text("\n".join(header + lines) + "\n", "utf-8")


ALL = characters()
version = next(fields[1] for fields in rows("ppucd.txt") if fields[0] == "ucd")
spoofing = re.search(r"# Version: ([\d.]+)", (SOURCE / "confusables.txt").read_text("utf-8-sig")).group(1)
if spoofing != version:
    sys.exit(f"confusables.txt is of Unicode {spoofing}, ppucd.txt of {version}")

write("Properties.txt", version, "Ranges of characters: first[..last];property (Joins_*: by Joining_Type; Virama: combining class 9)",
      [f"{first:04X}" + (f"..{last:04X}" if last > first else "") + f";{name}"
       for name, has in PROPERTIES.items() for first, last in ranges(has)])

write("CaseFolding.txt", version, "Full case folding (statuses C and F): character;folded",
      [f"{source};{target}" for source, status, target, *_ in rows("CaseFolding.txt") if status in "CF"])

prototypes = collections.defaultdict(list)
for source, target, *_ in rows("confusables.txt"):
    prototypes[target].append(source)
write("Confusables.txt", spoofing, "Look-alikes of UTS #39: prototype;characters that look like it",
      [f"{target};{' '.join(sorted(sources, key=lambda s: int(s, 16)))}" for target, sources in prototypes.items()])

# The skeleton of UTS #39 decomposes before it maps, so what the table says of a composed character, or maps to one, is lost.
# A pair of the table whose skeletons still differ, even of the second order, becomes a sequence to be replaced in skeletons.


def text(codes):
    return "".join(chr(int(code, 16)) for code in codes.split())


def skeleton(string):
    mapped = "".join(prototype_of.get(character, character) for character in unicodedata.normalize("NFD", string))
    return unicodedata.normalize("NFD", mapped)


prototype_of = {text(source): text(target) for target, sources in prototypes.items() for source in sources}
sequences = {}
for source, target in prototype_of.items():
    one, other = skeleton(skeleton(source)), skeleton(skeleton(target))
    one, other = sequences.get(one, one), sequences.get(other, other)
    if one != other:
        sequences[one] = other

write("ComposedLookAlikes.txt", spoofing, "What UTS #39 says of composed characters, in skeletons: sequence;what it looks like",
      [";".join(" ".join(f"{ord(character):04X}" for character in part) for part in pair) for pair in sequences.items()])
