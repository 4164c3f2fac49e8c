"""`make backup`, `make restore`: a command of manage.py, once what it needs is installed."""

import os
import sys

from install import ROOT, install

if __name__ == "__main__":
    python = install("requirements.txt")
    os.chdir(ROOT)
    os.execv(python, [python, "manage.py", *sys.argv[1:]])
