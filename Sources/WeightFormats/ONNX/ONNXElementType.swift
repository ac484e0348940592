import RegistryTypes

/// The element types of ONNX (`TensorProto.DataType`).
enum ONNXElementType: Int64 {
    case float = 1
    case uint8, int8, uint16, int16, int32, int64, string, bool, float16, double, uint32, uint64
    case complex64, complex128, bfloat16
    case float8E4M3FN, float8E4M3FNUZ, float8E5M2, float8E5M2FNUZ
    case uint4, int4, float4E2M1, float8E8M0, uint2, int2

    /// The name by which evidence calls it.
    var name: String { "\(self)".uppercased() }

    /// The type as Assay compares it, or nil: such elements are compared as bytes.
    var plain: ElementType? {
        switch self {
        case .float: .float32
        case .double: .float64
        case .float16: .float16
        case .bfloat16: .bfloat16
        case .float8E4M3FN: .float8E4M3
        case .float8E5M2: .float8E5M2
        case .bool: .bool
        case .uint8: .uint8
        case .int8: .int8
        case .uint16: .uint16
        case .int16: .int16
        case .uint32: .uint32
        case .int32: .int32
        case .uint64: .uint64
        case .int64: .int64
        case .string, .complex64, .complex128, .float8E4M3FNUZ, .float8E5M2FNUZ: nil
        case .uint4, .int4, .float4E2M1, .float8E8M0, .uint2, .int2: nil
        }
    }

    /// The size of an element that has no plain type.
    var bits: Int? {
        switch self {
        case .float8E4M3FNUZ, .float8E5M2FNUZ, .float8E8M0: 8
        case .uint4, .int4, .float4E2M1: 4
        case .uint2, .int2: 2
        default: nil
        }
    }

    /// The field of `TensorProto` for typed values, if they are not raw.
    var field: Int {
        switch self {
        case .float, .complex64: 4
        case .int64: 7
        case .double, .complex128: 10
        case .uint32, .uint64: 11
        case .string: 6
        default: 5
        }
    }
}
