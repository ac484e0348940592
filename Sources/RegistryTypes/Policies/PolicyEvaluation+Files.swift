extension PolicyEvaluation {
    /// What loaders of arrays import anyway: constructors of arrays, tensors and plain containers, which run no code of
    /// the file.
    ///
    /// Sources: the allow list of `torch.load(weights_only=True)` in PyTorch 2.13; `numpy/_core/multiarray.py`.
    static let usualImports =
        [
            "collections.OrderedDict", "builtins.set", "builtins.frozenset", "builtins.complex", "builtins.bytearray",
            "builtins.slice", "_codecs.encode", "numpy.core.multiarray._reconstruct", "numpy.core.multiarray.scalar",
            "numpy.core.numeric._frombuffer", "numpy.ndarray", "numpy.dtype", "joblib.numpy_pickle.NumpyArrayWrapper",
            "torch._utils._rebuild_tensor", "torch._utils._rebuild_tensor_v2", "torch._utils._rebuild_parameter",
            "torch.Size", "torch.device", "torch.storage.UntypedStorage",
        ]
        + [
            "Float", "Double", "Half", "BFloat16", "Long", "Int", "Short", "Char", "Byte", "Bool", "ComplexFloat",
            "ComplexDouble",
        ]
        .map { "torch.\($0)Storage" }
        + [
            "float16", "float32", "float64", "bfloat16", "int8", "int16", "int32", "int64", "uint8", "bool",
            "complex64",
        ]
        .map { "torch.\($0)" }

    func formats(_ allowed: [String]) -> PolicyAnswer {
        let wanted = "weights as \(Self.list(allowed))"
        func answer(_ passed: Bool, _ found: String) -> PolicyAnswer {
            PolicyAnswer("formats", passed: passed, wanted: wanted, found: found)
        }
        guard let files = relevantFiles else { return answer(false, Self.notScanned) }
        let others = files.filter { !allowed.contains($0.format) }
        guard others.isEmpty else { return answer(false, Self.list(others.map { "\($0.path) as \($0.format)" })) }
        return answer(!files.isEmpty, Self.list(Set(files.map(\.format)).sorted()))
    }

    func scan(_ rule: PolicyDocument.ScanRule) -> PolicyAnswer {
        let allowed = Self.usualImports + (rule.allow ?? [])
        let wanted = "files that import only what arrays need" + (rule.allow.map { " or \(Self.list($0))" } ?? "")
        func answer(_ passed: Bool, _ found: String) -> PolicyAnswer {
            PolicyAnswer("scan", passed: passed, wanted: wanted, found: found)
        }
        guard let files = relevantFiles else { return answer(false, Self.notScanned) }
        let problems = files.flatMap { file in
            if let unknown = file.unknown { return ["\(file.path) is unknown: \(unknown)"] }
            return (file.imports ?? []).filter { !Self.matches($0, allowed) }.map { "\(file.path) imports \($0)" }
        }
        guard problems.isEmpty else { return answer(false, Self.list(problems)) }
        return answer(true, "nothing else in \(files.count) file\(files.count == 1 ? "" : "s")")
    }

    /// The files that count; nil if not all of them are known.
    private var relevantFiles: [ScannedFiles.File]? {
        guard let scanned = facts.files, scanned.omitted == 0 else { return nil }
        return scanned.files.filter { !Self.matches($0.path.text, policy.otherFiles ?? []) }
    }

    private static let notScanned = "files that were not all looked through when they were pushed; push them again"
}
