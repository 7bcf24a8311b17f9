# SPDX-License-Identifier: Apache-2.0
"""Draws dashboards with matplotlib, close to Grafana's dark theme."""
