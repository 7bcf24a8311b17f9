# SPDX-License-Identifier: Apache-2.0
"""The alerts and recording rules, by subject. `build.py` writes them to files."""
