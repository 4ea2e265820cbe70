"""Names that a careless program takes for something else: of sources, outputs, axis values and targets."""

import unicodedata

# Of what rules can say: text without NUL.
NAMES = [
    "two words", "tab\there", "new\nline", "it's", 'double"quote', "$(touch PWNED)", "`touch PWNED`", "; touch PWNED",
    "| touch PWNED", "& touch PWNED", "> PWNED", "*", "?", "[a-c]", "{a,b}", "-rf", "--help", "-", "--", "~root", "a=b", "=",
    "a:b", ":", "%s%n", "%", "#comment", "back\\slash", "\\n", "carriage\rreturn", "\x1b[31mred\x1b[0m", "\x1b]0;title\x07",
    "bell\x07", "right\u202eleft", "zero\u200bwidth", "\u2028", "\N{GRINNING FACE}",
    unicodedata.normalize("NFC", "\u00e9t\u00e9"), unicodedata.normalize("NFD", "\u00e9t\u00e9"),
    "\uff0e\uff0e", ".hidden", "...", "build", "status", "join", "data", "out", "x" * 255, "\u00e9" * 127,
    "<img src=x onerror=alert(1)>", "<!--<script>", "a,b", "a]b", "[", "]", "n=3", "join[n=3]", " lead", "trail ", "\u0130",
    "ß", "CON", "$HOME", "${HOME}", "!!", "^", "@file", "'; touch PWNED; '", "\"; touch PWNED; \"", "\x7f", "\x01",
]

# Of files alone: bytes that are no text.
BYTES = [b"\xff", b"\xfe\xff", b"a\x80b", b"\xc3", b"\xed\xa0\x80", b"caf\xe9"]


def swift(names):
    """A list of strings as Swift code, in which every other character but letters and digits is written by its number."""

    def literal(name):
        return '"' + "".join(c if c.isascii() and c.isalnum() else f"\\u{{{ord(c):x}}}" for c in name) + '"'

    lines = [f"    {literal(name)}," for name in names]
    return "/// Made by the suite.\nlet hostileNames: [String] = [\n" + "\n".join(lines) + "\n]\n"
