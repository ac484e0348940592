public import Foundation

/// Reads a metrics file: a JSON object whose members are numbers or series of `{"step": n, "value": x}`.
///
/// Python's `json.dump` writes bare `NaN` and `Infinity`; they are read and become the metric's class.
public enum MetricsFile {
    /// The largest metrics file that is read, in bytes.
    public static let maximumSize = 16 * 1024 * 1024

    /// Reads a file's bytes; every metric speaks of the given dataset version.
    public static func parse(_ data: Data, dataset: VersionReference? = nil) throws -> [Metric] {
        guard data.count <= maximumSize else {
            throw RegistryError(.payloadTooLarge, "a metrics file has at most \(maximumSize) bytes")
        }
        let json = try JSONParser.parse(data, options: .init(nonfiniteWords: true))
        guard case .object(let members) = json else {
            throw RegistryError(.invalidJSON, "a metrics file holds one JSON object: {\"accuracy\": 0.98, …}")
        }
        var metrics: [Metric] = []
        for (name, member) in members.sorted(by: { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }) {
            switch member {
            case .number(let value):
                metrics.append(Metric(name: name, value: value, dataset: dataset))
            case .array(let points):
                for point in points { metrics.append(try series(name, point, dataset)) }
            default:
                throw RegistryError(
                    .invalidJSON, "the metric \"\(name)\" is neither a number nor an array of {\"step\", \"value\"}")
            }
        }
        for metric in metrics { try metric.check() }
        return metrics
    }

    private static func series(_ name: String, _ point: JSONValue, _ dataset: VersionReference?) throws -> Metric {
        guard let members = point.object, Set(members.keys) == ["step", "value"], let step = members["step"]?.int,
            let value = members["value"]?.double
        else {
            throw RegistryError(.invalidJSON, "a point of the metric \"\(name)\" is not {\"step\": n, \"value\": x}")
        }
        return Metric(name: name, step: Int64(step), value: value, dataset: dataset)
    }
}
