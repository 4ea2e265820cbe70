/// What an instruction says of an address that stands in it and counts from its end: a relocation has only its place.
///
/// - Source: Intel 64 and IA-32 Architectures Software Developer's Manual, volume 2, appendix A; without the vector
///   extensions that have prefixes of their own (VEX, EVEX), for which rules are not compiled.
struct AddressedInstruction {
    /// How many bytes of operands may follow the address.
    let operandBytes: [Int]
    /// Whether only the address is wanted, or may be: then it may lie before or behind what is meant.
    let takesAddress: Bool

    /// Of code, before the address.
    static let lookedAtBytes = 5

    /// An address that counts from nothing.
    static let absolute = AddressedInstruction(operandBytes: [0], takesAddress: true)
    /// One of which nothing is known.
    private static let any = AddressedInstruction(operandBytes: [0, 1, 2, 4], takesAddress: true)

    private init(operandBytes: [Int], takesAddress: Bool) {
        (self.operandBytes, self.takesAddress) = (operandBytes, takesAddress)
    }

    var fewestOperandBytes: Int { operandBytes.first ?? 0 }

    /// - Parameter code: what stands before the address, `lookedAtBytes` of it where there are so many.
    init(before code: ArraySlice<UInt8>) {
        self = Self.any
        // The byte before an address says which registers, the one before that what is done, in each map of codes.
        guard let mode = code.last, let operation = code.dropLast().last, mode & 0xC7 == 0x05 else { return }
        let before = code.dropLast(2)
        // It may be the end of the instruction before, too.
        let mayBeOfOtherMap = before.last == 0x0F
        // A prefix: operands of two bytes instead of four.
        let wide = before.contains(0x66) ? [2, 4] : [4]
        // What some operations go by instead of a register.
        let kind = mode >> 3 & 7
        switch operation {
        case 0x8D:  // lea
            self.init(operandBytes: [0], takesAddress: true)
        // mov, cmp, test; adc and sub, or movups and movaps; movdqa; inc, dec, call, jmp, push
        case 0x88 ... 0x8B, 0x38 ... 0x3B, 0x84, 0x85, 0x10, 0x11, 0x28, 0x29, 0x6F, 0x7F, 0xFF:
            self.init(operandBytes: [0], takesAddress: false)
        case 0x80, 0x83, 0xC6:  // arithmetic and comparison with a byte; mov of one, or shufps
            self.init(operandBytes: [1], takesAddress: false)
        case 0x81:  // the same with more
            self.init(operandBytes: wide, takesAddress: false)
        case 0xC7 where kind == 0:  // mov
            self.init(operandBytes: wide, takesAddress: false)
        case 0xF6, 0xF7:
            if kind > 1 {  // not, neg, mul, div; or psadbw
                self.init(operandBytes: [0], takesAddress: false)
            } else if !mayBeOfOtherMap {  // test
                self.init(operandBytes: operation == 0xF6 ? [1] : wide, takesAddress: false)
            }
        default: break
        }
    }
}
