package lint

import (
	"strings"
	"unicode"
)

// blank gives the space that the first count characters of a line take on a
// terminal. Past the end of the line a character takes one column.
func blank(line []rune, count int) string {
	var b strings.Builder
	for i := range count {
		switch {
		case i >= len(line):
			b.WriteByte(' ')
		case line[i] == '\t':
			b.WriteByte('\t')
		default:
			b.WriteString(strings.Repeat(" ", columns(line[i])))
		}
	}
	return b.String()
}

// columns gives how many columns a terminal gives to a character: none to one
// that is drawn over another, two to one that is wide or full-width (Unicode
// Standard Annex 11).
func columns(r rune) int {
	switch {
	case unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf):
		return 0
	case unicode.Is(wide, r):
		return 2
	}
	return 1
}

// wide are the blocks whose characters take two columns.
var wide = &unicode.RangeTable{
	R16: []unicode.Range16{
		{Lo: 0x1100, Hi: 0x115f, Stride: 1}, // initial consonants of Hangul
		{Lo: 0x2e80, Hi: 0x303e, Stride: 1}, // radicals, punctuation of CJK
		{Lo: 0x3041, Hi: 0x4dbf, Stride: 1}, // kana to the first extension of Han
		{Lo: 0x4e00, Hi: 0xa4cf, Stride: 1}, // Han, Yi
		{Lo: 0xa960, Hi: 0xa97f, Stride: 1},
		{Lo: 0xac00, Hi: 0xd7a3, Stride: 1}, // syllables of Hangul
		{Lo: 0xf900, Hi: 0xfaff, Stride: 1},
		{Lo: 0xfe30, Hi: 0xfe6f, Stride: 1},
		{Lo: 0xff00, Hi: 0xff60, Stride: 1}, // full-width forms
		{Lo: 0xffe0, Hi: 0xffe6, Stride: 1},
	},
	R32: []unicode.Range32{
		{Lo: 0x1f300, Hi: 0x1f64f, Stride: 1}, // pictographs
		{Lo: 0x1f680, Hi: 0x1f6ff, Stride: 1},
		{Lo: 0x1f900, Hi: 0x1f9ff, Stride: 1},
		{Lo: 0x20000, Hi: 0x3fffd, Stride: 1}, // further Han
	},
}
