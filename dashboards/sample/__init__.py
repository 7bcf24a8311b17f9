# SPDX-License-Identifier: Apache-2.0
"""A synthetic fleet as a real Prometheus stores it: the input of the previews and of query_test.py."""
