import ArgumentParser
import RegistryTypes

/// What `--vary` names: `threads,hash-seed`, or everything where it stands alone.
struct VariationChoice: ExpressibleByArgument, CustomStringConvertible {
    /// Nil for everything that can be varied.
    let subjects: [Variation.Subject]?

    static let all = VariationChoice(subjects: nil)

    private init(subjects: [Variation.Subject]?) { self.subjects = subjects }

    init?(argument: String) {
        var subjects: [Variation.Subject] = []
        for name in argument.split(separator: ",", omittingEmptySubsequences: false) {
            guard let subject = Variation.Subject(rawValue: String(name)) else { return nil }
            subjects.append(subject)
        }
        self.subjects = subjects
    }

    var description: String { "all" }
}
