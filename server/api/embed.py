#!/usr/bin/env python3
"""Writes a text file into a C array: embed.py OUTPUT NAME INPUT

The program carries its OpenAPI document, so that it needs no files at run time. White space is
squeezed out; that also proves at build time that it is JSON.
"""
import json
import sys

output, name, path = sys.argv[1:]
with open(path, encoding="utf-8") as file:
    text = json.dumps(json.load(file), separators=(",", ":"), ensure_ascii=False)
data = text.encode("utf-8") + b"\0"
with open(output, "w", encoding="utf-8") as file:
    file.write('#include "api/handlers.h"\n\nconst char %s[] = {' % name)
    for at in range(0, len(data), 24):
        file.write("\n  " + ", ".join(str(b if b < 128 else b - 256) for b in data[at:at + 24]) + ",")
    file.write("\n};\n")
