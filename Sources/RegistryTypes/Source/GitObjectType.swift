/// The kinds of git object a source bundle may hold; tags are never part of one.
package enum GitObjectType: String, Sendable {
    case commit
    case tree
    case blob

    /// The bytes git puts before the content of an object: `"<type> <size>\0"`.
    package func header(size: Int) -> [UInt8] {
        Array("\(rawValue) \(size)".utf8) + [0]
    }
}
