"""Drop houses that cannot be right and bring every column to mean 0 and deviation 1."""

import csv
import json
import os
import statistics
from pathlib import Path

INPUTS = Path(os.environ.get("ASSAY_INPUTS", "../data"))
OUTPUTS = Path(os.environ.get("ASSAY_OUTPUTS", "../out/scaled"))
COLUMNS = ("size", "bedrooms", "price")


def main():
    with open(INPUTS / "houses" / "houses.csv", newline="") as file:
        rows = [[float(row[name]) for name in COLUMNS] for row in csv.DictReader(file)]
    kept = [row for row in rows if all(value > 0 for value in row)]
    means = [statistics.fmean(column) for column in zip(*kept)]
    stds = [statistics.pstdev(column) for column in zip(*kept)]

    OUTPUTS.mkdir(parents=True, exist_ok=True)
    write("train.csv", [[(v - m) / s for v, m, s in zip(row, means, stds)] for row in kept])
    write("scales.csv", [means, stds])
    (OUTPUTS / "rows.json").write_text(json.dumps({"read": len(rows), "kept": len(kept)}) + "\n")
    print(f"kept {len(kept)} of {len(rows)} houses")


def write(name, rows):
    with open(OUTPUTS / name, "w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        writer.writerows(rows)


if __name__ == "__main__":
    main()
