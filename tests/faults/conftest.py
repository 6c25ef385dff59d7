"""What takes long is asked for by `make torture` (KAOPING_TORTURE=1)."""

import os

collect_ignore = [] if os.environ.get("KAOPING_TORTURE") else ["test_leaving.py"]
