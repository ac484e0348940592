import RegistryTypes

/// The tolerances of tensors about which the recipe says nothing.
///
/// Found by measurement: the same training with another thread count, another BLAS kernel or another processor needed
/// at most 1.2e-6 of the tensor's RMS for 32-bit floats and 1.4e-15 for 64-bit ones. An absolute part that scales with
/// the tensor is needed because values around zero change sign, where no relative bound holds.
///
/// The 8-bit floats are compared exactly. They are the result of quantisation, and their neighbouring values lie 6 to
/// 25 % apart: a tolerance that lets one element step to its neighbour lets all of them, and that is another model.
enum DefaultTolerance {
    /// The tolerance for a tensor whose original has a certain RMS.
    static func tolerance(_ dtype: ElementType, rms: Double) -> Tolerance {
        switch dtype {
        case .float64: Tolerance(absolute: 1e-9 * rms, relative: 1e-7)
        case .float32: Tolerance(absolute: 1e-5 * rms, relative: 1e-5)
        case .float16, .bfloat16: Tolerance(absolute: 1e-2 * rms, relative: 0)
        case .float8E4M3, .float8E5M2: .exact
        case .bool, .uint8, .int8, .uint16, .int16, .uint32, .int32, .uint64, .int64: .exact
        }
    }
}
