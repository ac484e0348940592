import Foundation
package import RegistryTypes

extension ModelRegistry {
    /// Records a new version of a dataset, and the run that produced it if one did, making the dataset if it is new.
    package func createDatasetVersion(
        _ request: CreateDatasetVersion, of name: QualifiedName, as caller: Caller
    ) async throws -> CreatedVersion {
        try await record(
            VersionPush(
                kind: .dataset, name: name, files: request.files, run: request.run,
                content: request.identity(of: name)),
            as: caller)
    }
}

extension CreateDatasetVersion {
    /// What makes two pushes the same: for data with a run, all but its facts and its log; nil means every byte.
    fileprivate func identity(of name: QualifiedName) throws -> Digest? {
        guard run != nil else { return nil }
        var same = self
        same.run?.facts = RunFacts()
        same.run?.log = nil
        return Digest.of(Data("dataset:\(name)\n".utf8) + (try same.canonicalJSON()))
    }
}
