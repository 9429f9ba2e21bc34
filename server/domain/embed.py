#!/usr/bin/env python3
"""Writes text files into C strings: embed.py OUTPUT NAME=FILE...

The program carries the SQL of its subjects, so that it needs no files at run time.
"""
import sys

output, pairs = sys.argv[1], sys.argv[2:]
with open(output, "w", encoding="utf-8") as out:
    for pair in pairs:
        name, path = pair.split("=", 1)
        with open(path, encoding="utf-8") as file:
            lines = file.read().splitlines()
        out.write("extern const char %s[];\nconst char %s[] =\n" % (name, name))
        for line in lines:
            out.write('    "%s\\n"\n' % line.replace("\\", "\\\\").replace('"', '\\"'))
        out.write('    "";\n')
