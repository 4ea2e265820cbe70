import Testing

@testable import dbuild

@Suite struct NumbersTests {
    @Test(
        "what was said of memory is told as it was said",
        arguments: [
            (0, "0 KiB"), (1023, "0 KiB"), (512 << 10, "512 KiB"), ((1 << 20) - 1, "1,023 KiB"), (200 << 20, "200 MiB"),
            (1 << 30, "1 GiB"), (3 << 29, "1.5 GiB"), (1_288_490_189, "1.2 GiB"), (5 << 28, "1,280 MiB"),
            ((1 << 30) + 1, "1,024 MiB"), (16 << 30, "16 GiB"), ((21 << 29) + 4096, "10.5 GiB"),
            (1_000_000 << 30, "1,000,000 GiB"), (.max, "17,179,869,184 GiB"),
        ] as [(UInt64, String)])
    func bytes(count: UInt64, text: String) {
        #expect(byteCount(count) == text)
    }

    @Test func aLongTextIsShownByItsBeginning() {
        #expect(clipped("1234", to: 4) == "1234")
        #expect(clipped("12345", to: 4) == "1234…")
    }
}
