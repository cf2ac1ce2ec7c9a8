"""The notebooks run from top to bottom, and are kept without their output."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))


def test_the_notebooks() -> None:
    assert [path.name for path in NOTEBOOKS] == [
        "a_child_over_a_year.ipynb", "a_study_of_1311_children.ipynb", "from_a_sample_to_norms.ipynb", "gallery.ipynb", "quickstart.ipynb",
    ]  # fmt: skip


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.name)
def test_outputs_are_not_kept(path: Path) -> None:
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    kept = [place for place, cell in enumerate(cells) if cell.get("outputs") or cell.get("execution_count")]
    assert kept == [], "clear the output of these cells"


@pytest.mark.slow
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.name)
def test_the_notebook_runs(path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    nbclient = pytest.importorskip("nbclient", reason="running a notebook needs nbclient (it comes with nbmake)")
    nbformat = pytest.importorskip("nbformat", reason="running a notebook needs nbformat (it comes with nbmake)")
    pytest.importorskip("ipykernel", reason="running a notebook needs ipykernel")
    source = os.pathsep.join(filter(None, [os.environ.get("PYTHONPATH"), str(ROOT / "src")]))
    monkeypatch.setenv("PYTHONPATH", source)
    monkeypatch.setenv("OTSCORE_REFERENCE", os.environ.get("OTSCORE_REFERENCE", str(ROOT.parent / "shared")))
    notebook = nbformat.read(path, as_version=4)
    nbclient.NotebookClient(notebook, timeout=60, kernel_name="python3", resources={"metadata": {"path": str(tmp_path)}}).execute()
    shown = [output for cell in notebook.cells for output in cell.get("outputs", ())]
    assert not [output for output in shown if output["output_type"] == "error"]
    assert len(shown) >= 8
