import Foundation
import RegistryTypes
import Reproduction
import SystemPackage
import WeightFormats

extension LocalRun {
    /// Says where a run that went well and its recipe do not fit together.
    func warn(about finished: Finished) {
        guard finished.outcome.failure == nil else { return }
        let files = finished.outcome.undeclared
        if !files.isEmpty {
            console.warn(
                "the run left files in $ASSAY_OUTPUTS that no output declares, so they are not kept: "
                    + files.map(\.debugDescription).joined(separator: ", "))
        }
        let compare = finished.recipe.compare
        let measured = Set(finished.metrics.map(\.name))
        for name in compare.metrics.keys.sorted() where !measured.contains(name) {
            let names = measured.isEmpty ? "nothing" : measured.sorted().prefix(10).joined(separator: ", ")
            console.warn(
                "compare sets a tolerance for the metric \(name.debugDescription), which the run did not measure; "
                    + "it measured \(names)")
        }
        guard !compare.tensors.isEmpty, let tensors = try? tensors(of: finished) else { return }
        for text in compare.tensors.keys.sorted() {
            guard let pattern = try? NamePattern(text), !tensors.contains(where: pattern.matches) else { continue }
            console.warn(
                "compare sets a tolerance for \(text.debugDescription), which is the name of no tensor; there are "
                    + tensors.prefix(10).joined(separator: ", "))
        }
    }

    /// The names of all tensors that the run wrote; throws if a file cannot be read.
    private func tensors(of finished: Finished) throws -> [String] {
        try finished.outcome.outputs.filter(\.role.isProduct).flatMap { output in
            let file = try MappedFile(path: output.file.string)
            let declared = finished.recipe.outputs.first { $0.path == output.path }?.format
            let format =
                declared.flatMap(KnownWeightFormats.named)
                ?? KnownWeightFormats.detect(fileName: output.path.fileName, file: file)
            return try format.open(file, layout: nil).tensors.map(\.name)
        }
    }
}
