/// One thing that a reproduction changes on purpose, to find out whether the results depend on it.
///
/// As text it is `name=value`: `threads=1`, `hash-seed=1`, `folder=elsewhere`, `blas-kernel=Prescott`.
public struct Variation: Hashable, Sendable, CustomStringConvertible {
    /// What can be changed.
    public enum Subject: String, Sendable, Codable, CaseIterable {
        /// How many threads numerical libraries use.
        case threads
        /// The seed of Python's hashes, on which the order of a set depends.
        case hashSeed = "hash-seed"
        /// Where the source, temporary files and the home folder are.
        case folder
        /// The processor that OpenBLAS takes its kernels for.
        case blasKernel = "blas-kernel"
        /// The vector instructions that NumPy uses.
        case cpuFeatures = "cpu-features"
    }

    public let subject: Subject
    /// Up to 64 of `A-Z a-z 0-9 . _ -`.
    public let value: String

    /// Parses `name=value`; throws `invalid-request` for anything else.
    public init(_ text: some StringProtocol) throws {
        let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, let subject = Subject(rawValue: String(parts[0])),
            (1...64).contains(parts[1].utf8.count),
            parts[1].utf8.allSatisfy(Self.isAllowed)
        else {
            throw RegistryError(
                .invalidRequest, "\"\(text.prefix(100))\" is not a variation; say for example threads=1 or hash-seed=1")
        }
        self.subject = subject
        value = String(parts[1])
    }

    package init(_ subject: Subject, _ value: String) {
        self.subject = subject
        self.value = value
    }

    public var description: String { "\(subject.rawValue)=\(value)" }

    private static func isAllowed(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"):
            true
        default: false
        }
    }
}

extension Variation: Codable {
    public init(from decoder: any Decoder) throws {
        try self.init(decoder.singleValueContainer().decode(String.self))
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}

extension Variation {
    /// The environment variables that make the change; a change of folder needs more than variables.
    public var environment: [String: String] {
        switch subject {
        case .threads: ["OMP_NUM_THREADS": value, "OPENBLAS_NUM_THREADS": value, "MKL_NUM_THREADS": value]
        case .hashSeed: ["PYTHONHASHSEED": value]
        case .blasKernel: ["OPENBLAS_CORETYPE": value]
        case .cpuFeatures: ["NPY_DISABLE_CPU_FEATURES": Self.vectorInstructions]
        case .folder: [:]
        }
    }

    /// What NumPy is told to do without; it passes over what the processor or its own build lacks.
    private static let vectorInstructions =
        "AVX2 FMA3 AVX512F AVX512CD AVX512_SKX AVX512_CLX AVX512_CNL AVX512_ICL X86_V3 X86_V4"
}
