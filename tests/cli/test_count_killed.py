"""A count that is killed leaves a whole bundle or none, and the next run is not in its way."""

from __future__ import annotations

import hashlib
import json
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest


def command(work: Path) -> list[str]:
    words = ["count", "request.toml", "--store", "store", "--policy", "policy.toml", "--out", "answer", "--replace"]
    return [sys.executable, "-B", "-m", "clearcount", *words, "--quiet"]


def whole(bundle: Path) -> bool:
    """Whether every file that release.json names is there with its hash, and no other."""
    release = json.loads((bundle / "release.json").read_text(encoding="utf-8"))
    held = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in bundle.iterdir()}
    del held["release.json"]
    return held == release["files"]


def kill_often(work: Path, kills: int, seed: int) -> None:
    started = time.monotonic()
    subprocess.run(command(work), cwd=work, check=True)
    usual = time.monotonic() - started
    rng = random.Random(seed)
    seen = {"whole": 0, "none": 0}
    for turn in range(kills):
        if turn % 2:
            shutil.rmtree(work / "answer", ignore_errors=True)  # every second run starts with no bundle to fall back on
        process = subprocess.Popen(command(work), cwd=work)
        time.sleep(usual * rng.uniform(0.3, 1.1))
        process.send_signal(signal.SIGKILL)
        process.wait()
        bundle = work / "answer"
        if bundle.exists():
            assert whole(bundle)
            seen["whole"] += 1
        else:
            seen["none"] += 1
    subprocess.run(command(work), cwd=work, check=True)
    assert whole(work / "answer")
    assert not [path.name for path in work.iterdir() if path.name.startswith(".answer")]
    assert seen["whole"] and seen["none"], "the kills came too late or too early to show anything"


@pytest.mark.usefixtures("store")
def test_twenty_kills(work: Path) -> None:
    kill_often(work, 20, seed=1)


@pytest.mark.slow
@pytest.mark.usefixtures("store")
def test_two_hundred_kills(work: Path) -> None:
    kill_often(work, 200, seed=2)
