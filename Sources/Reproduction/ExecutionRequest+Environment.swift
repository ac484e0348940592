extension ExecutionRequest {
    /// The environment given to the original run and to every re-run, so that both have the same.
    ///
    /// Thread counts, hash seed, locale and time zone are fixed because each of them is known to change results.
    ///
    /// - Parameters:
    ///   - cpus: The number of threads numerical libraries use.
    ///   - sourceDateEpoch: The time of the source commit, in seconds since 1970.
    ///   - seed: The seed of the recipe, shown as `ASSAY_SEED`; nil leaves the variable out.
    /// - Returns: The complete environment; a recipe adds its own variables to it.
    package static func defaultEnvironment(
        cpus: Int,
        sourceDateEpoch: Int64,
        seed: Int64? = nil
    ) -> [String: String] {
        var environment = [
            "ASSAY_INPUTS": "/in",
            "ASSAY_OUTPUTS": "/out",
            "ASSAY_PARAMS": "/params.json",
            "CUBLAS_WORKSPACE_CONFIG": ":4096:8",
            "HOME": "/tmp",
            "LC_ALL": "C.UTF-8",
            "MKL_DYNAMIC": "FALSE",
            "MKL_NUM_THREADS": String(cpus),
            "OMP_DYNAMIC": "FALSE",
            "OMP_NUM_THREADS": String(cpus),
            "OPENBLAS_NUM_THREADS": String(cpus),
            "PATH": "/usr/local/bin:/usr/bin:/bin",
            "PWD": "/work",
            "PYTHONDONTWRITEBYTECODE": "1",
            "PYTHONHASHSEED": "0",
            "SOURCE_DATE_EPOCH": String(sourceDateEpoch),
            "TF_DETERMINISTIC_OPS": "1",
            "TMPDIR": "/tmp",
            "TZ": "UTC",
        ]
        environment["ASSAY_SEED"] = seed.map { String($0) }
        return environment
    }
}
