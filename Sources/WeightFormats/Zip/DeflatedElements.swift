/// Elements that are the end of a deflated archive entry, behind so many bytes of header.
struct DeflatedElements: ElementSource {
    let entry: ZipEntry
    let header: Int

    var byteCount: Int { entry.unpackedSize - header }

    func stream() throws -> any ElementStream {
        let inflater = try Inflater(entry)
        try inflater.skip(header)
        return inflater
    }
}
