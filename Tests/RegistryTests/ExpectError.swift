import RegistryTypes
import Testing

/// Expects that an operation throws an error of a code; returns it, for its words.
@discardableResult
func expectError(
    _ code: ErrorCode, sourceLocation: SourceLocation = #_sourceLocation, _ operation: () async throws -> Void
) async -> RegistryError? {
    do {
        try await operation()
        Issue.record("expected \(code.rawValue)", sourceLocation: sourceLocation)
        return nil
    } catch {
        #expect((error as? RegistryError)?.code == code, "\(error)", sourceLocation: sourceLocation)
        return error as? RegistryError
    }
}

/// The code that an operation is refused with; nil if it is not.
func code(_ operation: () async throws -> Void) async -> ErrorCode? {
    do {
        try await operation()
        return nil
    } catch {
        return (error as? RegistryError)?.code
    }
}
