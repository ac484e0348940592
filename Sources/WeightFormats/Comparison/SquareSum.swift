import Foundation

/// A sum of squares that neither overflows nor vanishes, however large or small the numbers are.
struct SquareSum {
    /// The sum of (x · 2^−exponent)².
    private var sum = 0.0
    private var exponent = 0

    /// Adds finite numbers. Returns false and adds nothing if one is not finite, or if the plain sum overflows.
    mutating func addPlainly(_ block: ElementBlock) -> Bool {
        var lanes = ElementBlock.Lanes.zero
        for values in block.lanes { lanes += values * values }
        let squares = lanes.sum()
        // Below this bound squares may have lost digits to underflow; a block of zeros may go the long way too.
        guard squares.isFinite, squares > 1e-250 else { return false }
        add(squares, exponent: 0)
        return true
    }

    /// Adds finite numbers of any size, scaled by the largest of them.
    mutating func addScaled(_ values: UnsafeMutableBufferPointer<Double>) {
        var largest = 0.0
        for value in values { largest = max(largest, value.magnitude) }
        guard largest > 0 else { return }
        let scale = Int(largest.exponent)
        var squares = 0.0
        for value in values {
            let scaled = scalbn(value, -scale)
            squares += scaled * scaled
        }
        add(squares, exponent: scale)
    }

    private mutating func add(_ squares: Double, exponent other: Int) {
        if sum == 0 {
            (sum, exponent) = (squares, other)
        } else if other > exponent {
            sum = scalbn(sum, 2 * (exponent - other)) + squares
            exponent = other
        } else {
            sum += scalbn(squares, 2 * (other - exponent))
        }
    }

    /// The root of the mean over so many numbers; nil for none.
    func rootMean(_ count: Int) -> Double? {
        count > 0 ? scalbn((sum / Double(count)).squareRoot(), exponent) : nil
    }
}
