import RegistryTypes

/// What can be changed about the run behind a version, and to what.
struct VariationPlan {
    let recipe: Recipe
    /// The facts of the original's machine.
    let host: [String: String]

    /// The variations of the subjects, or why there are none.
    func variations(
        of subjects: [Variation.Subject]
    ) -> (variations: [Variation], skipped: [RequestedVariations.Skipped]) {
        var variations: [Variation] = []
        var skipped: [RequestedVariations.Skipped] = []
        for subject in Variation.Subject.allCases where subjects.contains(subject) {
            switch values(of: subject) {
            case .success(let values): variations += values.map { Variation(subject, $0) }
            case .failure(let obstacle): skipped.append(.init(subject: subject, reason: obstacle.reason))
            }
        }
        return (variations, skipped)
    }

    private struct Obstacle: Error {
        let reason: String
    }

    private func values(of subject: Variation.Subject) -> Result<[String], Obstacle> {
        switch subject {
        case .threads:
            let count = (recipe.env["OMP_NUM_THREADS"].flatMap(Int.init) ?? recipe.resources.cpus)
            return .success(Set([1, count * 2]).subtracting([count]).sorted().map(String.init))
        case .folder: return .success(["elsewhere"])
        case .hashSeed:
            guard host["python"] != nil else {
                return .failure(Obstacle(reason: "the original's facts name no Python"))
            }
            guard recipe.env["PYTHONHASHSEED"] == nil else {
                return .failure(Obstacle(reason: "the recipe sets PYTHONHASHSEED itself"))
            }
            return .success(["1"])
        case .blasKernel: return blasKernel
        case .cpuFeatures:
            guard host["python.numpy"] != nil else {
                return .failure(Obstacle(reason: "the original's facts name no NumPy"))
            }
            guard host["arch"] == "x86_64" else {
                return .failure(Obstacle(reason: "only the instructions of x86_64 are known here"))
            }
            return .success(["no-avx"])
        }
    }

    /// The kernels of the oldest x86_64 processor, which run on all of them and sum in another order than newer ones.
    private var blasKernel: Result<[String], Obstacle> {
        guard let kernel = host["blas.kernel"] else {
            return .failure(Obstacle(reason: "the original's facts name no OpenBLAS"))
        }
        guard host["arch"] == "x86_64" else {
            return .failure(Obstacle(reason: "only the kernels of x86_64 are known here"))
        }
        return kernel == "Prescott"
            ? .failure(Obstacle(reason: "the original used the kernels of the oldest processor already"))
            : .success(["Prescott"])
    }
}
