#!/usr/bin/env python3
"""Writes the migrations into a C array: embed.py OUTPUT DEPFILE FOLDER, for NNNN_name.sql in it.

The program carries its migrations, so that it needs no files at run time. The numbers must run
from 0001 without a gap, because the position in the array is the schema's version. One that drops a
table makes it anew: it runs while foreign keys are not enforced (migrations.h).
"""
import os
import re
import sys

output, depfile, folder = sys.argv[1:]
paths = sorted(os.path.join(folder, name) for name in os.listdir(folder) if name.endswith(".sql"))
with open(depfile, "w", encoding="utf-8") as file:
    # The folder too, so that a new file is seen.
    file.write("%s: %s\n" % (output, " ".join([folder] + paths)))
rows = []
for number, path in enumerate(paths, 1):
    name = os.path.basename(path)
    if not name.startswith("%04d_" % number):
        sys.exit("%s: expected a migration numbered %04d" % (name, number))
    with open(path, encoding="utf-8") as file:
        lines = file.read().splitlines()
    text = "\n".join('     "%s\\n"' % line.replace("\\", "\\\\").replace('"', '\\"')
                     for line in lines)
    code = "\n".join(line.split("--")[0] for line in lines)
    rebuilds = re.search(r"(?i)\bdrop\s+table\b", code) is not None
    rows.append('    {"%s", %s,\n%s},\n' % (name[:-4], "true" if rebuilds else "false", text))
with open(output, "w", encoding="utf-8") as file:
    file.write('#include "store/migrations.h"\n\nconst Migration migrations[] = {\n')
    file.write("".join(rows))
    file.write("};\nconst int migration_count = %d;\n" % len(rows))
