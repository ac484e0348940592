/// The paths in the output of `git status --porcelain=v2 -z`.
enum GitStatusRecords {
    /// Reads all changed and untracked paths, sorted by bytes.
    ///
    /// Source: git-status(1), "Porcelain Format Version 2"; a record without rename is a fixed number of fields and
    /// then the path, which may hold spaces.
    static func paths(in output: [UInt8]) -> [String] {
        var paths: [[UInt8]] = []
        for record in output.split(separator: 0) {
            let fieldsBeforePath: Int
            switch record.first {
            case UInt8(ascii: "1"): fieldsBeforePath = 8
            case UInt8(ascii: "u"): fieldsBeforePath = 10
            case UInt8(ascii: "?"): fieldsBeforePath = 1
            default: continue
            }
            let fields = record.split(
                separator: UInt8(ascii: " "), maxSplits: fieldsBeforePath, omittingEmptySubsequences: false)
            if fields.count == fieldsBeforePath + 1, let path = fields.last { paths.append(Array(path)) }
        }
        return paths.sorted { $0.lexicographicallyPrecedes($1) }.map { String(decoding: $0, as: UTF8.self) }
    }
}
