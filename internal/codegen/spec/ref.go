package spec

import (
	"errors"
	"io/fs"
	"maps"
	"net/url"
	"path"
	"slices"
	"strings"

	"github.com/duet-api/duet/internal/codegen/source"
)

// Resolve gives what n stands for: n itself where it is no reference, or else
// the value at the end of its chain of references. ok is false where a
// reference can't be resolved; that is reported once.
func (l *Loader) Resolve(n *Node) (target *Node, ok bool) {
	first, seen := n, 0
	for {
		if _, isRef := n.Ref(); !isRef {
			return n, n != nil
		}
		next, ok := l.Follow(n)
		if !ok {
			return nil, false
		}
		if seen++; next == first || seen > maxDepth {
			ref, _ := first.Ref()
			l.diags.Errorf(first.Get("$ref").Pos, "ref-cycle", "let one of them name a value", "$ref %q leads back to itself", shownRef(ref))
			l.refs[first] = nil
			return nil, false
		}
		n = next
	}
}

// Follow gives the value that the reference n names, one step only: the value
// may itself be a reference. ok is false where there is no such value; that is
// reported once.
func (l *Loader) Follow(n *Node) (target *Node, ok bool) {
	if target, known := l.refs[n]; known {
		return target, target != nil
	}
	l.refs[n] = nil // so that a pointer through n itself ends
	target = l.follow(n)
	l.refs[n] = target
	return target, target != nil
}

func (l *Loader) follow(n *Node) *Node {
	ref, _ := n.Ref()
	pos := n.Get("$ref").Pos
	u, err := url.Parse(ref)
	ref = shownRef(ref)
	if ref == "" || err != nil {
		l.diags.Errorf(pos, "ref-syntax", "write a file, a #/pointer, or both", "$ref %q is not a URI reference", ref)
		return nil
	}
	file := l.fileOf(u, pos)
	if file == nil {
		return nil
	}
	if u.Fragment != "" && !strings.HasPrefix(u.Fragment, "/") {
		l.diags.Errorf(pos, "ref-syntax", "write a JSON pointer, such as #/components/schemas/User", "$ref %q has a fragment that is not a JSON pointer", ref)
		return nil
	}
	target, err := l.at(file, u.Fragment)
	if err != nil {
		target, err = l.unescaped(file, u.Fragment, err)
		if err == nil {
			l.diags.Warnf(pos, "ref-escape", "write a slash in a key as ~1", "$ref %q has a key with a slash that is not escaped", ref)
		}
	}
	if err != nil {
		l.diags.Errorf(pos, "ref-unresolved", "", "$ref %q: %s", ref, refProblem(err))
		return nil
	}
	return target
}

// fileOf reads the file that a reference at pos is to.
func (l *Loader) fileOf(u *url.URL, pos source.Pos) *Node {
	if l.isRemote(pos.File, u) {
		return l.remoteFile(u, pos)
	}
	name := pos.File
	if u.Path != "" {
		name = path.Join(path.Dir(pos.File), u.Path)
		if path.IsAbs(u.Path) || !fs.ValidPath(name) {
			l.diags.Errorf(pos, "ref-outside", "move the file below the folder of duet.yaml", "$ref %q leaves the project's folder", u.String())
			return nil
		}
	}
	return l.load(name, pos)
}

// at walks a pointer. A reference on the way is followed, so that
// #/channels/x/messages/y also works where x is a $ref.
func (l *Loader) at(n *Node, pointer string) (*Node, error) {
	tokens, err := SplitPointer(pointer)
	if err != nil {
		return nil, err
	}
	for _, t := range tokens {
		next := n.child(t)
		if next == nil {
			if _, isRef := n.Ref(); isRef {
				if n, _ = l.Resolve(n); n != nil {
					next = n.child(t)
				}
			}
		}
		if next == nil {
			return nil, &PointerError{Pointer: pointer, Token: t, Near: Closest(t, n.Keys())}
		}
		n = next
	}
	return n, nil
}

// unescaped walks a pointer whose last key has slashes that are not escaped, or
// gives the error that there was.
func (l *Loader) unescaped(file *Node, pointer string, err error) (*Node, error) {
	for i, c := range pointer {
		if c != '/' || i == 0 {
			continue
		}
		n, stopped := l.at(file, pointer[:i])
		if stopped != nil {
			break
		}
		if p, ok := n.Lookup(pointer[i+1:]); ok {
			return p.Value, nil
		}
	}
	return nil, err
}

func refProblem(err error) string {
	var p *PointerError
	if !errors.As(err, &p) {
		return err.Error()
	}
	if p.Near != "" {
		return "there is no " + quote(p.Token) + " (did you mean " + quote(p.Near) + "?)"
	}
	return "there is no " + quote(p.Token)
}

func quote(s string) string { return `"` + s + `"` }

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
