# SPDX-License-Identifier: Apache-2.0
"""The Swift packages that the programs contain, as SwiftPM resolved them in .build."""
import json
import pathlib
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
CHECKOUTS = ROOT / ".build" / "checkouts"


def packages():
    """Returns (name, version, revision, address, folder of the source) for each package, sorted by name."""
    state = json.loads((ROOT / ".build" / "workspace-state.json").read_text(encoding="utf-8"))
    found = []
    for dependency in state["object"]["dependencies"]:
        checkout = dependency["state"].get("checkoutState", {})
        if "version" not in checkout:
            sys.exit(f"{dependency['packageRef']['name']} has no version; the release needs exact versions")
        folder = CHECKOUTS / dependency["subpath"]
        address = dependency["packageRef"]["location"].removesuffix(".git")
        found.append((dependency["subpath"], checkout["version"], checkout["revision"], address, folder))
    return sorted(found, key=lambda package: package[0].lower())


def licence(folder):
    """Returns the SPDX identifier and the text of the licence of a package."""
    (path,) = [path for path in folder.iterdir() if path.name.lower() in ("license", "license.txt", "license.md")]
    text = path.read_text(encoding="utf-8").strip()
    if "Apache License" in text and "Version 2.0" in text:
        return "Apache-2.0", text
    if "Permission is hereby granted, free of charge, to any person obtaining a copy of this software" in " ".join(text.split()):
        return "MIT", text
    sys.exit(f"{path}: this licence is unknown to packages.py")
