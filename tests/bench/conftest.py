"""The bench stands on `bin/support`, which its command finds beside itself."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "bin"))
