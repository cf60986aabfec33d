#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Every JSON line of the files given, or of standard input, against
Documentation/events.schema.json. Exit status 77: python3-jsonschema is missing."""

import fileinput
import json
import pathlib
import sys

try:
    import jsonschema
except ImportError:
    print("python3-jsonschema is not installed")
    sys.exit(77)

HERE = pathlib.Path(__file__).resolve().parent
SCHEMA = HERE.parents[1] / "Documentation/events.schema.json"


def main():
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    jsonschema.Draft7Validator.check_schema(schema)
    validator = jsonschema.Draft7Validator(schema)
    types, wrong = set(), 0
    lines = fileinput.input(openhook=fileinput.hook_encoded("utf-8", "replace"))
    for line in lines:
        if not line.startswith("{"):
            continue
        event = json.loads(line)
        types.add(event["type"])
        error = jsonschema.exceptions.best_match(validator.iter_errors(event))
        if error:
            wrong += 1
            print(f"{fileinput.filename()}: {'/'.join(map(str, error.path))}: "
                  f"{error.message}: {line.strip()}")
    print("types checked:", *sorted(types))
    sys.exit(wrong > 0)


main()
