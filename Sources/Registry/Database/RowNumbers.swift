/// Numbers of rows as one argument of a query, for `json_each(?)`.
extension [Int64] {
    /// The JSON array.
    var json: String { "[\(map(String.init).joined(separator: ","))]" }
}
