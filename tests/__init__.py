"""The tests, which find the programs of their own environment first: shellcheck comes with it."""

import os
import sys
from pathlib import Path

os.environ["PATH"] = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
