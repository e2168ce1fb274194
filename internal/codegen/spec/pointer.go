package spec

import (
	"fmt"
	"strconv"
	"strings"
)

// EscapeToken escapes one reference token of a JSON pointer (RFC 6901 section 3).
func EscapeToken(token string) string {
	return strings.ReplaceAll(strings.ReplaceAll(token, "~", "~0"), "/", "~1")
}

// SplitPointer splits a JSON pointer into its unescaped tokens. The empty
// pointer has none.
func SplitPointer(pointer string) ([]string, error) {
	if pointer == "" {
		return nil, nil
	}
	if pointer[0] != '/' {
		return nil, fmt.Errorf("JSON pointer %q does not start with %q", pointer, "/")
	}
	tokens := strings.Split(pointer[1:], "/")
	for i, t := range tokens {
		bad := strings.ReplaceAll(strings.ReplaceAll(t, "~0", ""), "~1", "")
		if strings.Contains(bad, "~") {
			return nil, fmt.Errorf("JSON pointer %q has a %q that is neither ~0 nor ~1", pointer, "~")
		}
		tokens[i] = strings.ReplaceAll(strings.ReplaceAll(t, "~1", "/"), "~0", "~")
	}
	return tokens, nil
}

// JoinPointer makes a JSON pointer of tokens.
func JoinPointer(tokens ...string) string {
	var b strings.Builder
	for _, t := range tokens {
		b.WriteByte('/')
		b.WriteString(EscapeToken(t))
	}
	return b.String()
}

// PointerError says at which token a pointer stopped resolving.
type PointerError struct {
	Pointer string
	Token   string // the token that is not there
	Near    string // the closest name that is there; may be empty
}

func (e *PointerError) Error() string {
	if e.Near != "" {
		return fmt.Sprintf("nothing at %q: there is no %q (did you mean %q?)", e.Pointer, e.Token, e.Near)
	}
	return fmt.Sprintf("nothing at %q: there is no %q", e.Pointer, e.Token)
}

// At gives the value at an RFC 6901 pointer below n. It does not follow
// references. The error is a *PointerError where the pointer is well formed.
func (n *Node) At(pointer string) (*Node, error) {
	tokens, err := SplitPointer(pointer)
	if err != nil {
		return nil, err
	}
	for _, t := range tokens {
		next := n.child(t)
		if next == nil {
			return nil, &PointerError{Pointer: pointer, Token: t, Near: Closest(t, n.Keys())}
		}
		n = next
	}
	return n, nil
}

// Nearest gives the value at pointer or the deepest value on the way to it. It
// suits errors of validators, whose pointers may name a missing member.
func (n *Node) Nearest(pointer string) *Node {
	tokens, err := SplitPointer(pointer)
	if err != nil {
		return n
	}
	for _, t := range tokens {
		next := n.child(t)
		if next == nil {
			break
		}
		n = next
	}
	return n
}

func (n *Node) child(token string) *Node {
	if n.IsKind(Seq) {
		i, err := strconv.Atoi(token)
		if err != nil || i < 0 || i >= len(n.Items) || strconv.Itoa(i) != token {
			return nil
		}
		return n.Items[i]
	}
	return n.Get(token)
}
