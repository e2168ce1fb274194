package game

import (
	"strings"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Lengths of names and passwords, in characters (code points).
const (
	MinName, MaxName         = 3, 32
	MinPassword, MaxPassword = 12, 128
)

// CheckName returns CodeInvalidRequest unless name is 3 to 32 ASCII letters, digits, '.', '_' or '-', the first of them
// a letter or a digit (api/schemas/name.yaml).
func CheckName(name string) error {
	switch {
	case len(name) < MinName:
		return invalid("/name", "minLength", "a name has at least 3 characters")
	case utf8.RuneCountInString(name) > MaxName:
		return invalid("/name", "maxLength", "a name has at most 32 characters")
	case strings.ContainsFunc(name, notInName) || strings.ContainsRune("._-", rune(name[0])):
		return invalid("/name", "pattern", "a name is made of letters, digits, '.', '_' and '-' and begins with a letter or digit")
	}
	return nil
}

func notInName(r rune) bool {
	switch {
	case 'a' <= r && r <= 'z', 'A' <= r && r <= 'Z', '0' <= r && r <= '9', r == '.', r == '_', r == '-':
		return false
	}
	return true
}

// FoldName returns the form under which names are unique and ordered. Names are ASCII, so lower case is all of it.
func FoldName(name string) string { return strings.ToLower(name) }

func checkPassword(password Secret) error {
	p := password.Reveal()
	if !utf8.ValidString(p) {
		return invalid("/password", "utf8", "a password is valid UTF-8")
	}
	switch n := utf8.RuneCountInString(p); {
	case n < MinPassword:
		return invalid("/password", "minLength", "a password has at least 12 characters")
	case n > MaxPassword:
		return invalid("/password", "maxLength", "a password has at most 128 characters")
	}
	return nil
}

// normalize returns the password in Unicode normalization form C, as keyboards differ in what they send for an accented
// letter (RFC 8265, section 4.2).
func normalize(password Secret) Secret { return Secret(norm.NFC.String(password.Reveal())) }
