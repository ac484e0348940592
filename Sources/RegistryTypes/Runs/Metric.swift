/// One number that a run measured, on one dataset, at one step.
public struct Metric: Hashable, Sendable, Codable {
    /// What kind of number it is: JSON has no NaN, and SQLite would store it as NULL.
    public enum Class: String, Sendable, Codable, CaseIterable {
        case finite
        case nan
        case positiveInfinity = "+inf"
        case negativeInfinity = "-inf"
    }

    /// The metric's name, `accuracy`.
    public let name: String
    /// The step of a series, or 0.
    public let step: Int64
    /// What kind of number it is.
    public let `class`: Class
    /// The value, if it is finite.
    public let value: Double?
    /// The dataset version that it was measured on, `ns/name:3`.
    public let dataset: VersionReference?

    /// A measured value; NaN and the infinities become their class.
    public init(name: String, step: Int64 = 0, value: Double, dataset: VersionReference? = nil) {
        self.name = name
        self.step = step
        self.dataset = dataset
        if value.isFinite {
            self.class = .finite
            self.value = value
        } else {
            self.class = value.isNaN ? .nan : value > 0 ? .positiveInfinity : .negativeInfinity
            self.value = nil
        }
    }

    /// The number as a double, NaN and infinities included.
    public var double: Double {
        switch self.class {
        case .finite: value ?? .nan
        case .nan: .nan
        case .positiveInfinity: .infinity
        case .negativeInfinity: -.infinity
        }
    }

    /// The number that a class and a value stand for.
    package static func double(_ class: String, _ value: Double?) -> Double {
        switch Class(rawValue: `class`) {
        case .finite: value ?? .nan
        case .positiveInfinity: .infinity
        case .negativeInfinity: -.infinity
        case .nan, nil: .nan
        }
    }

    /// Whether the number is NaN or infinite.
    public var isNonfinite: Bool { self.class != .finite }

    /// Throws `invalid-request` unless name, step, class and value go together.
    public func check() throws {
        guard (1...250).contains(name.utf8.count), name.unicodeScalars.allSatisfy({ $0.value >= 0x20 }) else {
            throw RegistryError(.invalidRequest, "a metric's name has 1 to 250 bytes and no control characters")
        }
        guard step >= 0, JSONValue.exactIntegers.contains(Int(step)) else {
            throw RegistryError(.invalidRequest, "the steps of the metric \(name) must lie between 0 and 2^53 - 1")
        }
        guard (self.class == .finite) == (value != nil) else {
            throw RegistryError(
                .nonfiniteNumber,
                "the metric \(name) needs a value exactly if its class is \"finite\"; NaN and the infinities have none")
        }
    }
}
