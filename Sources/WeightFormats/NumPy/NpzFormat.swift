package import RegistryTypes

/// Files of NumPy's `.npz` format: a zip archive of `.npy` arrays, stored or deflated.
///
/// The entry `w.npy` is the tensor `w`. An archive with any other entry is refused, for nobody would compare it.
package struct NpzFormat: WeightFormat {
    /// Makes the reader.
    package init() {}

    package var name: String { "npz" }

    package var fileNameExtensions: [String] { ["npz"] }

    /// Many formats are zip archives: the name in the first local header tells (APPNOTE 4.3.7).
    package func recognises(head: [UInt8], fileLength: Int) -> Bool {
        guard head.count > 30, head.starts(with: [0x50, 0x4B, 3, 4]) else { return false }
        let length = Int(head[26]) | Int(head[27]) << 8
        return head[30...].prefix(length).reversed().starts(with: ".npy".utf8.reversed())
    }

    package func open(_ file: MappedFile, layout: RawLayout?) throws -> WeightFile {
        let tensors = try ZipDirectory(file).entries.map(tensor)
        return try WeightFile(format: name, tensors: tensors)
    }

    private func tensor(_ entry: ZipEntry) throws -> Tensor {
        guard entry.name.hasSuffix(".npy") else {
            throw WeightFormatError.unsupported(
                "the archive holds \(entry.name.prefix(80)), which is not an .npy array")
        }
        let prefix = min(entry.unpackedSize, NpyHeader.longestPrefix)
        let header: NpyHeader
        let source: TensorStorage.Source
        switch entry.method {
        case .stored:
            header = try NpyHeader(try entry.packed.bytes(0..<prefix))
            let range = entry.packed.range
            source = .mapped(try MappedSlice(entry.packed.file, range.lowerBound + header.length..<range.upperBound))
        case .deflated:
            let beginning = ScratchBuffer(count: prefix)
            try Inflater(entry).fill(beginning.bytes)
            header = try NpyHeader(UnsafeRawBufferPointer(beginning.bytes))
            source = .streamed(DeflatedElements(entry: entry, header: header.length))
        }
        return try Tensor(
            name: String(entry.name.dropLast(".npy".count)), size: header.size,
            storage: TensorStorage(source: source, bigEndian: header.bigEndian, fortranOrder: header.fortranOrder))
    }
}
