# SPDX-License-Identifier: Apache-2.0
"""The rules of Grafana's dashboard linter, and the rules of this project."""
