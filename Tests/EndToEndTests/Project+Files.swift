extension Project {
    /// What the tests vary in `assay.yaml`.
    struct Recipe: Sendable {
        var train = "[/usr/bin/python3, fit.py]"
        var inputs = """
              - {name: readings, dataset: tide/readings:1, phase: train}
              - {name: later, dataset: tide/later:1, phase: evaluate}
            """
        var parameters = "{steps: 4, rate: 0.01}"
        var resources = "{cpus: 1, memoryMiB: 256, pids: 16, scratchMiB: 16}"
        var timeouts = "{wallSeconds: 60, idleSeconds: 30, killGraceSeconds: 1}"

        /// The file.
        var text: String {
            """
            schema: assay/v1
            model: tide/levels
            seed: 11
            parameters: \(parameters)
            environment: host
            inputs:
            \(inputs)
            train: \(train)
            evaluate: [/usr/bin/python3, check.py]
            outputs:
              - {path: harmonics.npy, role: weights}
              - {path: fit.json, role: metrics, input: readings}
              - {path: check.json, role: metrics, input: later, phase: evaluate}
            resources: \(resources)
            timeouts: \(timeouts)

            """
        }
    }

    /// Trains three coefficients by gradient descent and writes them by hand.
    static let training = """
        import csv, json, math, os, sys
        from tides import write

        inputs, outputs = os.environ["ASSAY_INPUTS"], os.environ["ASSAY_OUTPUTS"]
        settings = json.load(open(os.environ["ASSAY_PARAMS"]))
        rows = list(csv.DictReader(open(os.path.join(inputs, "readings", "levels.csv"))))
        weights = [0.0, 0.0, float(os.environ["ASSAY_SEED"]) / 100]
        for step in range(settings["steps"]):
            total = 0.0
            for row in rows:
                angle = 2 * math.pi * float(row["hour"]) / 12.42
                features = [1.0, math.sin(angle), math.cos(angle)]
                off = sum(w * f for w, f in zip(weights, features)) - float(row["centimetres"]) / 100
                total += off * off
                weights = [w - settings["rate"] * off * f for w, f in zip(weights, features)]
            print("step", step, total / len(rows), flush=True)
        write(weights, total / len(rows))

        """.replacing("from tides import write\n", with: writer)

    /// A training that ends at once with the weights and the error that are given, as Python writes them.
    static func training(weights: String = "[1, 2, 3]", error: String = "0.5", first: String = "") -> String {
        "import json, os, sys\n\(writer)\n\(first)\nwrite(\(weights), \(error))\n"
    }

    /// A function that writes the outputs of training.
    private static let writer = """
        import struct

        def write(weights, error):
            outputs = os.environ["ASSAY_OUTPUTS"]
            header = b"{'descr': '<f8', 'fortran_order': False, 'shape': (3,), }"
            header += b" " * (117 - len(header)) + b"\\n"
            with open(os.path.join(outputs, "harmonics.npy"), "wb") as file:
                file.write(b"\\x93NUMPY\\x01\\x00" + struct.pack("<H", len(header)) + header)
                file.write(struct.pack("<3d", *weights))
            json.dump({"mse": error}, open(os.path.join(outputs, "fit.json"), "w"))

        """

    /// Measures how far the model is off on data that training has not seen.
    static let measuring = """
        import csv, json, math, os, struct

        inputs, outputs = os.environ["ASSAY_INPUTS"], os.environ["ASSAY_OUTPUTS"]
        weights = struct.unpack("<3d", open(os.path.join(inputs, "model", "harmonics.npy"), "rb").read()[-24:])
        worst = 0.0
        for row in csv.DictReader(open(os.path.join(inputs, "later", "levels.csv"))):
            angle = 2 * math.pi * float(row["hour"]) / 12.42
            guess = weights[0] + weights[1] * math.sin(angle) + weights[2] * math.cos(angle)
            worst = max(worst, abs(guess - float(row["centimetres"]) / 100))
        json.dump({"worst": worst}, open(os.path.join(outputs, "check.json"), "w"))

        """
}
