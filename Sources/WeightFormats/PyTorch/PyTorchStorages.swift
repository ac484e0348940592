import RegistryTypes

/// Where the storages of a PyTorch file lie.
struct PyTorchStorages {
    /// By the key that the pickle calls them.
    let slices: [String: MappedSlice]
    let bigEndian: Bool

    /// The bytes of a storage; throws if it is missing or has another length than the pickle says.
    func data(of reference: PyTorchReference) throws -> MappedSlice {
        guard let slice = slices[reference.key] else {
            throw WeightFormatError.malformed("the storage \(reference.key.prefix(80)) is missing")
        }
        let (length, overflow) = reference.count.multipliedReportingOverflow(by: reference.dtype.byteCount)
        guard !overflow, length == slice.count else {
            throw WeightFormatError.malformed(
                "the storage \(reference.key.prefix(80)) has \(slice.count) bytes, not \(reference.count) elements")
        }
        return slice
    }

    /// The element type of a storage class or dtype by its name; nil for what is not read, such as complex numbers.
    static func dtype(_ name: String?) -> ElementType? { name.flatMap { types[$0] } }

    private static let types: [String: ElementType] = [
        "torch.FloatStorage": .float32, "torch.DoubleStorage": .float64, "torch.HalfStorage": .float16,
        "torch.BFloat16Storage": .bfloat16, "torch.LongStorage": .int64, "torch.IntStorage": .int32,
        "torch.ShortStorage": .int16, "torch.CharStorage": .int8, "torch.ByteStorage": .uint8,
        "torch.BoolStorage": .bool, "torch.storage.UntypedStorage": .uint8, "torch.UntypedStorage": .uint8,
        "torch.float32": .float32, "torch.float64": .float64, "torch.float16": .float16, "torch.bfloat16": .bfloat16,
        "torch.int64": .int64, "torch.int32": .int32, "torch.int16": .int16, "torch.int8": .int8,
        "torch.uint8": .uint8, "torch.bool": .bool, "torch.uint16": .uint16, "torch.uint32": .uint32,
        "torch.uint64": .uint64, "torch.float8_e4m3fn": .float8E4M3, "torch.float8_e5m2": .float8E5M2,
    ]
}
