/// Finds aliases before the parser sees them: a few lines of aliases to aliases can stand for billions of nodes.
enum YAMLAliasScan {
    /// The line of the first `*name` that stands where a value begins, outside of quotes and comments.
    static func firstAlias(in text: String) -> Int? {
        var quote: UInt8?
        var isComment = false
        var line = 1
        var previous = UInt8(ascii: "\n")
        let bytes = Array(text.utf8)
        for (index, byte) in bytes.enumerated() {
            defer { previous = byte }
            if byte == UInt8(ascii: "\n") {
                line += 1
                isComment = false
                continue
            }
            if isComment { continue }
            if let open = quote {
                if byte == open, open == UInt8(ascii: "'") || previous != UInt8(ascii: "\\") { quote = nil }
                continue
            }
            guard " \t\n[{,".utf8.contains(previous) else { continue }
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "'"): quote = byte
            case UInt8(ascii: "#"): isComment = true
            case UInt8(ascii: "*"):
                let next = index + 1 < bytes.count ? bytes[index + 1] : UInt8(ascii: " ")
                if !" \t\r\n".utf8.contains(next) { return line }
            default: break
            }
        }
        return nil
    }
}
