package spec

import (
	"crypto/sha256"
	"encoding/hex"
	"net/url"
	"path"
	"regexp"
	"strings"

	"github.com/duet-api/duet/internal/codegen/source"
)

// Fetcher reads a document of the network. Its errors are shown to the user.
type Fetcher func(u *url.URL) ([]byte, error)

// Allow has references to documents of the network be read by fetch.
func (l *Loader) Allow(fetch Fetcher) { l.fetch = fetch }

// Copies gives what was read from the network, by [CopyName] of its URL.
func (l *Loader) Copies() map[string]Copy { return l.copies }

// Copy is a document that was read from the network.
type Copy struct {
	Name string // its URL without what may be secret
	Data []byte
}

// maxCopyName is how many bytes of a URL the name of a copy holds.
const maxCopyName = 100

// CopyName names the file that a document of the network is kept in. It is no Go
// file: a copy is not to be compiled.
func CopyName(u *url.URL) string {
	sum := sha256.Sum256([]byte(u.String()))
	base := strings.Map(func(r rune) rune {
		if strings.ContainsRune("/\\:*?\"<>| ", r) || r < ' ' {
			return '-'
		}
		return r
	}, path.Base(u.Path))
	base = strings.TrimLeft(base[max(0, len(base)-maxCopyName):], ".-")
	if path.Ext(base) == ".go" {
		base += ".txt"
	}
	return hex.EncodeToString(sum[:6]) + "-" + strings.ToValidUTF8(base, "")
}

// isRemote reports whether a reference, resolved against the file that it stands
// in, names a document of the network.
func (l *Loader) isRemote(file string, u *url.URL) bool {
	return u.Scheme != "" || u.Host != "" || l.urls[file] != nil
}

// remoteFile reads the document that a reference at pos names.
func (l *Loader) remoteFile(u *url.URL, pos source.Pos) *Node {
	ref := shownRef(u.String())
	if base := l.urls[pos.File]; base != nil {
		u = base.ResolveReference(u)
	}
	switch {
	case u.Scheme != "" && u.Scheme != "https" && u.Scheme != "http":
		l.diags.Errorf(pos, "ref-remote", "write the path of a file below the project's folder, relative to this one", "$ref %q is neither a file of the project nor a document of the web", ref)
		return nil
	case l.fetch == nil:
		l.diags.Errorf(pos, "ref-remote", "save a copy beside the document and refer to that, or allow it by -allow-remote-refs", "$ref %q is remote, and nothing is read from the network", ref)
		return nil
	case u.Host == "":
		l.diags.Errorf(pos, "ref-remote", "write https://", "$ref %q is no document of the web", ref)
		return nil
	case u.User != nil:
		l.diags.Errorf(pos, "ref-remote", "remove it, and save a copy beside the document", "$ref %q has a name or a password in it", ref)
		return nil
	}
	plain, name := keptAs(u)
	if n, ok := l.files[name]; ok {
		return n
	}
	l.files[name] = nil
	data, err := l.fetch(plain)
	if err != nil {
		l.diags.Errorf(pos, "ref-remote", "", "$ref %q can't be read: %v", ref, err)
		return nil
	}
	l.urls[name] = plain
	l.copies[CopyName(plain)] = Copy{name, data}
	l.files[name] = parse(name, data, l.diags)
	return l.files[name]
}

// keptAs gives the URL of a document of the network, and the name of its file in
// positions.
func keptAs(u *url.URL) (plain *url.URL, name string) {
	c := *u
	c.Fragment, c.RawFragment = "", ""
	name = shownRef(c.String())
	if c.RawQuery != "" {
		name += CopyName(&c)[:6]
	}
	return &c, name
}

// Remote gives a document of the network that was read for a reference, by its URL
// or by the name of its file in positions. It gives nil for any other.
func (l *Loader) Remote(name string) *Node {
	if l.urls[name] != nil {
		return l.files[name]
	}
	u, err := url.Parse(name)
	if err != nil {
		return nil
	}
	_, name = keptAs(u)
	return l.files[name]
}

var (
	userInfo = regexp.MustCompile(`//[^/?#]*@`)
	urlQuery = regexp.MustCompile(`\?[^#]*`)
)

// shownRef gives a reference as it may be shown: without a password, and without
// the query of a URL, which may hold a token.
func shownRef(ref string) string {
	if !strings.Contains(ref, "//") {
		return ref
	}
	return urlQuery.ReplaceAllString(userInfo.ReplaceAllString(ref, "//"), "?")
}
