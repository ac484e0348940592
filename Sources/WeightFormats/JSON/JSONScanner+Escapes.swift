import RegistryTypes

extension JSONScanner {
    /// A text with escapes, quotes included, by the strict reader.
    static func unescaped(_ literal: Slice<UnsafeRawBufferPointer>) throws -> String {
        do {
            return try JSONParser.parse(literal).string ?? ""
        } catch let error as RegistryError {
            throw WeightFormatError.malformed(error.message)
        }
    }
}
