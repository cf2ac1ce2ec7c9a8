"""``otscore norms new``: a pack to begin with, from options or from answers; filled in, imported, checked and scored in every layout."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest

import otscore
from otscore.errors import UsageError
from otscore.norming import Plan, parse_ages, parse_composite, parse_scale
from otscore.norming.scaffold import scaffold

OPTIONS = (
    "--scale", "balance:gross_motor:24", "--scale", "pegs:fine_motor:4x0-2", "--metric", "scaled", "--composite", "motor=balance+pegs:standard:raws",
    "--ages", "48:60,60:72", "--edition", "2030",
)  # fmt: skip
SCALES = {"balance": range(25), "pegs": range(9), "motor": range(33)}


def made_up(scale: str, raw: int, age_from: int, sex: str) -> int:
    """A score: higher for a higher raw score and a younger child."""
    if scale == "motor":
        return 60 + 2 * raw - (age_from - 48) // 4 + (sex == "male")
    return max(1, 1 + raw * 18 // len(SCALES[scale]) - (age_from - 48) // 6 + (sex == "male"))


@pytest.fixture
def root(desk) -> Path:
    return desk.folder / "my-packs"


def new(desk, *words: object):
    return desk.run("norms", "new", *words, quiet=True)


def filled(text: str, label: str) -> str:
    """A sheet of the scaffold with its empty cells typed in."""
    head, *rows = list(csv.reader(io.StringIO(text)))
    if head[0] == "score":
        return by_score(head, rows, label)
    for row in rows:
        cells = dict(zip(head, row, strict=True))
        sex = cells.get("sex", "male" if "_male" in label else "female" if "_female" in label else "")
        age = int((cells.get("age_min") or cells.get("age") or label).split()[0].split("_")[0])
        if head[0] == "raw":
            row[1:] = [cell or str(made_up(scale, int(row[0]), age, sex)) for scale, cell in zip(head[1:], row[1:], strict=True)]
        else:
            row[-1] = str(made_up(cells["scale"], int(cells["raw"]), age, sex))
    return written([head, *rows])


def by_score(head: list[str], rows: list[list[str]], label: str) -> str:
    age, sex = int(label.split("_")[0]), "male" if "_male" in label else "female" if "_female" in label else ""
    for row in rows:
        for place, scale in enumerate(head[1:], start=1):
            raws = [raw for raw in SCALES[scale] if made_up(scale, raw, age, sex) == int(row[0])]
            row[place] = "-" if not raws else str(raws[0]) if len(raws) == 1 else f"{raws[0]}–{raws[-1]}"
            if raws and raws[-1] == SCALES[scale][-1]:
                row[place] = f">={raws[0]}"
    return written([head, *rows])


def written(rows: list[list[str]]) -> str:
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator="\n").writerows(rows)
    return out.getvalue()


def finish(root: Path, sexes: bool) -> None:
    """What the author of a pack still does: texts, dates, status, cases."""
    for file in (*root.rglob("*.toml"),):
        text = file.read_text("utf-8").replace("TO FILL", "Invented").replace("0000-00-00", "2030-01-31")
        file.write_text(text.replace('status = "template"', 'status = "synthetic"'), "utf-8")
    sex = "male" if sexes else ""
    score = {name: made_up(name, raw, 48, sex) for name, raw in (("balance", 12), ("pegs", 5), ("motor", 17))}
    lines = [f"a,50,,,{sex},balance_raw=12 pegs_01=2 pegs_02=2 pegs_03=1 pegs_04=0,balance,12,,,{score['balance']},,,,0,by the formula of the test"]
    lines += [f"a,,,,,,{name},{raw},,,{score[name]},,,,0,by the formula of the test" for name, raw in (("pegs", 5), ("motor", 17))]
    cases = next(root.rglob("cases.csv"))
    cases.write_text(cases.read_text("utf-8") + "\n".join(lines) + "\n", "utf-8")


@pytest.mark.parametrize("sexes", [True, False], ids=["by sex", "together"])
@pytest.mark.parametrize("layout", ["long", "sheets", "ranges", "frame"])
def test_from_nothing_to_a_score(desk, root: Path, monkeypatch: pytest.MonkeyPatch, layout: str, sexes: bool) -> None:
    outcome = new(desk, root / "mytest", *OPTIONS, "--layout", layout, *(["--sex"] if sexes else []))
    assert outcome.code == 0, outcome.err
    assert f"What to do next: {root / 'mytest' / 'README.txt'}" in outcome.out
    edition = root / "mytest" / "2030"
    empty = {file.name: file.read_text("utf-8").count("\n") for file in (edition / "tables").iterdir()}
    for sheet in edition.rglob("entry/*/*.csv"):
        sheet.write_text(filled(sheet.read_text("utf-8"), sheet.stem), "utf-8")
    monkeypatch.chdir(root)
    commands = [line.split() for line in (root / "mytest" / "README.txt").read_text("utf-8").splitlines() if line.startswith("   otscore norms import")]
    assert len(commands) == 2
    for _, *words in commands:
        files = sorted(Path().glob(words[2]))
        outcome = desk.run(*words[:2], *files, *words[3:], quiet=True)
        assert outcome.code == 0, outcome.err
        assert "without a score" not in outcome.out
    assert {file.name: file.read_text("utf-8").count("\n") for file in (edition / "tables").iterdir()} == empty
    finish(root, sexes)
    outcome = desk.run("norms", "check", root, quiet=True)
    assert outcome.code == 0, outcome.out
    assert outcome.out == ""
    scorer = otscore.Scorer.load(path=edition)
    child = {"age_months": 61, "responses": {"balance_raw": 20, **{f"pegs_{n:02d}": 1 for n in range(1, 5)}}}
    child |= {"sex": "female"} if sexes else {"sex": None}
    results = {score.scale: (score.raw, score.score) for domain in scorer.score(child).domains for score in domain.scales}
    expected = {name: (raw, made_up(name, raw, 60, "female" if sexes else "")) for name, raw in (("balance", 20), ("pegs", 4), ("motor", 24))}
    assert results == expected


def test_a_scaffold_can_be_read_as_it_is(desk, root: Path) -> None:
    assert new(desk, root / "mytest", *OPTIONS, "--private").code == 0
    listed = desk.run("norms", "list", "--packs-dir", root, quiet=True)
    assert listed.code == 0
    assert next(line for line in listed.out.splitlines() if "mytest@2030" in line).split()[3].strip(",") == "template"
    items = desk.run("norms", "items", "mytest@2030", "--packs-dir", root, quiet=True)
    assert "balance_raw  0 to 24, whole" in items.out
    found = desk.run("norms", "check", root, quiet=True)
    assert found.code == 0 and {line.rsplit("[", 1)[1] for line in found.out.splitlines()} == {"warn_template]"}
    for words in ("is not a date", "there are no worked examples", "texts are still to be filled in", "figures are still empty"):
        assert words in found.out
    assert (root / "mytest" / ".gitignore").read_text("utf-8").splitlines()[-1] == "*"


def test_nothing_is_overwritten(desk, root: Path) -> None:
    assert new(desk, root / "mytest", *OPTIONS).code == 0
    before = {file: file.read_bytes() for file in root.rglob("*") if file.is_file()}
    outcome = new(desk, root / "mytest", *OPTIONS)
    assert outcome.code == 2
    assert "mytest/instrument.toml: the file is there already" in outcome.err
    assert {file: file.read_bytes() for file in root.rglob("*") if file.is_file()} == before


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--scale", "balance:gross_motor"), "Write ID:DOMAIN:HIGHEST"),
        (("--scale", "balance:balancing:24"), "balancing is no domain. Allowed: fine_motor, gross_motor"),
        (("--scale", "balance:gross_motor:many"), "many is neither a highest raw score"),
        (("--scale", "balance:gross_motor:12x2-0"), "12x2-0 is neither"),
        (("--scale", "balance:gross_motor:24", "--metric", "iq"), "iq is no metric. Allowed: z, t"),
        (("--scale", "balance:gross_motor:24", "--ages", "48:60,62:72"), "60 and 62 are not the same"),
        (("--scale", "balance:gross_motor:24", "--ages", "60:48"), "60:48 does not rise"),
        (("--scale", "balance:gross_motor:24", "--ages", "48-60"), "48-60: no age band"),
        (("--scale", "balance:gross_motor:24", "--composite", "motor=balance:standard"), "no composite"),
        (("--scale", "balance:gross_motor:24", "--composite", "motor=balance+sway:standard"), "made of sway, which is no scale before it"),
        (("--scale", "balance:gross_motor:24", "--scale", "balance:gross_motor:12"), "two scales are called balance"),
        (("--scale", "balance:gross_motor:24", "--metric", "z", "--layout", "ranges"), "scores down the side cannot be laid out for the metric z"),
        (("--scale", "balance:gross_motor:24", "--edition", "a b"), "a b is no name of an edition"),
    ],
)
def test_plans_that_cannot_be_are_said(desk, root: Path, words: tuple[str, ...], said: str) -> None:
    words = words if "--ages" in words else (*words, "--ages", "48:60")
    outcome = new(desk, root / "mytest", *words)
    assert outcome.code == 2
    assert said in outcome.err
    assert not root.exists()


def test_composites_of_derived_scores_list_every_sum() -> None:
    plan = Plan(
        Path("mytest"), (parse_scale("a:fine_motor:10"), parse_scale("b:fine_motor:10")), parse_ages("48:60"), "scaled",
        (parse_composite("hand=a+b:standard"), parse_composite("total=hand+a:t:scores")),
    )  # fmt: skip
    files = {str(path): text for path, text in scaffold(plan).items()}
    assert 'raw = "sum_of_scores"' in files["mytest/instrument.toml"]
    lines = files["mytest/1/tables/hand.csv"].splitlines()
    assert (lines[0], lines[1], lines[-1]) == ("scale,raw,score", "hand,2,", "hand,38,")
    assert files["mytest/1/tables/total.csv"].splitlines()[1] == "total,41,"
    with pytest.raises(UsageError, match="have no lowest and highest"):
        Plan(Path("mytest"), plan.scales, plan.bands, "z", plan.composites)


def answers(*lines: str) -> io.StringIO:
    return io.StringIO("".join(f"{line}\n" for line in lines))


def test_questions_and_answers(desk, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told = answers(
        str(root / "mytest"), "2030", "", "balance:gross_motor:24", "pegs:hands:8", "pegs:fine_motor:4x0-2", "", "iq", "",
        "motor=balance+sway:standard", "motor=balance+pegs:standard:raws", "", "", "48:60,61:72", "48:60,60:72", "perhaps", "no", "round", "sheets", "no",
    )  # fmt: skip
    monkeypatch.setattr("sys.stdin", told)
    outcome = new(desk)
    assert outcome.code == 0, outcome.err
    for said in (
        "Write ID:DOMAIN:HIGHEST", "hands is no domain", '"iq" is none of them. Allowed: z, t',
        "made of sway", "60 and 61 are not the same", '"perhaps" is none of them. Allowed: yes, no', '"round" is none of them',
    ):  # fmt: skip
        assert said in outcome.out
    asked = {file.relative_to(root): file.read_bytes() for file in root.rglob("*") if file.is_file()}
    other = desk.folder / "other"
    assert new(desk, other / "mytest", *OPTIONS, "--layout", "sheets").code == 0
    assert {file.relative_to(other): file.read_bytes() for file in other.rglob("*") if file.is_file()} == asked


def test_answers_that_end_too_soon(desk, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", answers("2030", "balance:gross_motor:24"))
    outcome = new(desk, root / "mytest")
    assert outcome.code == 2
    assert "the answers ended before the questions; nothing was written" in outcome.err
    assert not root.exists()
