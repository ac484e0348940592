package import RegistryTypes

/// Files of which nothing is known but their bytes; with a layout from the recipe, one tensor called `arr_0`.
package struct RawFormat: WeightFormat {
    /// Makes the reader.
    package init() {}

    package var name: String { "raw" }

    package var fileNameExtensions: [String] { ["raw", "bin", "dat"] }

    package var isGeneral: Bool { true }

    package func recognises(head: [UInt8], fileLength: Int) -> Bool { false }

    package func open(_ file: MappedFile, layout: RawLayout?) throws -> WeightFile {
        guard let layout else {
            throw WeightFormatError.unsupported(
                "Assay reads no tensors from this file; use safetensors, npy or npz")
        }
        let size = try TensorShape(dtype: layout.dtype, dimensions: layout.shape)
        let storage = TensorStorage(source: .mapped(try MappedSlice(file, 0..<file.count)))
        return try WeightFile(
            format: name, tensors: [try Tensor(name: Tensor.unnamed, size: size, storage: storage)])
    }
}
