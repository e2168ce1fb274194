package spec

import (
	"bytes"

	"github.com/duet-api/duet/internal/codegen/source"
)

// otherEncoding names the encoding of a file that is not UTF-8, where its first
// bytes tell; otherwise it is empty.
func otherEncoding(data []byte) string {
	for _, form := range []struct{ name, start string }{
		{"UTF-32", "\x00\x00\xfe\xff"}, {"UTF-32", "\xff\xfe\x00\x00"}, {"UTF-16", "\xfe\xff"}, {"UTF-16", "\xff\xfe"},
	} {
		if bytes.HasPrefix(data, []byte(form.start)) {
			return form.name
		}
	}
	if len(data) > 3 && (data[0] == 0) != (data[1] == 0) && (data[0] == 0) == (data[2] == 0) && (data[1] == 0) == (data[3] == 0) {
		return "UTF-16"
	}
	return ""
}

// isControl reports whether YAML does not have a character, which is ASCII.
func isControl(r rune) bool {
	return r < ' ' && r != '\t' && r != '\n' && r != '\r' || r == 0x7f
}

// positionAt gives the position of a byte.
func positionAt(file string, data []byte, at int) source.Pos {
	before := data[:at]
	return source.Pos{File: file, Line: 1 + bytes.Count(before, []byte("\n")), Column: at - bytes.LastIndexByte(before, '\n')}
}
