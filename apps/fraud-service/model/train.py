"""Trains the fraud model on exported features and writes model.onnx and model.json.

The input is a CSV or Parquet file with a header: `occurred_at` (UTC, ISO 8601), `is_fraud` (0 or 1), and the features by
their names in the catalogue, one row a transaction, each as it was known at its time. An absent feature is an empty
field; the model sees it as NaN, and so must whoever asks the model later: 0 would be a value.

The same input, span and library versions give the same model. `--test` adds figures of days the model has not seen.
They are those of the rows as they are: cards that are known as defrauded are not taken out.
"""

import argparse
import hashlib
import json
import platform
from pathlib import Path

import lightgbm
import numpy as np
import onnx
import onnxmltools
import onnxruntime
import pandas as pd
import sklearn
from onnxmltools.convert.common.data_types import FloatTensorType
from sklearn.metrics import average_precision_score, roc_auc_score

# The names, in the order of the model's input; the bench exports the same. Ratios and shares stand beside what they are
# made of: a tree cannot divide.
FEATURES = Path(__file__).parent / "features.json"

# From this probability on a transaction is explained even when it is approved: of these, an analyst may want to know why.
EXPLAIN_FROM = 0.2

# The model is the mean of one for each seed: of frauds that nobody can tell, the rank is chance, and a mean has less of it.
SEEDS = (0, 1, 2)

# Small trees, few of them: the model is asked while a card waits. One thread and a seed: the same model every time.
PARAMETERS = {
    "n_estimators": 40,
    "learning_rate": 0.1,
    "num_leaves": 12,
    "min_child_samples": 30,
    "reg_lambda": 5.0,
    "subsample": 0.7,
    "subsample_freq": 1,
    "colsample_bytree": 0.5,
    "deterministic": True,
    "force_row_wise": True,
    "n_jobs": 1,
    "verbose": -1,
}

# With --all-history the first month is left out: windows of 30 days were not full.
WARM_UP = pd.Timedelta(days=30)


def read(path, features):
    columns = ["occurred_at", "is_fraud", *features]
    table = pd.read_parquet(path, columns=columns) if path.suffix == ".parquet" else pd.read_csv(path, usecols=columns)
    table["occurred_at"] = pd.to_datetime(table["occurred_at"], utc=True)
    return table


def typical(x, features):
    """The median of each feature; none where it is absent for half of the transactions or more."""
    medians = np.full(x.shape[1], np.nan)
    often = np.isnan(x).mean(axis=0) < 0.5
    medians[often] = np.nanmedian(x[:, often], axis=0)
    return {name: None if np.isnan(median) else float(median) for name, median in zip(features, medians, strict=True)}


def days(text):
    """FROM..TO, both days included, as a half-open span of time."""
    first, last = (pd.Timestamp(day, tz="UTC") for day in text.split(".."))
    return first, last + pd.Timedelta(days=1)


def rows(table, features, span):
    inside = table[(table["occurred_at"] >= span[0]) & (table["occurred_at"] < span[1])]
    if inside["is_fraud"].nunique() < 2:
        raise SystemExit(f"from {span[0]} to before {span[1]} there are not both frauds and others: choose other days")
    return inside[features].to_numpy(np.float32), inside["is_fraud"].to_numpy(np.int32)


def probability_of(models, x):
    return np.mean([model.predict_proba(x)[:, 1] for model in models], axis=0)


def to_onnx(models, width):
    """One graph: the trees of each model, and the mean of their probabilities."""
    shape = [("features", FloatTensorType([None, width]))]
    nodes = []
    for index, model in enumerate(models):
        converted = onnxmltools.convert_lightgbm(model, initial_types=shape, zipmap=False, target_opset=15)
        [trees] = [node for node in converted.graph.node if node.op_type == "TreeEnsembleClassifier"]
        trees.name = f"trees_{index}"
        trees.input[:] = ["features"]
        # its label would be a cut at 0.5, which nobody asks for
        trees.output[:] = [f"label_{index}", f"probabilities_{index}"]
        nodes.append(trees)
    nodes.append(onnx.helper.make_node("Mean", [node.output[1] for node in nodes], ["probabilities"], "mean"))
    tensor = onnx.helper.make_tensor_value_info
    graph = onnx.helper.make_graph(
        nodes,
        "fraud",
        [tensor("features", onnx.TensorProto.FLOAT, [None, width])],
        [tensor("probabilities", onnx.TensorProto.FLOAT, [None, 2])],
    )
    opsets = [onnx.helper.make_opsetid("", 15), onnx.helper.make_opsetid("ai.onnx.ml", 1)]
    whole = onnx.helper.make_model(graph, opset_imports=opsets, ir_version=8)
    onnx.checker.check_model(whole)
    return whole.SerializeToString(deterministic=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--input", type=Path, required=True)
    parser.add_argument("--train", type=days, required=True, metavar="FROM..TO")
    parser.add_argument("--all-history", action="store_true", help="train on all that is before TO, not from FROM on")
    parser.add_argument("--test", type=days, metavar="FROM..TO", help="days to measure the model on")
    parser.add_argument("--features", type=Path, default=FEATURES, help="JSON list of the features to train on (default: features.json beside this)")
    parser.add_argument("--output", type=Path, required=True, help="folder, made when it is not there")
    arguments = parser.parse_args()

    features = json.loads(arguments.features.read_text())
    table = read(arguments.input, features)
    first, end = arguments.train
    span = (table["occurred_at"].min().floor("D") + WARM_UP, end) if arguments.all_history else (first, end)
    x, y = rows(table, features, span)
    models = [lightgbm.LGBMClassifier(**PARAMETERS, random_state=seed).fit(x, y) for seed in SEEDS]

    exported = to_onnx(models, len(features))
    session = onnxruntime.InferenceSession(exported, providers=["CPUExecutionProvider"])
    sample = x[np.random.RandomState(0).choice(len(x), min(1_000, len(x)), replace=False)]
    answer = session.run(["probabilities"], {"features": sample})[0][:, 1]
    difference = float(np.abs(answer - probability_of(models, sample)).max())
    if difference > 1e-5:
        raise SystemExit(f"the exported model differs from the trained one by {difference}: do not use it")

    figures = {"rows": len(y), "frauds": int(y.sum()), "greatest_difference_of_onnx": difference}
    if arguments.test is not None:
        x_test, y_test = rows(table, features, arguments.test)
        probability = probability_of(models, x_test)
        figures["test"] = {
            "from": arguments.test[0].date().isoformat(),
            "to": (arguments.test[1] - pd.Timedelta(days=1)).date().isoformat(),
            "rows": len(y_test),
            "frauds": int(y_test.sum()),
            "roc_auc": round(float(roc_auc_score(y_test, probability)), 4),
            "average_precision": round(float(average_precision_score(y_test, probability)), 4),
        }

    described = {
        "version": f"{span[0]:%Y%m%d}-{end - pd.Timedelta(days=1):%Y%m%d}-{hashlib.sha256(exported).hexdigest()[:8]}",
        "features": features,
        "input": {"name": "features", "type": "float32", "absent": "NaN"},
        "output": {"name": "probabilities", "column_of_fraud": 1},
        "typical": typical(x, features),
        "explain_from": EXPLAIN_FROM,
        "trained_on": {"from": span[0].date().isoformat(), "to": (end - pd.Timedelta(days=1)).date().isoformat()},
        "figures": figures,
        "parameters": {**PARAMETERS, "seeds": list(SEEDS)},
        "libraries": {
            "python": platform.python_version(),
            **{library.__name__: library.__version__ for library in (lightgbm, sklearn, np, pd, onnx, onnxmltools, onnxruntime)},
        },
    }
    arguments.output.mkdir(parents=True, exist_ok=True)
    (arguments.output / "model.onnx").write_bytes(exported)
    (arguments.output / "model.json").write_text(json.dumps(described, indent=2) + "\n")
    print(json.dumps({"version": described["version"], **figures}))


if __name__ == "__main__":
    main()
