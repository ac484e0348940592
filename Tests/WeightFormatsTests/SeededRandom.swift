import Foundation

/// Repeatable damage: xorshift with a seed.
struct SeededRandom {
    private var state: UInt64

    init(seed: UInt64 = 0x9E37_79B9_7F4A_7C15) { state = max(seed, 1) }

    mutating func next(_ bound: Int) -> Int {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return Int(state % UInt64(max(bound, 1)))
    }

    /// The bytes with one kind of damage.
    mutating func damage(_ sound: Data) -> Data {
        var data = sound
        switch next(6) {
        case 0: data.removeLast(1 + next(data.count - 1))
        case 1: for _ in 0...next(3) { data[next(data.count)] ^= 1 << UInt8(next(8)) }
        case 2: for _ in 0...next(3) { data[next(data.count)] = UInt8(next(256)) }
        case 3:
            // Numbers that are as large as they can be.
            let start = next(data.count)
            for index in start..<min(start + [1, 2, 4, 8][next(4)], data.count) {
                data[index] = next(2) == 0 ? 0xFF : 0x7F
            }
        case 4:
            let start = next(data.count)
            let part = data[start..<min(start + 1 + next(64), data.count)]
            data.insert(contentsOf: Data(part), at: next(data.count))
        default:
            // One place copied over another: addresses that point elsewhere.
            let (from, to) = (next(data.count - 8), next(data.count - 8))
            for index in 0..<8 { data[to + index] = sound[from + index] }
        }
        return data
    }
}
