package import RegistryTypes

/// Text in UTF-8: LightGBM's model files number by number, every other text line by line.
///
/// Ends of lines (`\n` or `\r\n`), and whether the last line has one, do not count.
package struct TextFormat: WeightFormat {
    /// Makes the reader.
    package init() {}

    package var name: String { "text" }

    package var fileNameExtensions: [String] { ["txt"] }

    package var isGeneral: Bool { true }

    package func recognises(head: [UInt8], fileLength: Int) -> Bool { false }

    package func open(_ file: MappedFile, layout: RawLayout?) throws -> WeightFile {
        let lines = try TextLines(file, format: name)
        var builder = WeightFileBuilder()
        if LightGBMText.recognises(file.head(WeightLimits.headLength)) {
            var text = LightGBMText(name: name)
            for line in lines { try text.add(line, to: &builder) }
            try text.finish()
        } else {
            try Self.add(Array(lines), to: &builder)
        }
        return try builder.finish(format: name)
    }

    /// Adds each line as an item, or blocks of lines if there are many.
    private static func add(_ lines: [UnsafeRawBufferPointer], to builder: inout WeightFileBuilder) throws {
        try builder.add(StructureItem("lines", "\(lines.count)"))
        let step = max(1, (lines.count + WeightLimits.textParts - 1) / WeightLimits.textParts)
        for start in stride(from: 0, to: lines.count, by: step) {
            let block = lines[start..<min(start + step, lines.count)]
            let name = step == 1 ? "line \(start + 1)" : "lines \(start + 1) to \(start + block.count)"
            let text = block.map { String(decoding: $0, as: UTF8.self) }.joined(separator: "\n")
            try builder.add(StructureItem(name, "\"\(text)\""))
        }
    }
}
