import Foundation
package import RegistryTypes

extension ModelRegistry {
    /// Records a new version of a model and the run that produced it, making the model if it is new.
    package func pushVersion(
        _ request: CreateModelVersion, of name: QualifiedName, as caller: Caller
    ) async throws -> CreatedVersion {
        try await record(
            VersionPush(
                kind: .model, name: name, files: request.files, run: request.run, content: request.identity(of: name)),
            as: caller)
    }
}

extension CreateModelVersion {
    /// What makes two pushes the same: all but the facts and the log, which a repeated job of a build has anew.
    fileprivate func identity(of name: QualifiedName) throws -> Digest {
        var same = self
        same.run.facts = RunFacts()
        same.run.log = nil
        return Digest.of(Data("\(name)\n".utf8) + (try same.canonicalJSON()))
    }
}
