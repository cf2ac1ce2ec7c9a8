"""README.txt of a new pack: what there is to do, in order, with the commands."""

from __future__ import annotations

from otscore.norming.entry import TablePlan, layout_of, tables_of
from otscore.norming.plan import Plan

HOW = {
    "long": "a row for each scale, age and raw score: type the score, or - where the source prints none",
    "frame": "a row for each scale, sex, age and raw score: type the score, or - where the source prints none",
    "sheets": "a file for each age band, a row for each raw score, a column for each scale: type the score, or - where the source prints none",
    "ranges": "a row for each score, a column for each scale: type the raw scores as they are printed: 12, 12-14, <12, >20, or - for none",
}


def import_command(plan: Plan, table: TablePlan) -> str:
    """The command that reads the entry sheets of a table, said from the directory above the instrument."""
    layout = layout_of(plan, table)
    edition = f"{plan.instrument}/{plan.edition}"
    folder = table.name.removesuffix(".csv")
    more = f" --age-unit {plan.unit}" if layout == "frame" else " --ages none" if not table.aged and layout in ("sheets", "ranges") else ""
    return f"otscore norms import {edition}/entry/{folder}/*.csv --layout {layout} --into {edition} --table {table.name}{more}"


def guide(plan: Plan) -> str:
    """The text of README.txt."""
    edition = f"{plan.instrument}/{plan.edition}"
    steps = [f"The commands are given in the directory above {plan.instrument}.", "", "1. Type the norms."]
    for table in tables_of(plan):
        steps += [
            f"   {edition}/entry/{table.name.removesuffix('.csv')}/ : {HOW[layout_of(plan, table)]}.",
            f"   {import_command(plan, table)}",
        ]
    steps += [
        f"   Or type the scores straight into {edition}/tables/, where every key is written, and delete {edition}/entry.",
        "2. Fill in every TO FILL of instrument.toml, pack.toml and SOURCES.toml, and the day on which each table was read.",
        "3. Add examples to cases.csv whose result is known from elsewhere: the manual, a calculation by hand. At least one for each scale.",
        f'4. Set status in {edition}/pack.toml to "single_source". Then: otscore norms check {plan.instrument}',
        f"5. otscore norms items {plan.instrument}@{plan.edition} --packs-dir {plan.instrument} says what to enter for a child;",
        f"   otscore score children.csv --pack {plan.instrument}@{plan.edition} --packs-dir {plan.instrument} --out scores.csv scores a file of them.",
    ]
    if plan.private:
        steps.append("The pack is private: .gitignore keeps its files out of a repository. Do not pass it on.")
    return "\n".join(steps) + "\n"
