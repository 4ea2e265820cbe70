/// A list of numbers for each of many things, in two arrays.
struct NumberLists {
    /// Where each list begins in `numbers`, and at last where they end.
    private(set) var starts: [UInt32]
    private(set) var numbers: [UInt32]

    /// Sorts pairs by the thing whose list they belong to, without changing the order within a list.
    ///
    /// - Parameters:
    ///   - count: how many things there are.
    ///   - pairs: called twice; says the same pairs, in the same order, both times. There are fewer than 2^32 of them.
    init(count: Int, _ pairs: (_ add: (_ owner: Int, _ number: UInt32) -> Void) -> Void) {
        var starts = [UInt32](repeating: 0, count: count + 1)
        pairs { owner, _ in starts[owner + 1] += 1 }
        for owner in 0 ..< count { starts[owner + 1] += starts[owner] }
        var numbers = [UInt32](repeating: 0, count: Int(starts[count]))
        var next = starts
        pairs { owner, number in
            numbers[Int(next[owner])] = number
            next[owner] += 1
        }
        (self.starts, self.numbers) = (starts, numbers)
    }

    subscript(owner: Int) -> ArraySlice<UInt32> { numbers[Int(starts[owner]) ..< Int(starts[owner + 1])] }
}
