extension Recipe.Environment {
    /// The tar archive that is a root file system; nil unless it is the only file.
    public static func rootArchive(among files: [ArtifactFile]) -> ArtifactFile? {
        guard files.count == 1, let file = files.first, file.mode != .symlink, file.path.text.contains(".tar") else {
            return nil
        }
        return file
    }
}
