/// How many columns of a terminal a text takes.
///
/// - Source: Unicode Standard Annex 11; of its ranges those that are wide throughout.
func columnCount(_ text: some StringProtocol) -> Int { text.reduce(0) { $0 + columnCount($1) } }

private func columnCount(_ character: Character) -> Int {
    guard let first = character.unicodeScalars.first else { return 0 }
    if first.isASCII { return 1 }
    return isWide(first.value) || first.properties.isEmojiPresentation ? 2 : 1
}

private func isWide(_ value: UInt32) -> Bool {
    switch value {
    case 0x1100 ... 0x115F, 0x2E80 ... 0x303E, 0x3041 ... 0x33FF, 0x3400 ... 0x4DBF, 0x4E00 ... 0x9FFF,
        0xA000 ... 0xA4CF, 0xA960 ... 0xA97F, 0xAC00 ... 0xD7A3, 0xF900 ... 0xFAFF, 0xFE30 ... 0xFE6F,
        0xFF00 ... 0xFF60, 0xFFE0 ... 0xFFE6, 0x1F300 ... 0x1F64F, 0x1F900 ... 0x1F9FF, 0x20000 ... 0x3FFFD:
        true
    default: false
    }
}

/// As much of a text as so many columns hold; where that is not all, it ends with `…`.
func cut(_ text: String, to columns: Int) -> String {
    guard columnCount(text) > columns else { return text }
    guard columns > 0 else { return "" }
    var kept = ""
    var room = columns - 1
    for character in text {
        room -= columnCount(character)
        guard room >= 0 else { break }
        kept.append(character)
    }
    return kept + "…"
}
