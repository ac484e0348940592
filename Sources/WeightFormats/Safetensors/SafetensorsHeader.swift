import RegistryTypes

/// The JSON header of a safetensors file, checked against the length of the data behind it.
struct SafetensorsHeader {
    /// One tensor: where its elements lie, counted from the beginning of the data.
    struct Entry {
        let name: String
        let size: TensorShape
        let range: Range<Int>
    }

    /// The tensors in the order of their data.
    let entries: [Entry]

    /// Parses and checks: known dtypes, sizes that fit, and data that is covered without overlaps and holes.
    init(_ bytes: UnsafeRawBufferPointer, dataLength: Int) throws {
        guard bytes.first == UInt8(ascii: "{") else { throw Self.malformed("does not begin with a brace") }
        var commas = 0
        for byte in bytes { commas &+= byte == UInt8(ascii: ",") ? 1 : 0 }
        guard commas <= WeightLimits.safetensorsCommas else {
            throw WeightFormatError.unsupported(
                "the safetensors header has \(commas) commas; at most \(WeightLimits.safetensorsCommas) are read, "
                    + "which is enough for 150,000 tensors")
        }
        let entries = try Self.members(bytes).map { name, value in
            try Self.entry(name, value, dataLength: dataLength)
        }
        self.entries = entries.sorted {
            ($0.range.lowerBound, $0.range.upperBound) < ($1.range.lowerBound, $1.range.upperBound)
        }
        try checkCoverage(dataLength)
    }

    private static func members(_ bytes: UnsafeRawBufferPointer) throws -> [String: JSONValue] {
        let parsed: JSONValue
        do {
            // The header, a tensor in it, the shape in that: three levels.
            parsed = try JSONParser.parse(bytes, options: JSONParser.Options(maximumDepth: 3))
        } catch let error as RegistryError {
            throw malformed("is \(error.message)")
        }
        guard var members = parsed.object else { throw malformed("is not an object") }
        if let metadata = members.removeValue(forKey: "__metadata__") {
            guard let texts = metadata.object, texts.values.allSatisfy({ $0.string != nil }) else {
                throw malformed("has a __metadata__ that is not an object of strings")
            }
        }
        return members
    }

    private static func entry(_ name: String, _ value: JSONValue, dataLength: Int) throws -> Entry {
        guard let members = value.object, Set(members.keys) == ["dtype", "shape", "data_offsets"],
            let dtype = members["dtype"]?.string,
            let dimensions = members["shape"]?.array?.map(\.int),
            let offsets = members["data_offsets"]?.array?.map(\.int), offsets.count == 2
        else {
            throw malformed("does not describe \(name.prefix(80)) by a dtype, a shape and two data_offsets")
        }
        guard let type = ElementType(rawValue: dtype) else {
            throw WeightFormatError.unsupported(
                "the tensor \(name.prefix(80)) has the dtype \(dtype.prefix(20)), which Assay does not read")
        }
        guard let first = offsets[0], let last = offsets[1], 0 <= first, first <= last, last <= dataLength else {
            throw malformed("puts \(name.prefix(80)) outside the file; the file may be cut off")
        }
        let size = try TensorShape(dtype: type, dimensions: dimensions.map { $0 ?? -1 })
        return Entry(name: name, size: size, range: first..<last)
    }

    private func checkCoverage(_ dataLength: Int) throws {
        var end = 0
        for entry in entries {
            guard entry.range.lowerBound == end else {
                let what = entry.range.lowerBound < end ? "overlaps the tensor before it" : "leaves a hole before it"
                throw Self.malformed("is wrong: the data of \(entry.name.prefix(80)) \(what)")
            }
            end = entry.range.upperBound
        }
        guard end == dataLength else {
            throw Self.malformed("describes \(end) bytes of data, the file has \(dataLength)")
        }
    }

    private static func malformed(_ what: String) -> RegistryError {
        WeightFormatError.malformed("the safetensors header \(what)")
    }
}
