import HTTPTypes
import Hummingbird
import RegistryTypes

/// Which bytes of which total a body is: `Content-Range: bytes 0-99/500` (RFC 9110 §14.4).
struct ContentRange: Equatable {
    let range: Range<Int64>
    let total: Int64

    /// Reads the header of a request; throws `invalid-request` if it is missing or of another form.
    init(_ request: Request) throws {
        let header = request.headers[.contentRange] ?? ""
        guard let match = header.wholeMatch(of: /bytes ([0-9]+)-([0-9]+)\/([0-9]+)/),
            let first = Int64(match.1), let last = Int64(match.2), let total = Int64(match.3), first <= last,
            last < .max
        else {
            throw RegistryError(
                .invalidRequest,
                "say which bytes these are: Content-Range: bytes <first>-<last>/<size of the whole file>, not "
                    + "\"\(header.prefix(80))\"")
        }
        range = first..<last + 1
        self.total = total
    }
}
