// Package remote reads documents from the network for references that the user
// allowed.
package remote

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"path"
	"strings"
	"time"
)

// Limits of reading, so that a document can't keep the tool busy.
const (
	maxBytes     = 4 << 20 // of one document
	maxDocuments = 100     // of one run
	maxRedirects = 5
	timeout      = 10 * time.Second // of one document, redirects included
)

// Policy says which documents may be read: those below one of its prefixes. It
// reads them too, without credentials and cookies. It must not be used by several
// goroutines at the same time.
type Policy struct {
	prefixes []*url.URL
	client   *http.Client
	read     int
}

// Parse reads a list of prefixes, such as https://example.com/schemas/ or https://
// for all hosts, with commas between them. Plain http must be asked for by name.
func Parse(list string) (*Policy, error) {
	p := &Policy{}
	for text := range strings.SplitSeq(list, ",") {
		u, err := url.Parse(strings.TrimSpace(text))
		switch {
		case err != nil || u.Scheme != "https" && u.Scheme != "http":
			return nil, errors.New("a prefix must begin with https:// (or http://), such as https://example.com/schemas/")
		case u.User != nil || u.RawQuery != "" || u.Fragment != "":
			return nil, errors.New("a prefix has a scheme, a host and a path only")
		}
		p.prefixes = append(p.prefixes, u)
	}
	p.client = &http.Client{Timeout: timeout, CheckRedirect: p.redirect}
	return p, nil
}

// Allows reports whether a document may be read.
func (p *Policy) Allows(u *url.URL) bool {
	// Without dots, those that are escaped too, since servers read them as dots.
	name := path.Clean("/" + strings.ReplaceAll(u.Path, `\`, "/"))
	for _, prefix := range p.prefixes {
		below := strings.TrimSuffix(prefix.Path, "/")
		host := prefix.Host == "" || strings.EqualFold(prefix.Host, u.Host)
		if prefix.Scheme == u.Scheme && host && (name == below || strings.HasPrefix(name, below+"/")) {
			return true
		}
	}
	return false
}

// Check returns an error, for the user, where a document may not be read.
func (p *Policy) Check(u *url.URL) error {
	if !p.Allows(u) {
		return fmt.Errorf("it is not below %s, which is allowed", p)
	}
	return nil
}

// String lists the prefixes.
func (p *Policy) String() string {
	var out []string
	for _, prefix := range p.prefixes {
		out = append(out, prefix.Scheme+"://"+prefix.Host+prefix.Path)
	}
	return strings.Join(out, " or ")
}

func (p *Policy) redirect(req *http.Request, via []*http.Request) error {
	if len(via) > maxRedirects {
		return fmt.Errorf("more than %d redirects", maxRedirects)
	}
	req.Header.Del("Referer") // whose query may hold a token
	if !p.Allows(req.URL) {
		return fmt.Errorf("it redirects to %s://%s, which is not below %s", req.URL.Scheme, req.URL.Host, p)
	}
	return nil
}

// Fetch reads a document. The text of an error never holds more of the URL than a
// host.
func (p *Policy) Fetch(ctx context.Context, u *url.URL) ([]byte, error) {
	if err := p.Check(u); err != nil {
		return nil, err
	}
	if p.read++; p.read > maxDocuments {
		return nil, fmt.Errorf("more than %d remote documents", maxDocuments)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		return nil, errors.New("it is no URL that can be read")
	}
	req.Header.Set("Accept", "application/json, application/yaml, text/yaml, */*;q=0.1")
	resp, err := p.client.Do(req)
	if err != nil {
		return nil, plain(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("the server answers %s", resp.Status)
	}
	data, err := io.ReadAll(io.LimitReader(resp.Body, maxBytes+1))
	switch {
	case err != nil:
		return nil, plain(err)
	case len(data) > maxBytes:
		return nil, fmt.Errorf("it has more than %d bytes", maxBytes)
	}
	return data, nil
}

// plain takes the URL off an error.
func plain(err error) error {
	var of *url.Error
	if !errors.As(err, &of) {
		return err
	}
	switch {
	case of.Timeout():
		return fmt.Errorf("it is not there after %v", timeout)
	case strings.Contains(of.Err.Error(), "Location header"): // which it quotes
		return errors.New("it redirects to what is no URL")
	}
	return of.Err
}
