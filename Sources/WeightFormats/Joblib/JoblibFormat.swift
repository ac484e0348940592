package import RegistryTypes

/// Files of `joblib.dump`: a pickle with the elements of its arrays between the instructions; plain, zlib or gzip.
package struct JoblibFormat: WeightFormat {
    /// Makes the reader.
    package init() {}

    package var name: String { "joblib" }

    package var fileNameExtensions: [String] { ["joblib"] }

    /// Its files begin as pickles or as packed files of any kind.
    package func recognises(head: [UInt8], fileLength: Int) -> Bool { false }

    package func open(_ file: MappedFile, layout: RawLayout?) throws -> WeightFile {
        try PickleFile.open(file, format: name)
    }
}
