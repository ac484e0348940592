/// The index of a source bundle: every object, re-hashed, with its place in the stream.
///
/// A bundle (media type ``mediaType``) is the concatenation of raw git objects, each exactly as git hashes it:
/// `"<type> <size>\0<content>"`. Order: the commit; the trees from the root down to the used sub-folder (only those on
/// the path); then the whole tree below it in pre-order (a tree before its entries, entries in tree order). An object
/// already written is not written again. The bytes are thus a function of commit and sub-folder.
///
/// Only the index is held; the caller keeps the (mapped) bytes.
package struct SourceBundleReader: Sendable {
    /// The media type of a bundle.
    package static let mediaType = "application/vnd.assay.git-objects"

    /// The objects in the order of the stream.
    package let objects: [SourceBundleObject]

    private let ordinals: [GitObjectID: Int]

    /// Parses and hashes the whole stream, reading each byte once.
    ///
    /// - Parameters:
    ///   - bytes: the complete bundle, usually a mapped file.
    ///   - algorithm: the hash function, which follows from the length of the commit's name.
    ///   - limits: checked before anything is hashed or stored.
    /// - Throws: ``SourceProofError`` when the stream is cut, malformed, repeats an object or exceeds a limit.
    package init(
        indexing bytes: UnsafeRawBufferPointer, algorithm: GitObjectID.Algorithm, limits: SourceLimits = .standard
    ) throws {
        guard bytes.count <= limits.maxTotalBytes else {
            throw SourceProofError.limitExceeded("a source bundle", limits.maxTotalBytes, unit: "bytes")
        }
        var objects: [SourceBundleObject] = []
        var ordinals: [GitObjectID: Int] = [:]
        var position = 0
        while position < bytes.count {
            guard objects.count < limits.maxObjects else {
                throw SourceProofError.limitExceeded("the objects of a source", limits.maxObjects, unit: "objects")
            }
            let (type, range) = try Self.frame(of: bytes, at: position, limits: limits)
            var hasher = GitObjectHasher(algorithm)
            hasher.update(UnsafeRawBufferPointer(rebasing: bytes[position..<range.upperBound]))
            let id = hasher.finish()
            guard ordinals.updateValue(objects.count, forKey: id) == nil else {
                throw SourceProofError.repeatedObject(id)
            }
            objects.append(SourceBundleObject(id: id, type: type, range: range))
            position = range.upperBound
        }
        self.objects = objects
        self.ordinals = ordinals
    }

    /// The place of an object in ``objects``, or nil when the bundle does not hold it.
    package func ordinal(of id: GitObjectID) -> Int? { ordinals[id] }

    /// Reads one header; sizes are written without leading zeros, as git does.
    private static func frame(
        of bytes: UnsafeRawBufferPointer, at start: Int, limits: SourceLimits
    ) throws -> (GitObjectType, Range<Int>) {
        let problem = SourceProofError.malformedStream(offset: start)
        guard let zero = bytes[start...].prefix(32).firstIndex(of: 0) else { throw problem }
        let words = bytes[start..<zero].split(separator: UInt8(ascii: " "), omittingEmptySubsequences: false)
        guard words.count == 2, let type = GitObjectType(rawValue: String(decoding: words[0], as: UTF8.self)),
            let size = Int(String(decoding: words[1], as: UTF8.self)), size >= 0,
            words[1].elementsEqual(String(size).utf8)
        else { throw problem }
        let limit = limits.maxBytes(of: type)
        guard size <= limit else {
            throw SourceProofError.limitExceeded("a \(type.rawValue) of a source", limit, unit: "bytes")
        }
        guard size <= bytes.count - (zero + 1) else { throw SourceProofError.truncated(offset: start) }
        return (type, zero + 1..<zero + 1 + size)
    }
}
