/// The contract of the native HTTP API, embedded in the binary so that every server can hand out its own.
package enum APIContract {
    /// The OpenAPI 3.1 document.
    package static let document = String(decoding: PackageResources.openapi_yaml, as: UTF8.self)
}
