/// The places of numbers, the greatest first; of equal ones the earlier place.
///
/// By the numbers' bits, eleven at a time from the last: what is not negative is in the order of its bits.
///
/// - Parameter numbers: not negative, and fewer than 2^31.
func placesByDescending(_ numbers: [Double]) -> [Int32] {
    let digitBits: UInt64 = 11
    let mask: UInt64 = 1 << digitBits - 1
    var keys = numbers.map { ~$0.bitPattern }
    var places = (0 ..< Int32(numbers.count)).map { $0 }
    var (nextKeys, nextPlaces) = (keys, places)
    for shift in stride(from: 0, to: UInt64(64), by: Int(digitBits)) {
        var starts = [Int](repeating: 0, count: Int(mask) + 2)
        for key in keys { starts[Int(key >> shift & mask) + 1] += 1 }
        // Where all have the same digit they are in order already.
        if starts.contains(keys.count) { continue }
        for digit in 1 ..< starts.count { starts[digit] += starts[digit - 1] }
        for (key, place) in zip(keys, places) {
            let digit = Int(key >> shift & mask)
            (nextKeys[starts[digit]], nextPlaces[starts[digit]]) = (key, place)
            starts[digit] += 1
        }
        swap(&keys, &nextKeys)
        swap(&places, &nextPlaces)
    }
    return places
}
