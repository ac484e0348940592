package import RegistryTypes

/// Files of the HDF5 format, as h5py and Keras write them.
///
/// Source: "HDF5 File Format Specification Version 3.0". Datasets of numbers are tensors, called by their paths without
/// the first slash. Texts and attributes (`layers/dense/vars@name`) are items. What is read and what is not stands in
/// `docs/reference/weight-formats.md`; why there is no libhdf5 here, in decision 12.
package struct HDF5Format: WeightFormat {
    /// Makes the reader.
    package init() {}

    package var name: String { "hdf5" }

    package var fileNameExtensions: [String] { ["h5", "hdf5"] }

    package func recognises(head: [UInt8], fileLength: Int) -> Bool {
        head.starts(with: HDF5Superblock.signature)
    }

    package func open(_ file: MappedFile, layout: RawLayout?) throws -> WeightFile {
        var walk = HDF5Walk(try MappedSlice(file, 0..<file.count))
        try walk.run()
        return try walk.builder.finish(format: name)
    }
}
