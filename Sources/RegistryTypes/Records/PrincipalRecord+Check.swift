import Foundation

extension PrincipalRecord {
    /// Throws `invalid-name` for a name that could be taken for another in a list: with characters that are not seen,
    /// with spaces around it, of letters from several scripts, or in another form than Unicode's composed one.
    package static func check(name: String) throws {
        let scripts = Set(name.unicodeScalars.compactMap(Script.init))
        guard (1...100).contains(name.count), name.unicodeScalars.allSatisfy(\.isPrintable),
            name.trimmingCharacters(in: .whitespaces) == name,
            name.utf8.elementsEqual(name.precomposedStringWithCanonicalMapping.utf8),
            scripts.count <= 1
        else {
            throw RegistryError(
                .invalidName,
                "a principal's name has 1 to 100 printable characters of one script, and no space around them")
        }
    }

    /// The scripts whose letters look alike (Unicode TR 39, mixed-script confusables).
    private enum Script: Hashable {
        case latin, greek, cyrillic

        init?(_ scalar: Unicode.Scalar) {
            guard scalar.properties.isAlphabetic else { return nil }
            switch scalar.value {
            case 0x41...0x24F, 0x1E00...0x1EFF: self = .latin
            case 0x370...0x3FF, 0x1F00...0x1FFF: self = .greek
            case 0x400...0x52F, 0x1C80...0x1C8F: self = .cyrillic
            default: return nil
            }
        }
    }
}
