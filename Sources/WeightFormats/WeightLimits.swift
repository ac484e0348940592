/// Bounds on everything that a file of weights can declare about itself.
enum WeightLimits {
    /// How many bytes of a file are looked at to recognise its format.
    static let headLength = 300
    /// The longest safetensors header, as in the reference implementation.
    static let safetensorsHeader = 100 << 20
    /// The most commas in a safetensors header: they bound the memory of the parsed JSON (about 150,000 tensors).
    static let safetensorsCommas = 1_000_000
    /// The longest npy header; NumPy itself reads 10,000 bytes unless told otherwise.
    static let npyHeader = 64 << 10
    /// The most entries in an npz archive.
    static let zipEntries = 100_000
    /// The most bytes that all entries of an npz archive may unpack to before their ratio is looked at.
    static let zipFreeBytes = 256 << 20
    /// The highest unpacked ÷ packed ratio of a whole archive above `zipFreeBytes`.
    static let zipRatio = 100
    /// The largest Fortran-order array that is unpacked from a deflated entry, for that needs it in memory as a whole.
    static let deflatedFortran = 128 << 20
    /// The most tensors in a file.
    static let tensors = 250_000
    /// The most values of a file that are no tensors.
    static let structureItems = 1_000_000
    /// The most memory that names and values of a file may take, roughly.
    static let names = 128 << 20
    /// The most bytes of numbers of a file that have to be converted, and so held in memory.
    static let converted = 512 << 20
    /// The longest file that is read as text, CSV or JSON.
    static let text = 128 << 20
    /// How many arrays and objects of JSON may stand inside one another.
    static let jsonDepth = 200
    /// The longest text in a GGUF file.
    static let ggufText = 64 << 20
    /// The longest text in a protobuf message.
    static let protobufText = 64 << 10
    /// The most columns of a table.
    static let columns = 10_000
    /// How many parts the lines of a text are compared in, at most.
    static let textParts = 10_000
    /// The longest tensor name in bytes.
    static let name = 4096
    /// The most dimensions of a tensor; NumPy has 32.
    static let dimensions = 64
    /// The largest dimension: integers up to here are exact in JSON.
    static let dimension = 9_007_199_254_740_991
    /// How many bytes of a tensor are handed out at a time.
    static let chunk = 2 << 20
    /// The most values in a pickle, and the most that it remembers.
    static let pickleValues = 3_000_000
    /// The most instructions in a pickle.
    static let pickleSteps = 16_000_000
    /// The most containers of a pickle that are open at the same time.
    static let pickleMarks = 1_000_000
    /// The most classes and functions that a pickle names.
    static let pickleNames = 10_000
    /// The longest integer in a pickle, in bytes.
    static let pickleInteger = 1024
    /// How much a joblib file may unpack to before the ratio is looked at.
    static let joblibFreeBytes = 64 << 20
    /// The most fields of a NumPy record.
    static let pickleFields = 1000
    /// How deep the objects of a pickle may be nested.
    static let pickleDepth = 100
    /// How many values of a pickle are visited; what several objects share is visited for each.
    static let pickleVisits = 2_000_000
    /// The longest bytes object in a pickle that is compared as a value and not held for a model that nobody can read.
    static let pickleBytes = 256
    /// How many times the size of its file the tensors of a pickle may have, for they can share elements.
    static let sharedRatio = 16
    /// The size of all tensors that is allowed in any case.
    static let sharedFreeBytes = 64 << 20
}
