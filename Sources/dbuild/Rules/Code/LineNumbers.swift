/// The line numbers that `fatalError`, `precondition` and `try!` pass on: operands of the machine code.
///
/// They are blanked where the code shows beyond doubt that this operand is the one; else they stay, and a line more
/// above such a call makes its function another one.
///
/// - Source: System V ABI of x86-64, as the Swift compiler calls with it; the code is compiled so that arguments are
///   stored, not pushed: an operand's width then does not follow its value.
enum LineNumbers {
    /// How a function of the standard library is handed its line: the bytes of the instruction before its operand.
    private static func instruction(before function: String) -> [UInt8]? {
        let stored: [UInt8] = [0x48, 0xC7, 0x44, 0x24]
        if function.hasPrefix("$ss17_assertionFailure__4file4line5flags") {
            // The message as a `String` is two words, as a `StaticString` three.
            return stored + (function.contains("StaticStringV_SSA") ? [0x10] : [0x18])
        }
        if function.hasPrefix("$ss18_fatalErrorMessage__4file4line5flags") { return stored + [0x18] }
        if function == "swift_unexpectedError" { return [0x41, 0xB8] }
        if function.hasPrefix("$ss30_diagnoseUnexpectedNilOptional") { return [0xB9] }
        return nil
    }

    private static let windowBytes = 96

    static func isTold(_ function: String) -> Bool { instruction(before: function) != nil }

    /// Blanks the line of one call.
    ///
    /// - Parameters:
    ///   - call: where the address of what is called stands.
    ///   - floor: behind the last address of another function that is called before.
    static func blank(_ code: inout [UInt8], call: Int, floor: Int, function: String) {
        guard let instruction = instruction(before: function), call >= 1, call <= code.count else { return }
        let lowest = max(floor, call - 1 - windowBytes, 0)
        var at = call - 1 - instruction.count - 4
        while at >= lowest {
            if code[at ..< at + instruction.count].elementsEqual(instruction) {
                let operand = at + instruction.count
                guard isStraight(code[operand + 4 ..< call - 1]) else { return }
                for index in operand ..< operand + 4 { code[index] = 0 }
                return
            }
            at -= 1
        }
    }

    /// Whether these are whole instructions that do nothing but set registers and arguments: then the operand before
    /// them reaches the call.
    private static func isStraight(_ code: ArraySlice<UInt8>) -> Bool {
        var rest = code
        while !rest.isEmpty {
            guard let length = settingLength(Array(rest.prefix(4))), length <= rest.count else { return false }
            rest = rest.dropFirst(length)
        }
        return true
    }

    /// The length of an instruction that sets a register, or an argument to a number; nil of any other.
    ///
    /// - Source: Intel 64, volume 2: MOV, LEA, XOR.
    private static func settingLength(_ bytes: [UInt8]) -> Int? {
        guard let first = bytes.first else { return nil }
        let hasPrefix = (0x40 ... 0x4F).contains(first)
        let isWide = hasPrefix && first & 8 != 0
        let code = hasPrefix ? Array(bytes.dropFirst()) : bytes
        let prefix = hasPrefix ? 1 : 0
        guard let operation = code.first else { return nil }
        if (0xB8 ... 0xBF).contains(operation) { return prefix + (isWide ? 9 : 5) }
        guard code.count >= 2 else { return nil }
        switch operation {
        case 0x8D where code[1] & 0xC7 == 0x05: return prefix + 6
        case 0x31 where code[1] >= 0xC0, 0x89 where code[1] >= 0xC0: return prefix + 2
        case 0xC7 where code.count >= 3 && code[1] == 0x04 && code[2] == 0x24: return prefix + 7
        case 0xC7 where code.count >= 3 && code[1] == 0x44 && code[2] == 0x24: return prefix + 8
        default: return nil
        }
    }
}
