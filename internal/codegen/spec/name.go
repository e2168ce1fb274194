package spec

import (
	"path"
	"regexp"
	"strings"
	"unicode"
)

// initialisms lists the words that Go writes in capitals
// (https://go.dev/wiki/CodeReviewComments#initialisms).
const initialisms = " acl api ascii cpu css dns eof guid html http https id ip json jwt lhs qps ram rhs rpc rtt sdk sla smtp sql ssh tcp tls ttl udp ui uid uuid uri url utf8 vm xml xmpp xsrf xss "

// Pascal makes an exported Go identifier of any text: words are split at
// everything that is not a letter or digit and at changes of case, and joined
// with a capital each. Pascal("player.update") is PlayerUpdate,
// Pascal("userId") is UserID. Text without letters or digits gives "X".
func Pascal(text string) string {
	var b strings.Builder
	for _, w := range words(text) {
		lower := strings.ToLower(w)
		switch {
		case strings.Contains(initialisms, " "+lower+" "):
			b.WriteString(strings.ToUpper(w))
		case lower == "ids" || lower == "urls" || lower == "apis":
			b.WriteString(strings.ToUpper(w[:len(w)-1]) + "s")
		default:
			r := []rune(w)
			rest := string(r[1:])
			if strings.ToUpper(rest) == rest {
				rest = strings.ToLower(rest)
			}
			b.WriteString(string(unicode.ToUpper(r[0])) + rest)
		}
	}
	name := b.String()
	if name == "" || !unicode.IsUpper([]rune(name)[0]) {
		name = "X" + name
	}
	return name
}

// words splits text at separators and at changes of case: fooBar, HTTPServer.
func words(text string) []string {
	var out []string
	var word []rune
	flush := func() {
		if len(word) > 0 {
			out = append(out, string(word))
		}
		word = word[:0:0]
	}
	runes := []rune(text)
	for i, r := range runes {
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			flush()
			continue
		}
		if len(word) > 0 && unicode.IsUpper(r) {
			last := word[len(word)-1]
			nextLower := i+1 < len(runes) && unicode.IsLower(runes[i+1])
			if !unicode.IsUpper(last) || nextLower {
				flush()
			}
		}
		word = append(word, r)
	}
	flush()
	return out
}

var titlePhrase = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9]*([ _-][A-Za-z0-9]+){0,3}$`)

// TypeName gives the name that a schema declares for itself: its title, where
// that is a phrase of at most four plain words, or else the last token of its
// pointer (the key of a component), or else the name of its file without
// extensions.
func TypeName(n *Node) string {
	if name, ok := TitleName(n); ok {
		return name
	}
	if i := strings.LastIndexByte(n.Pointer, '/'); i >= 0 {
		tokens, _ := SplitPointer(n.Pointer[i:])
		return Pascal(tokens[0])
	}
	base := path.Base(n.Pos.File)
	if i := strings.IndexByte(base, '.'); i > 0 {
		base = base[:i]
	}
	return Pascal(base)
}

// TitleName gives the name that the title of n makes, where the title is a
// phrase of at most four plain words.
func TitleName(n *Node) (name string, ok bool) {
	title := n.Get("title").Str()
	if !titlePhrase.MatchString(title) {
		return "", false
	}
	return Pascal(title), true
}
