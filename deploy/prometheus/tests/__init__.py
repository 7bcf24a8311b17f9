# SPDX-License-Identifier: Apache-2.0
"""Generated tests of the alerts. `test.py` runs them."""
