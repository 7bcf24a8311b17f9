# SPDX-License-Identifier: Apache-2.0
"""The dashboards: one module for each, and the queries, panels and variables that they share."""
