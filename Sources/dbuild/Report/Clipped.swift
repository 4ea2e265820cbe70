/// The beginning of a text that would fill a screen, such as code among a program's arguments.
func clipped(_ text: String, to mostCharacters: Int = 60) -> String {
    text.count > mostCharacters ? text.prefix(mostCharacters) + "…" : text
}
