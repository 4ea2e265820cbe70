/// A part of something, as options say it.
enum Share {
    /// `5%`, above 0 and at most 100.
    static func parse(_ text: String) throws(SettingsError) -> Double {
        guard text.last == "%", let percent = Double(text.dropLast()), percent > 0, percent <= 100 else {
            throw .badShare(text)
        }
        return percent / 100
    }
}
