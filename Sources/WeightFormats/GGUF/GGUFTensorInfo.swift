import RegistryTypes

/// The description of one tensor in a GGUF file.
struct GGUFTensorInfo {
    let name: String
    /// Type and shape to compare with; blocks are bytes.
    let size: TensorShape
    /// What the blocks are, with the shape in numbers; nil if the elements are plain numbers.
    let block: String?
    /// Where the data begins, counted from the beginning of all data.
    let offset: Int

    /// Reads the description at the cursor.
    init(_ cursor: inout ByteCursor) throws {
        name = try GGUFValues.text(&cursor, longest: WeightLimits.name)
        let rank = try cursor.next(UInt32.self)
        guard rank <= 8 else {
            throw WeightFormatError.malformed("the tensor \(name.prefix(80)) has \(rank) dimensions; GGUF knows 4")
        }
        // The fastest dimension stands first.
        var shape = try (0..<rank).map { _ in Int(clamping: try cursor.next(UInt64.self)) }
        shape.reverse()
        let type = try cursor.next(UInt32.self)
        guard let offset = Int(exactly: try cursor.next(UInt64.self)) else {
            throw WeightFormatError.malformed("the tensor \(name.prefix(80)) begins behind every file")
        }
        self.offset = offset
        if let plain = Self.plain[type] {
            size = try TensorShape(dtype: plain, dimensions: shape)
            block = nil
            return
        }
        guard let (blockName, elements, bytes) = Self.blocks[type] else {
            throw WeightFormatError.unsupported(
                "the tensor \(name.prefix(80)) has the GGML type \(type), which is not read")
        }
        let row = shape.last ?? 1
        guard row % elements == 0, row <= WeightLimits.dimension else {
            throw WeightFormatError.malformed(
                "a row of the tensor \(name.prefix(80)) has \(row) numbers, no multiple of \(elements)")
        }
        block = "\(blockName) \(shape)"
        let rowBytes = (row / elements).multipliedReportingOverflow(by: bytes)
        guard !rowBytes.overflow else { throw WeightFormatError.malformed("the size of a tensor overflows 64 bits") }
        size = try TensorShape(dtype: .uint8, dimensions: shape.dropLast() + [rowBytes.partialValue])
    }

    private static let plain: [UInt32: ElementType] = [
        0: .float32, 1: .float16, 24: .int8, 25: .int16, 26: .int32, 27: .int64, 28: .float64, 30: .bfloat16,
    ]

    /// Name, numbers and bytes of a block (`GGML_QUANT_SIZES` of gguf 0.19).
    private static let blocks: [UInt32: (String, Int, Int)] = [
        2: ("Q4_0", 32, 18), 3: ("Q4_1", 32, 20), 6: ("Q5_0", 32, 22), 7: ("Q5_1", 32, 24), 8: ("Q8_0", 32, 34),
        9: ("Q8_1", 32, 40), 10: ("Q2_K", 256, 84), 11: ("Q3_K", 256, 110), 12: ("Q4_K", 256, 144),
        13: ("Q5_K", 256, 176), 14: ("Q6_K", 256, 210), 15: ("Q8_K", 256, 292), 16: ("IQ2_XXS", 256, 66),
        17: ("IQ2_XS", 256, 74), 18: ("IQ3_XXS", 256, 98), 19: ("IQ1_S", 256, 50), 20: ("IQ4_NL", 32, 18),
        21: ("IQ3_S", 256, 110), 22: ("IQ2_S", 256, 82), 23: ("IQ4_XS", 256, 136), 29: ("IQ1_M", 256, 56),
        34: ("TQ1_0", 256, 54), 35: ("TQ2_0", 256, 66), 39: ("MXFP4", 32, 17), 40: ("NVFP4", 64, 36),
        41: ("Q1_0", 128, 18),
    ]
}
