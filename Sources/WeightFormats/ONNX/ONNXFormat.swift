package import RegistryTypes

/// Models in the ONNX format: one protobuf message, the graph with its weights in it.
///
/// Source: `onnx/onnx.proto` of ONNX 1.23 (IR version 13). Initializers are tensors by their names; tensors and lists
/// of floats in a node's attribute are called `node[3].value`, those of a sub-graph `node[3].then_branch.…`. The graph
/// itself counts as structure: operators, their wiring, scalar attributes, lists of integers, inputs and outputs,
/// operator sets, functions. Names of nodes and graphs, documentation, metadata, inferred types, and who made the file
/// with which version do not.
package struct ONNXFormat: WeightFormat {
    /// Makes the reader.
    package init() {}

    package var name: String { "onnx" }

    package var fileNameExtensions: [String] { ["onnx"] }

    /// A protobuf message cannot be told by its beginning.
    package func recognises(head: [UInt8], fileLength: Int) -> Bool { false }

    package func open(_ file: MappedFile, layout: RawLayout?) throws -> WeightFile {
        var model = ONNXModel()
        try model.read(try MappedSlice(file, 0..<file.count))
        return try model.builder.finish(format: name)
    }
}
