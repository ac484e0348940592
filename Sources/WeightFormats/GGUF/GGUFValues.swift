/// The key-value pairs of a GGUF file.
struct GGUFValues {
    /// What the data of tensors is aligned to.
    private(set) var alignment = 32

    /// Reads one pair and adds it as an item, unless it only describes the file.
    mutating func read(_ cursor: inout ByteCursor, into builder: inout WeightFileBuilder) throws {
        let key = try Self.text(&cursor, longest: WeightLimits.name)
        let type = try cursor.next(UInt32.self)
        let value = try type == 9 ? Self.array(&cursor) : Self.scalar(type, &cursor)
        if key == "general.alignment" {
            guard type == 4, let number = Int(value), number > 0, number % 8 == 0, number <= 1 << 20 else {
                throw WeightFormatError.malformed(
                    "the GGUF file is aligned to \(value.prefix(40)), which is impossible")
            }
            alignment = number
        } else if !Self.describes(key) {
            try builder.add(StructureItem(key, value))
        }
    }

    /// The first aligned offset from `offset` on; a file without data may end before it.
    func aligned(_ offset: Int, in length: Int) throws -> Int {
        min((offset + alignment - 1) / alignment * alignment, length)
    }

    /// Whether a key says who made the model, from what, and how it is called, and nothing about what it computes.
    static func describes(_ key: String) -> Bool {
        guard key.hasPrefix("general.") else { return false }
        let name = key.dropFirst("general.".count)
        let groups = ["license", "source.", "base_model.", "dataset."]
        return descriptions.contains(String(name)) || groups.contains { name.hasPrefix($0) }
    }

    private static let descriptions: Set<String> = [
        "name", "author", "version", "organization", "finetune", "basename", "description", "quantized_by",
        "size_label",
        "url", "doi", "uuid", "repo_url", "tags", "languages", "datasets",
    ]

    /// A length and so many bytes of UTF-8.
    static func text(_ cursor: inout ByteCursor, longest: Int) throws -> String {
        let length = try cursor.next(UInt64.self)
        guard length <= UInt64(longest) else {
            throw WeightFormatError.malformed(
                "a text in the GGUF file has \(length) bytes; at most \(longest) are read")
        }
        guard let text = String(validating: try cursor.next(Int(length)), as: UTF8.self) else {
            throw WeightFormatError.malformed("a text in the GGUF file is not UTF-8")
        }
        return text
    }

    private static func scalar(_ type: UInt32, _ cursor: inout ByteCursor) throws -> String {
        switch type {
        case 0: return "\(try cursor.next(UInt8.self))"
        case 1: return "\(try cursor.next(Int8.self))"
        case 2: return "\(try cursor.next(UInt16.self))"
        case 3: return "\(try cursor.next(Int16.self))"
        case 4: return "\(try cursor.next(UInt32.self))"
        case 5: return "\(try cursor.next(Int32.self))"
        case 6: return "\(Float(bitPattern: try cursor.next(UInt32.self)))"
        case 7: return try cursor.next(UInt8.self) == 0 ? "false" : "true"
        case 8: return try text(&cursor, longest: WeightLimits.ggufText).debugDescription
        case 10: return "\(try cursor.next(UInt64.self))"
        case 11: return "\(try cursor.next(Int64.self))"
        case 12: return "\(Double(bitPattern: try cursor.next(UInt64.self)))"
        default: throw WeightFormatError.unsupported("the GGUF file has a value of type \(type), which is not read")
        }
    }

    private static let sizes: [UInt32: Int] = [
        0: 1, 1: 1, 2: 2, 3: 2, 4: 4, 5: 4, 6: 4, 7: 1, 10: 8, 11: 8, 12: 8,
    ]

    /// An array is told by the digest of its bytes, lengths of texts included.
    private static func array(_ cursor: inout ByteCursor) throws -> String {
        let type = try cursor.next(UInt32.self)
        let count = try cursor.next(UInt64.self)
        guard count <= UInt64(cursor.left) else {
            throw WeightFormatError.malformed(
                "an array in the GGUF file has \(count) elements, more than the file bytes")
        }
        var rest = cursor
        if type == 8 {
            for _ in 0..<count { _ = try rest.next(Int(clamping: try rest.next(UInt64.self))) }
        } else if let size = sizes[type] {
            let (bytes, overflow) = Int(count).multipliedReportingOverflow(by: size)
            guard !overflow else { throw WeightFormatError.malformed("an array's size overflows 64 bits") }
            _ = try rest.next(bytes)
        } else {
            throw WeightFormatError.unsupported("the GGUF file has an array of type \(type), which is not read")
        }
        let bytes = try cursor.next(rest.offset - cursor.offset)
        return "\(count) of type \(type): \(StructureItem("", bytes: bytes).value)"
    }
}
