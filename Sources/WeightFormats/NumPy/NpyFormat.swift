package import RegistryTypes

/// Files of NumPy's `.npy` format, versions 1 to 3: a header and one array.
///
/// Source: `numpy.lib.format` of NumPy 1.24. The array has no name; it is called `arr_0`, as in an `.npz` file that
/// `numpy.savez` makes of it.
package struct NpyFormat: WeightFormat {
    /// Makes the reader.
    package init() {}

    package var name: String { "npy" }

    package var fileNameExtensions: [String] { ["npy"] }

    package func recognises(head: [UInt8], fileLength: Int) -> Bool {
        head.starts(with: NpyHeader.magic)
    }

    package func open(_ file: MappedFile, layout: RawLayout?) throws -> WeightFile {
        let bytes = try file.bytes(0..<min(file.count, NpyHeader.longestPrefix))
        let header = try NpyHeader(bytes)
        let storage = TensorStorage(
            source: .mapped(try MappedSlice(file, header.length..<file.count)),
            bigEndian: header.bigEndian, fortranOrder: header.fortranOrder)
        let tensor = try Tensor(name: Tensor.unnamed, size: header.size, storage: storage)
        return try WeightFile(format: name, tensors: [tensor])
    }
}
