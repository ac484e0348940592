import Foundation
import RegistryTypes
import Yams

/// A value of a YAML document, read strictly.
///
/// Plain scalars follow the core schema of YAML 1.2. Words that YAML 1.1 reads otherwise (`yes`, `on`, `0777`, `1_000`)
/// are refused, because the training code may read the same file with such a reader.
struct YAMLValue {
    private let node: Node
    private let place: YAMLPlace
    /// The name for messages, `outputs[1].path`.
    private let path: String

    init(_ node: Node, place: YAMLPlace, path: String) {
        self.node = node
        self.place = place
        self.path = path
    }

    /// An error about this value.
    func error(_ message: String) -> RegistryError {
        place.error(path.isEmpty ? message : "\(path) \(message)")
    }

    /// The entries of a map.
    func mapping() throws -> YAMLMapping {
        guard case .mapping(let mapping) = node else { throw error("must be a map of names to values") }
        var entries: [(key: String, value: YAMLValue)] = []
        for (key, value) in mapping {
            guard case .scalar(let name) = key else { throw error("has a key that is not text") }
            let inner = path.isEmpty ? name.string : "\(path).\(name.string)"
            entries.append((name.string, YAMLValue(value, place: place.of(value), path: inner)))
        }
        return YAMLMapping(entries: entries, owner: self)
    }

    /// The elements of a list.
    func list() throws -> [YAMLValue] {
        guard case .sequence(let sequence) = node else { throw error("must be a list") }
        return sequence.enumerated().map { index, element in
            YAMLValue(element, place: place.of(element), path: "\(path)[\(index)]")
        }
    }

    /// Text; a number written without quotes counts as its digits.
    func text() throws -> String {
        guard case .scalar(let scalar) = node, !isNull(scalar) else { throw error("must be text") }
        return scalar.string
    }

    /// A list of words.
    func words() throws -> [String] { try list().map { try $0.text() } }

    /// A whole number.
    func integer() throws -> Int64 {
        guard case .scalar(let scalar) = node, scalar.style == .plain, let value = Int64(scalar.string),
            Self.isNumber(scalar.string)
        else { throw error("must be a whole number") }
        return value
    }

    /// A number.
    func number() throws -> Double {
        guard case .number(let value) = try scalar() else { throw error("must be a number") }
        return value
    }

    /// Null, a truth value, a number or text.
    func scalar() throws -> JSONValue {
        guard case .scalar(let scalar) = node else { throw error("must be one value, not a list or a map") }
        let text = scalar.string
        guard scalar.style == .plain else { return .string(text) }
        if isNull(scalar) { return .null }
        switch text {
        case "true", "True", "TRUE": return .bool(true)
        case "false", "False", "FALSE": return .bool(false)
        default: break
        }
        if Self.isNumber(text), let value = Double(text) {
            guard value.isFinite else { throw error("is too large for a number") }
            if !Self.isFloat(text), value.magnitude > 9_007_199_254_740_991 {
                throw error("is a whole number beyond 2^53; put it in quotes to hand it over as text")
            }
            return .number(value)
        }
        if Self.isAmbiguous(text) {
            throw error("is \(text), which readers of YAML understand in different ways; quote it, or write it plainly")
        }
        return .string(text)
    }

    /// Whether it is a number that is written as a floating-point number, such as `1.0` or `1e3`.
    var isFloat: Bool {
        guard case .scalar(let scalar) = node, scalar.style == .plain else { return false }
        return Self.isNumber(scalar.string) && Self.isFloat(scalar.string)
    }

    /// Whether readers of numbers take one for a floating-point number by its form.
    static func isFloat(_ number: some StringProtocol) -> Bool { number.contains { ".eE".contains($0) } }

    /// What a closure makes of the text; its error gets the place.
    func parsed<Result>(_ parse: (String) throws -> Result) throws -> Result {
        let text = try text()
        do {
            return try parse(text)
        } catch let problem as RegistryError {
            throw error("is not accepted: \(problem.message)")
        }
    }

    /// One of the words of an enumeration.
    func word<Word: RawRepresentable & CaseIterable>(_ type: Word.Type) throws -> Word where Word.RawValue == String {
        let text = try text()
        guard let word = Word(rawValue: text) else {
            let known = Word.allCases.map(\.rawValue).joined(separator: ", ")
            throw error("is \"\(text.prefix(40))\"; it must be one of \(known)")
        }
        return word
    }

    private func isNull(_ scalar: Node.Scalar) -> Bool {
        scalar.style == .plain && ["", "~", "null", "Null", "NULL"].contains(scalar.string)
    }

    /// A number as JSON writes it, or with a sign or a missing fraction as YAML also allows.
    private static func isNumber(_ text: String) -> Bool {
        text.wholeMatch(of: /[-+]?(?:0|[1-9][0-9]*)(?:\.[0-9]*)?(?:[eE][-+]?[0-9]+)?/) != nil
    }

    private static func isAmbiguous(_ text: String) -> Bool {
        let words: Set = ["yes", "no", "on", "off", "y", "n"]
        return words.contains(text.lowercased())
            || text.wholeMatch(of: /[-+]?(?:0[0-9_]+|0[xob][0-9a-fA-F_]+|[0-9][0-9_]*_[0-9_]*)/) != nil
            || text.wholeMatch(of: /[-+]?[0-9]+(?::[0-5]?[0-9])+/) != nil
            || text.wholeMatch(of: /[-+]?\.(?:inf|nan|Inf|NaN|INF|NAN|[0-9]+)/) != nil
    }
}
