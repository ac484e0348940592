import RegistryTypes

/// A model in LightGBM's text form, read line by line (`GBDT::SaveModelToString` of LightGBM 3 and 4).
///
/// `key=value` is the tensor `key` if the value is numbers, else an item; inside a tree it is `Tree=0/key`. Importances
/// are `feature_importances/<feature>`, parameters `parameters/<name>`. Not counted are `tree_sizes` (lengths of the
/// text itself) and the parameters that only say where and how fast the training ran.
struct LightGBMText {
    private let name: String
    private var prefix = ""
    private var isComplete = false

    /// Starts in front of the first line; `name` is the format's, for errors.
    init(name: String) {
        self.name = name
    }

    /// Whether a file begins as LightGBM's do.
    static func recognises(_ head: [UInt8]) -> Bool {
        let lines = String(decoding: head, as: UTF8.self).split(whereSeparator: \.isNewline)
        return lines.count > 1 && lines[0] == "tree" && lines[1].hasPrefix("version=v")
    }

    private static let ignored: Set<String> = [
        "tree_sizes", "parameters/num_threads", "parameters/verbosity", "parameters/data", "parameters/valid",
        "parameters/input_model", "parameters/output_model", "parameters/output_result", "parameters/convert_model",
        "parameters/machines", "parameters/machine_list_filename", "parameters/local_listen_port",
        "parameters/time_out", "parameters/gpu_platform_id", "parameters/gpu_device_id",
    ]

    /// Reads the next line.
    mutating func add(_ line: UnsafeRawBufferPointer, to builder: inout WeightFileBuilder) throws {
        let line = String(decoding: line, as: UTF8.self)
        switch line {
        case "", "tree": return
        case "end of trees":
            isComplete = true
            prefix = ""
        case "feature_importances:", "parameters:": prefix = line.dropLast() + "/"
        case "end of parameters": prefix = ""
        case _ where line.hasPrefix("Tree="): prefix = line + "/"
        case _ where prefix == "parameters/" && line.hasPrefix("[") && line.hasSuffix("]"):
            try add(line.dropFirst().dropLast(), at: line.dropFirst().dropLast().firstIndex(of: ":"), to: &builder)
        case _ where line.hasPrefix("pandas_categorical:"):
            try add(line[...], at: line.firstIndex(of: ":"), to: &builder)
        case _ where prefix == "feature_importances/": try add(line[...], at: line.lastIndex(of: "="), to: &builder)
        default: try add(line[...], at: line.firstIndex(of: "="), to: &builder)
        }
    }

    /// Throws if the end of the trees was not among the lines.
    func finish() throws {
        guard isComplete else {
            throw WeightFormatError.malformed("the LightGBM model has no line \"end of trees\"; it may be cut off")
        }
    }

    private func add(_ line: Substring, at separator: Substring.Index?, to builder: inout WeightFileBuilder) throws {
        let key = prefix + (separator.map { line[..<$0] } ?? line)
        guard !Self.ignored.contains(key) else { return }
        var value = separator.map { line[line.index(after: $0)...] } ?? ""
        if prefix == "parameters/" { value = value.drop { $0 == " " } }
        if prefix != "parameters/", let numbers = try Self.numbers(value) {
            try builder.add(key, numbers, shape: [numbers.count])
        } else {
            try builder.add(StructureItem(key, String(value)))
        }
    }

    private static func numbers(_ text: Substring) throws -> NumberList? {
        var numbers = NumberList()
        for word in text.split(separator: " ") {
            guard let literal = try Array(word.utf8).withUnsafeBytes({ try NumberLiteral($0) }) else { return nil }
            try numbers.append(literal)
        }
        return numbers.count > 0 ? numbers : nil
    }
}
