package import RegistryTypes

extension AssayFile {
    /// What `assay init` writes: complete and valid, and explained line by line.
    package static func template(model: QualifiedName) -> String {
        """
        # The recipe of \(model): what to run, on which data, and how a repetition is compared.
        # Fill it in, commit it together with the code, then run `assay run`.
        schema: assay/v1
        model: \(model)

        # Handed to the commands as ASSAY_SEED; every random generator must use it.
        seed: 7
        # Handed over as the JSON file that ASSAY_PARAMS names; single values only.
        parameters: {learning_rate: 0.1}

        # The machine's own programs and libraries, read-only.
        environment: host

        # Datasets, pushed before with `assay dataset push`. A dataset of phase evaluate is not there while training.
        # The files of the first one are in $ASSAY_INPUTS/train/.
        inputs:
          - {name: train, dataset: \(model)-train:1, phase: train}
          - {name: validation, dataset: \(model)-validation:1, phase: evaluate}

        # Each element is one argument; there is no shell and no network.
        train: [python3, train.py]
        # Reads the trained files in $ASSAY_INPUTS/model/. Leave it out if training measures everything.
        evaluate: [python3, evaluate.py]

        # What the commands must leave in $ASSAY_OUTPUTS. Only weights and metrics count for a verdict.
        outputs:
          - {path: weights.npz, role: weights}
          - {path: training.json, role: metrics, input: train}
          - {path: evaluation.json, role: metrics, input: validation, phase: evaluate}

        # How far a repetition may differ; without it the defaults of the number types hold.
        # compare:
        #   metrics: {accuracy: {absolute: 0.001}}
        #   tensors: {"*.bias": {absolute: 1.0e-4, relative: 1.0e-4}}

        resources: {cpus: 1, memoryMiB: 1024, pids: 64, scratchMiB: 256}
        timeouts: {wallSeconds: 600, idleSeconds: 120}

        """
    }
}
