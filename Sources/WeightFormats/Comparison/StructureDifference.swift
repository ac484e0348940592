/// What two files differ in that is no tensor.
struct StructureDifference {
    private var count = 0
    private var sentences: [String] = []

    /// How many differences are told in words.
    private static let told = 3

    /// Compares names and values; nil if all are equal.
    init?(_ original: WeightFile, _ reproduced: WeightFile) {
        var (left, right) = (original.structure[...], reproduced.structure[...])
        while let next = left.first ?? right.first {
            switch (left.first, right.first) {
            case (let a?, let b?) where a.name.utf8.elementsEqual(b.name.utf8):
                if !a.value.utf8.elementsEqual(b.value.utf8) {
                    add("\(a.name.prefix(200)) is \(a.value), here \(b.value)")
                }
                left.removeFirst()
                right.removeFirst()
            case (let a?, let b) where b.map { a.name.utf8.lexicographicallyPrecedes($0.name.utf8) } ?? true:
                add("\(a.name.prefix(200)) (\(a.value)) is missing here")
                left.removeFirst()
            default:
                add(
                    "\(right.first?.name.prefix(200) ?? next.name.prefix(200)) (\(right.first?.value ?? "")) is only here"
                )
                right.removeFirst()
            }
        }
        if count == 0 { return nil }
    }

    private mutating func add(_ sentence: String) {
        count += 1
        if sentences.count < Self.told { sentences.append(sentence) }
    }

    /// The differences in words; "here" is the reproduction.
    var detail: String {
        let more = count > sentences.count ? "; and \(count - sentences.count) more" : ""
        return "not only tensors differ: " + sentences.joined(separator: "; ") + more
    }
}
