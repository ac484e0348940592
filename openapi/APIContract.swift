/// The contract of the native HTTP API, embedded in the binary so that every server can hand out its own.
package enum APIContract {
    /// The OpenAPI 3.1 document.
    package static let document = String(decoding: PackageResources.openapi_yaml, as: UTF8.self)
    /// The JSON schema of the statement of a verdict.
    package static let reproductionSchema = String(
        decoding: PackageResources.reproduction_v1_schema_json, as: UTF8.self)
}
